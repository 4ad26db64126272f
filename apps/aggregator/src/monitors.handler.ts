/** Hears of monitors: what is new, changed, paused or deleted. */
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Task, TaskRecord, TaskStep } from '@quorate/bus';
import type { MonitorRecord, TopicName } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class MonitorsHandler {
  @EventPattern<TopicName>('monitors')
  onMonitors(
    @Payload() records: readonly TaskRecord<MonitorRecord>[],
    @Ctx() task: Task<AggregatorPartition>,
  ): TaskStep {
    for (const record of records) {
      const { key, value: monitor } = record;
      if (task.phase === 'restore') task.state.restoreMonitor(key, monitor);
      else if (monitor === null) task.state.take(record, { kind: 'monitor-deleted' }, task);
      else task.state.take(record, { kind: 'monitor', monitor }, task);
    }
    return {};
  }
}
