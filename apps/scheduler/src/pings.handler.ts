/** Hears of jobs that told how they ended: their monitors are judged at once. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import { monitorIdOfPing, type Ping } from '@quorate/contracts';
import type { ScheduledPartition } from './scheduled-partition.ts';

@Controller()
export class PingsHandler {
  @OnTopic('pings')
  onPings(records: readonly TaskRecord<Ping>[], { state }: Task<ScheduledPartition>): TaskStep {
    for (const { key, value, appendedAt } of records) {
      if (value?.kind === 'ended') state.ping(monitorIdOfPing(key), appendedAt);
    }
    return {};
  }
}
