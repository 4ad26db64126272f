/** Wires the aggregator. */
import { Module } from '@nestjs/common';
import { ChecksHandler } from './checks.handler.ts';
import { CommandsHandler } from './commands.handler.ts';
import { MonitorStateHandler } from './monitor-state.handler.ts';
import { MonitorsHandler } from './monitors.handler.ts';
import { StepEnd } from './step-end.loop.ts';
import { VotesHandler } from './votes.handler.ts';

@Module({
  controllers: [MonitorsHandler, MonitorStateHandler, ChecksHandler, VotesHandler, CommandsHandler, StepEnd],
})
export class AggregatorModule {}
