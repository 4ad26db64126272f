/** Writes a check for every round that is due. */
import { Controller, Inject } from '@nestjs/common';
import { OnTick, type Task, type TaskStep } from '@quorate/bus';
import type { Check } from '@quorate/contracts';
import { metrics } from '@quorate/telemetry';
import { checkOfRound, writeOf } from './check-of-round.ts';
import type { ScheduledPartition } from './scheduled-partition.ts';
import { SettledRegions } from './settled-regions.ts';

/** Bounds a step; what is left over is taken at once by the next one. */
const roundsPerStepMax = 250;

function count(checks: readonly Check[], now: number): void {
  metrics.checksEmitted.add(checks.length, { kind: 'scheduled' });
  for (const { dueAt, missedRoundCount } of checks) {
    if (missedRoundCount > 0) metrics.checksMissed.add(missedRoundCount);
    metrics.scheduleLagSeconds.record(Math.max(0, now - dueAt) / 1_000);
  }
}

@Controller()
export class RoundsLoop {
  readonly #regions: SettledRegions;

  constructor(@Inject(SettledRegions) regions: SettledRegions) {
    this.#regions = regions;
  }

  @OnTick()
  async onTick(_none: readonly never[], task: Task<ScheduledPartition>): Promise<TaskStep> {
    const { now, state } = task;
    if (!this.#regions.isSettled(now)) return {};
    const due = await state.take(now, roundsPerStepMax);
    if (due.length === roundsPerStepMax) task.wake();
    if (due.length === 0) return {};
    const known = this.#regions.known(now);
    const checks = due.map((monitor) => checkOfRound(monitor, known));
    this.#regions.noteUnattended(checks.filter(({ expectedRegions }) => expectedRegions.length === 0).length, now);
    return { writes: checks.map(writeOf), committed: () => count(checks, now) };
  }
}
