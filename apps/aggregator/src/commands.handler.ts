/** Hears what people ask. Only an acknowledgement is the aggregator's business; the rest is for the dispatcher. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Command } from '@quorate/contracts';
import type { AggregatorPartition } from './aggregator-partition.ts';

@Controller()
export class CommandsHandler {
  @OnTopic('commands')
  onCommands(records: readonly TaskRecord<Command>[], task: Task<AggregatorPartition>): TaskStep {
    for (const record of records) {
      const { value: command } = record;
      if (command?.type !== 'acknowledge') continue;
      const { incidentId, by } = command;
      task.state.take(record, { kind: 'acknowledge', incidentId, by }, task);
    }
    return {};
  }
}
