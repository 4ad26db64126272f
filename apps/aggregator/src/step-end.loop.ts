/** Ends each step: decides upon what has fallen due, and writes all that the step has decided. */
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern } from '@nestjs/microservices';
import { tickPattern, type Task, type TaskStep } from '@quorate/bus';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class StepEnd {
  @EventPattern(tickPattern)
  onTick(@Ctx() task: Task<AggregatorPartition>): TaskStep {
    return task.state.finish(task);
  }
}
