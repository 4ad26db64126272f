/** Takes over what a predecessor remembered. Its own records are never handed back. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { MonitorState } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class MonitorStateHandler {
  @OnTopic('monitor-state')
  onMonitorState(records: readonly TaskRecord<MonitorState>[], task: Task<AggregatorPartition>): TaskStep {
    for (const { key, value } of records) task.state.restoreState(key, value);
    return {};
  }
}
