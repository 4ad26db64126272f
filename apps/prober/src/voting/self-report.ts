/** Tells operators what a prober thinks of itself, in its log and its metrics. */
import { metrics, type Logger } from '@quorate/telemetry';
import type { CanaryQuestion } from './canary-round.ts';

/** A shorter standstill is counted and not written of. */
const notableStallMs = 1_000;

const gauges = { isIsolated: metrics.probersIsolated, isJudging: metrics.probersJudging } as const;

export class SelfReport {
  readonly #region: string;
  readonly #canaries: string;
  readonly #logger: Logger;
  readonly #shown = { isIsolated: false, isJudging: false };
  #isWarned = false;

  constructor(region: string, canaries: readonly string[], logger: Logger) {
    this.#region = region;
    this.#canaries = canaries.join(', ');
    this.#logger = logger;
    // What is not yet so is shown too: an alert on it needs a value.
    metrics.probersIsolated.add(0, { region });
    metrics.probersJudging.add(0, { region });
  }

  answered(question: CanaryQuestion, isAnswered: boolean): void {
    metrics.canaryAnswers.add(1, { region: this.#region, question, answered: isAnswered });
  }

  /** `why` completes "No canary …" where the canaries have no say. */
  judges(isJudging: boolean, why: string): void {
    const region = this.#region;
    this.#show('isJudging', isJudging);
    if (isJudging === !this.#isWarned) return;
    this.#isWarned = !isJudging;
    const facts = { region, canaries: this.#canaries };
    if (isJudging)
      this.#logger.info('Canaries answer: the prober can tell its own faults from those of targets', facts);
    else this.#logger.warn(`No canary ${why}, so the prober cannot tell its own faults from those of targets`, facts);
  }

  /** `because` says by which fault of its own, in a sentence; null where it is not isolated. */
  isolated(because: string | null): void {
    if (!this.#show('isIsolated', because !== null)) return;
    const facts = { region: this.#region };
    if (because === null) this.#logger.info('The prober is cut off no more: failures count again', facts);
    else this.#logger.warn(`Failures are no word against targets from now on: ${because}`, facts);
  }

  stalled(ms: number): void {
    metrics.proberStallSeconds.record(ms / 1_000, { region: this.#region });
    if (ms < notableStallMs) return;
    this.#logger.warn('The prober stood still', { region: this.#region, ms: Math.round(ms) });
  }

  close(): void {
    this.#show('isIsolated', false);
    this.#show('isJudging', false);
  }

  /** Returns whether that is new. */
  #show(name: keyof typeof gauges, isOn: boolean): boolean {
    if (this.#shown[name] === isOn) return false;
    this.#shown[name] = isOn;
    gauges[name].add(isOn ? 1 : -1, { region: this.#region });
    return true;
  }
}
