/** Keeps a fresh word of the canaries at hand while there is something to judge, and costs nothing else. */
import { setTimeout as delay } from 'node:timers/promises';
import { askCanaries, canaryQuestions, type CanaryQuestion, type CanaryRoundSettings } from './canary-round.ts';

export interface CanaryTimings {
  /** Between two rounds while checks come in, give or take a fifth. */
  readonly intervalMs: number;
  /** A failure is judged by a round that began no longer ago than this: no later than confirming rounds may follow. */
  readonly freshMs: number;
  /** How long a canary may take: with it a vote still comes within the round's grace (2 s). */
  readonly timeoutMs: number;
  /** How long after the last check rounds go on. */
  readonly idleMs: number;
}

export const canaryTimingsDefault: CanaryTimings = {
  intervalMs: 10_000,
  freshMs: 1_000,
  timeoutMs: 1_500,
  idleMs: 60_000,
};

const jitterShare = 0.2;

interface Round {
  readonly startedAt: number;
  isUnderWay: boolean;
  /** Resolve when the answer has been told. */
  readonly told: Readonly<Record<CanaryQuestion, Promise<void>>>;
}

export interface CanaryWatchSettings extends Omit<CanaryRoundSettings, 'timeoutMs'> {
  readonly timings: CanaryTimings;
  /** Whether rounds go on though no checks come in. */
  readonly isNeeded: () => boolean;
  readonly tell: (question: CanaryQuestion, isAnswered: boolean) => void;
}

export class CanaryWatch {
  readonly #settings: CanaryWatchSettings;
  #newest: Round | null = null;
  #checkedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(settings: CanaryWatchSettings) {
    this.#settings = settings;
  }

  /** A check begins. */
  wake(): void {
    const { canaries, surroundings } = this.#settings;
    if (canaries.length === 0 || surroundings.signal.aborted) return;
    this.#checkedAt = performance.now();
    if (this.#timer !== null) return;
    this.#freshRound();
    this.#goOn();
  }

  /** Resolves when `question` was told of by a fresh round, or after `waitMs` with what is known by then. */
  async freshen(question: CanaryQuestion, waitMs: number): Promise<void> {
    if (waitMs <= 0 || this.#settings.surroundings.signal.aborted) return;
    const enough = new AbortController();
    const limit = delay(waitMs, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([this.#freshRound().told[question], limit]);
    enough.abort();
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #goOn(): void {
    const { intervalMs } = this.#settings.timings;
    const jitter = 1 + jitterShare * (2 * Math.random() - 1);
    this.#timer = setTimeout(() => this.#tick(), intervalMs * jitter).unref();
  }

  #tick(): void {
    const { timings, surroundings, isNeeded } = this.#settings;
    this.#timer = null;
    if (surroundings.signal.aborted) return;
    if (performance.now() - this.#checkedAt > timings.idleMs && !isNeeded()) return;
    this.#freshRound();
    this.#goOn();
  }

  /** The one under way or just ended, or a new one: there are never two at once. */
  #freshRound(): Round {
    const newest = this.#newest;
    const isFresh = newest !== null && performance.now() - newest.startedAt <= this.#settings.timings.freshMs;
    if (newest !== null && (isFresh || newest.isUnderWay)) return newest;
    const round = this.#begin();
    this.#newest = round;
    void Promise.all(Object.values(round.told)).then(() => (round.isUnderWay = false));
    return round;
  }

  #begin(): Round {
    const { timings, tell } = this.#settings;
    const answers = askCanaries({ ...this.#settings, timeoutMs: timings.timeoutMs });
    const toldOf = async (question: CanaryQuestion): Promise<void> => {
      const answer = await answers[question];
      if (answer !== null) tell(question, answer);
    };
    const [link, names] = canaryQuestions;
    return { startedAt: performance.now(), isUnderWay: true, told: { link: toldOf(link), names: toldOf(names) } };
  }
}
