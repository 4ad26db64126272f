/** Hears what the platform task decides by, and what people ask of it. */
import { Controller } from '@nestjs/common';
import { OnTick, OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Heartbeat, PartitionReport, PlatformCommand, PlatformState, TopicValue } from '@quorate/contracts';
import type { PlatformTask } from './platform-task.ts';

@Controller()
export class PlatformHandler {
  @OnTopic('directory')
  onDirectory(records: readonly TaskRecord<TopicValue<'directory'>>[], { state }: Task<PlatformTask>): TaskStep {
    for (const record of records) state.hearDirectory(record);
    return {};
  }

  @OnTopic('heartbeats')
  onHeartbeats(records: readonly TaskRecord<Heartbeat>[], { state, now }: Task<PlatformTask>): TaskStep {
    for (const record of records) state.hearHeartbeat(record, now);
    return {};
  }

  @OnTopic('partition-reports')
  onReports(records: readonly TaskRecord<PartitionReport>[], { state }: Task<PlatformTask>): TaskStep {
    for (const record of records) state.hearReport(record);
    return {};
  }

  /** Takes over what a predecessor raised. Its own records are never handed back. */
  @OnTopic('platform-state')
  onState(records: readonly TaskRecord<PlatformState>[], { state }: Task<PlatformTask>): TaskStep {
    for (const record of records) state.restoreState(record);
    return {};
  }

  @OnTopic('platform-commands')
  onCommands(records: readonly TaskRecord<PlatformCommand>[], { state, now }: Task<PlatformTask>): TaskStep {
    for (const { value } of records) {
      if (value?.type === 'acknowledge') state.acknowledge(value.incidentId, value.by, now);
      if (value?.type === 'remove-region') state.removeRegion(value.region, now);
    }
    return {};
  }

  @OnTick()
  onTick(_none: readonly never[], task: Task<PlatformTask>): TaskStep {
    return task.state.finish(task);
  }
}
