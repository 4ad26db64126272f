/** Takes over what a predecessor remembered. Its own records are never handed back. */
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Task, TaskRecord, TaskStep } from '@quorate/bus';
import type { MonitorState, TopicName } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class MonitorStateHandler {
  @EventPattern<TopicName>('monitor-state')
  onMonitorState(
    @Payload() records: readonly TaskRecord<MonitorState>[],
    @Ctx() task: Task<AggregatorPartition>,
  ): TaskStep {
    for (const { key, value } of records) task.state.restoreState(key, value);
    return {};
  }
}
