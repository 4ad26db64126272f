/** Hears pings and checks, and answers the checks as the one voter of heartbeat monitors. */
import { Controller, Inject } from '@nestjs/common';
import { OnTick, OnTopic, type DurableLog, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Check, Ping } from '@quorate/contracts';
import type { GatewayPartition } from './gateway-partition.ts';
import { voteWriteOf } from './gateway-vote.ts';
import type { Hearing } from './hearing.ts';

/** What the handler needs of its gateway. */
export class Listener {
  readonly log: Pick<DurableLog, 'last'>;
  readonly hearing: Pick<Hearing, 'deafnesses'>;
  readonly gatewayId: string;

  constructor({ log, hearing, gatewayId }: Pick<Listener, 'log' | 'hearing' | 'gatewayId'>) {
    this.log = log;
    this.hearing = hearing;
    this.gatewayId = gatewayId;
  }
}

@Controller()
export class GatewayHandler {
  readonly #listener: Listener;

  constructor(@Inject(Listener) listener: Listener) {
    this.#listener = listener;
  }

  @OnTopic('pings')
  onPings(records: readonly TaskRecord<Ping>[], { state }: Task<GatewayPartition>): TaskStep {
    for (const record of records) state.hear(record);
    return {};
  }

  @OnTopic('checks')
  onChecks(records: readonly TaskRecord<Check>[], task: Task<GatewayPartition>): TaskStep {
    return this.#take(records, task);
  }

  @OnTopic('manual-checks')
  onManualChecks(records: readonly TaskRecord<Check>[], task: Task<GatewayPartition>): TaskStep {
    return this.#take(records, task);
  }

  @OnTick()
  async onTick(_none: readonly never[], { partition, state, now }: Task<GatewayPartition>): Promise<TaskStep> {
    if (!state.isAsked) return {};
    const { log, hearing, gatewayId } = this.#listener;
    const newest = await log.last('pings', partition);
    const answers = state.answer(newest?.offset ?? -1, hearing.deafnesses, now);
    return { writes: answers.map((answer) => voteWriteOf(answer, gatewayId, now)), resumeFrom: state.resumeFrom };
  }

  #take(records: readonly TaskRecord<Check>[], { state, now }: Task<GatewayPartition>): TaskStep {
    for (const record of records) state.ask(record, now);
    return {};
  }
}
