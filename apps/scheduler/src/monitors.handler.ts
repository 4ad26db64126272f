/** Hears of monitors: what is new, changed, paused or deleted. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { MonitorRecord } from '@quorate/contracts';
import type { ScheduledPartition } from './scheduled-partition.ts';

@Controller()
export class MonitorsHandler {
  @OnTopic('monitors')
  onMonitors(records: readonly TaskRecord<MonitorRecord>[], task: Task<ScheduledPartition>): TaskStep {
    for (const record of records) task.state.put(record);
    return {};
  }
}
