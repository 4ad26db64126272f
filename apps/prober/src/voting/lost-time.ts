/**
 * How much time a process was kept from running, by how late its timer comes: stopped, starved or blocked, or asleep
 * with its machine. Told the clocks; reads none.
 */

/** How often the timer comes that tells of lost time. */
export const tickMs = 100;

/** A probe that lost less than this had its time. */
const lostMsMin = 250;
/** And so had one that lost no more than this share of it: a target that hangs is down, also for a busy prober. */
const lostShareMax = 0.2;
/** A shorter sleep is not told from the coarseness of the clock that counts sleep: it may tick by whole seconds. */
const sleepMsMin = 2_000;

export interface Clocks {
  /** Never steps; may stand still while the machine sleeps. */
  readonly nowMs: number;
  /** Counts sleep too. */
  readonly uptimeMs: number;
}

/** When something began, and how much time had been lost before. */
export interface LostTimeMark {
  readonly at: number;
  readonly lostMs: number;
}

export class LostTime {
  #tickedAt: number;
  /** By how much the clock that counts sleep is ahead. */
  #aheadMs: number;
  #lostMs = 0;

  constructor({ nowMs, uptimeMs }: Clocks) {
    this.#tickedAt = nowMs;
    this.#aheadMs = uptimeMs - nowMs;
  }

  /** The timer has come. Returns what was lost since it last did, where that is worth a word; else 0. */
  tick(clocks: Clocks): number {
    const overdueMs = this.#overdueMs(clocks.nowMs);
    const sleptMs = this.#sleptMs(clocks);
    this.#tickedAt = clocks.nowMs;
    if (sleptMs > 0) this.#aheadMs = clocks.uptimeMs - clocks.nowMs;
    this.#lostMs += overdueMs + sleptMs;
    return overdueMs + sleptMs >= lostMsMin ? overdueMs + sleptMs : 0;
  }

  /** Of each probe: it needs no reading of the slower clock. */
  mark(nowMs: number): LostTimeMark {
    return { at: nowMs, lostMs: this.#lostMs + this.#overdueMs(nowMs) };
  }

  /** What was lost since, where it is so much that what was timed since means nothing; else 0. */
  stallMs(since: LostTimeMark, clocks: Clocks): number {
    // Woken up, a process may ask before its timer comes.
    const lostMs = this.#lostMs + this.#overdueMs(clocks.nowMs) + this.#sleptMs(clocks) - since.lostMs;
    const bearableMs = Math.max(lostMsMin, lostShareMax * (clocks.nowMs - since.at));
    return lostMs >= bearableMs ? lostMs : 0;
  }

  #overdueMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#tickedAt - tickMs);
  }

  #sleptMs({ nowMs, uptimeMs }: Clocks): number {
    const sleptMs = uptimeMs - nowMs - this.#aheadMs;
    return sleptMs >= sleepMsMin ? sleptMs : 0;
  }
}
