/** Ends each step: decides upon what has fallen due, and writes all that the step has decided. */
import { Controller } from '@nestjs/common';
import { OnTick, type Task, type TaskStep } from '@quorate/bus';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class StepEnd {
  @OnTick()
  onTick(_none: readonly never[], task: Task<AggregatorPartition>): TaskStep {
    return task.state.finish(task);
  }
}
