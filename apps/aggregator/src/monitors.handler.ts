/** Hears of monitors: what is new, changed, paused or deleted. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { MonitorRecord } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class MonitorsHandler {
  @OnTopic('monitors')
  onMonitors(records: readonly TaskRecord<MonitorRecord>[], task: Task<AggregatorPartition>): TaskStep {
    for (const record of records) {
      const { value: monitor } = record;
      if (task.phase === 'restore') task.state.restoreMonitor(record);
      else if (monitor === null) task.state.take(record, { kind: 'monitor-deleted' }, task);
      else task.state.take(record, { kind: 'monitor', monitor }, task);
    }
    return {};
  }
}
