/** The brokers' present, as far as their answers tell it. */
import type { Instant } from '@quorate/contracts';

const goesBackMsMin = 60_000;
/** As far as this nobody takes our own clock for wrong when the brokers' is first heard. */
const ownErrorMsMax = 2_000;

/**
 * Lateness is judged between append times, so the present has to be told by the same clock. Each answer to an append
 * says within which bounds the broker's clock is ahead of ours, and each record read was appended in its past. Until
 * one of them has told its time our own is a guess, which may be minutes off.
 */
export class LogClock {
  #aheadMs = 0;
  #isTold = false;
  /** What `now` said last. */
  #told = -Infinity;
  /** Our own clock, which never goes back. */
  readonly local: () => number;

  constructor(local: () => number = () => performance.timeOrigin + performance.now()) {
    this.local = local;
  }

  /** Whether a broker has told its time. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Goes back only where the brokers' clock was far off and was set right: else time would stand still until then. */
  now(): Instant {
    const now = Math.floor(this.local() + this.#aheadMs);
    if (now > this.#told || now < this.#told - goesBackMsMin) this.#told = now;
    return this.#told;
  }

  /** An append sent at `sentAt` (by `local`) and answered just now was taken in at `appendedAt` (by the broker). */
  appended(sentAt: number, appendedAt: Instant): void {
    // Append times are whole milliseconds, and -1 where the topic keeps the writers' times.
    if (appendedAt < 0) return;
    const atLeast = appendedAt - this.local();
    const atMost = appendedAt + 1 - sentAt;
    this.#believe(Math.min(Math.max(this.#aheadMs, atLeast), atMost));
  }

  /** A record with this append time was read as soon as it was there: it had been waited for. */
  arrived(appendedAt: Instant): void {
    const atLeast = appendedAt - this.local();
    this.#believe(this.#isTold ? Math.max(this.#aheadMs, atLeast) : atLeast);
  }

  /** A record with this append time was read. */
  read(appendedAt: Instant): void {
    this.#aheadMs = Math.max(this.#aheadMs, appendedAt - this.local());
  }

  #believe(aheadMs: number): void {
    this.#aheadMs = aheadMs;
    if (this.#isTold) return;
    this.#isTold = true;
    // What was told before was our own clock's word. If that was wrong, time must not stand still until it is right.
    if (this.#told > this.local() + aheadMs + ownErrorMsMax) this.#told = -Infinity;
  }
}
