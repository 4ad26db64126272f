/** Hears what the regions have seen. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Vote } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class VotesHandler {
  @OnTopic('votes')
  onVotes(records: readonly TaskRecord<Vote>[], task: Task<AggregatorPartition>): TaskStep {
    for (const record of records) {
      const { value: vote, appendedAt, headers } = record;
      if (vote === null) continue;
      const traceparent = headers['traceparent'] ?? null;
      task.state.take(record, { kind: 'vote', vote, appendedAt, traceparent }, task);
    }
    return {};
  }
}
