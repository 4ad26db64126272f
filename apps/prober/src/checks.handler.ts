/** Hears the checks of all three topics and has each performed that asks for this region's vote. */
import { Controller, Inject } from '@nestjs/common';
import { OnTick, OnTopic, type Task, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Check } from '@quorate/contracts';
import { BallotBox } from './voting/ballot-box.ts';
import type { PendingOffsets } from './voting/pending-offsets.ts';

@Controller()
export class ChecksHandler {
  readonly #ballotBox: BallotBox;

  constructor(@Inject(BallotBox) ballotBox: BallotBox) {
    this.#ballotBox = ballotBox;
  }

  @OnTopic('checks')
  onChecks(records: readonly TaskRecord<Check>[], task: Task<PendingOffsets>): TaskStep {
    return this.#take(records, task);
  }

  @OnTopic('confirmations')
  onConfirmations(records: readonly TaskRecord<Check>[], task: Task<PendingOffsets>): TaskStep {
    return this.#take(records, task);
  }

  @OnTopic('manual-checks')
  onManualChecks(records: readonly TaskRecord<Check>[], task: Task<PendingOffsets>): TaskStep {
    return this.#take(records, task);
  }

  /** Probes end outside of the steps: each step says again from where a successor must go on. */
  @OnTick()
  onTick(_none: readonly never[], task: Task<PendingOffsets>): TaskStep {
    return { resumeFrom: task.state.resumeFrom };
  }

  #take(records: readonly TaskRecord<Check>[], { state }: Task<PendingOffsets>): TaskStep {
    for (const record of records) {
      const { topic, offset, value } = record;
      if (value === null || !this.#ballotBox.asks(value)) continue;
      state.add(topic, offset);
      this.#ballotBox.cast(record, value, () => state.settle(topic, offset));
    }
    return { resumeFrom: state.resumeFrom };
  }
}
