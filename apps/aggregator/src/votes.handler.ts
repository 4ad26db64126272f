/** Hears what the regions have seen. */
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Task, TaskRecord, TaskStep } from '@quorate/bus';
import type { TopicName, Vote } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class VotesHandler {
  @EventPattern<TopicName>('votes')
  onVotes(@Payload() records: readonly TaskRecord<Vote>[], @Ctx() task: Task<AggregatorPartition>): TaskStep {
    for (const record of records) {
      const { value: vote, appendedAt, headers } = record;
      if (vote === null) continue;
      const traceparent = headers['traceparent'] ?? null;
      task.state.take(record, { kind: 'vote', vote, appendedAt, traceparent }, task);
    }
    return {};
  }
}
