/** Hears of the rounds that the scheduler and people have announced. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Check } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class ChecksHandler {
  @OnTopic('checks')
  onChecks(records: readonly TaskRecord<Check>[], task: Task<AggregatorPartition>): TaskStep {
    return announceAll(records, task);
  }

  @OnTopic('manual-checks')
  onManualChecks(records: readonly TaskRecord<Check>[], task: Task<AggregatorPartition>): TaskStep {
    return announceAll(records, task);
  }
}

function announceAll(records: readonly TaskRecord<Check>[], task: Task<AggregatorPartition>): TaskStep {
  for (const record of records) {
    const { value: check, appendedAt, headers } = record;
    if (check === null) continue;
    const traceparent = headers['traceparent'] ?? null;
    task.state.take(record, { kind: 'check', check, appendedAt, traceparent }, task);
  }
  return {};
}
