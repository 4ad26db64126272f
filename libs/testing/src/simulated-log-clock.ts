/** A clock that only moves when it is told to. */
import type { Clock } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';

interface Timer {
  dueAt: Instant;
  readonly action: () => void;
}

export class ManualClock implements Clock {
  #now: Instant;
  /** In the order of their setting. */
  readonly #timers = new Set<Timer>();
  #timerCount = 0;

  constructor(now: Instant) {
    this.#now = now;
  }

  /** How many timers were ever set: whoever watches it grow sees that something still happens. */
  get timerCount(): number {
    return this.#timerCount;
  }

  /** When the next timer runs; null when there is none. */
  get nextDueAt(): Instant | null {
    let next: Instant | null = null;
    for (const { dueAt } of this.#timers) next = next === null || dueAt < next ? dueAt : next;
    return next;
  }

  now(): Instant {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer: Timer = { dueAt: this.#now + delayMs, action };
    this.#timers.add(timer);
    this.#timerCount++;
    return () => void this.#timers.delete(timer);
  }

  /** As somebody who sets the machine's clock: what waits has to wait no longer for it, and no shorter. */
  set(instant: Instant): void {
    for (const timer of this.#timers) timer.dueAt += instant - this.#now;
    this.#now = instant;
  }

  /** Moves to `instant` and runs what is due there; nothing may be due before. */
  moveTo(instant: Instant): void {
    this.#now = instant;
    for (const timer of [...this.#timers].filter(({ dueAt }) => dueAt <= instant)) {
      if (this.#timers.delete(timer)) timer.action();
    }
  }
}
