/** Hears what people ask. Only an acknowledgement is the aggregator's business; the rest is for the dispatcher. */
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { Task, TaskRecord, TaskStep } from '@quorate/bus';
import type { Command, TopicName } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class CommandsHandler {
  @EventPattern<TopicName>('commands')
  onCommands(@Payload() records: readonly TaskRecord<Command>[], @Ctx() task: Task<AggregatorPartition>): TaskStep {
    for (const record of records) {
      const { value: command } = record;
      if (command?.type !== 'acknowledge') continue;
      const { incidentId, by } = command;
      task.state.take(record, { kind: 'acknowledge', incidentId, by }, task);
    }
    return {};
  }
}
