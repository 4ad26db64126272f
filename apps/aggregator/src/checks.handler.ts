/** Hears of the rounds that the scheduler and people have announced. */
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Task, TaskRecord, TaskStep } from '@quorate/bus';
import type { Check, TopicName } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class ChecksHandler {
  @EventPattern<TopicName>('checks')
  onChecks(@Payload() records: readonly TaskRecord<Check>[], @Ctx() task: Task<AggregatorPartition>): TaskStep {
    return announceAll(records, task);
  }

  @EventPattern<TopicName>('manual-checks')
  onManualChecks(@Payload() records: readonly TaskRecord<Check>[], @Ctx() task: Task<AggregatorPartition>): TaskStep {
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
