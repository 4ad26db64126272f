/** How many sends a receiver takes within a time: a bucket that refills steadily. */
import type { Instant } from '@quorate/contracts';

export interface SendBudget {
  /** How many sends may leave in one burst. */
  readonly burstMax: number;
  readonly perMinute: number;
}

const minuteMs = 60_000;

export class TokenBucket {
  readonly #budget: SendBudget;
  #tokens: number;
  #at: Instant;

  /** It starts full. */
  constructor(budget: SendBudget, now: Instant) {
    this.#budget = budget;
    this.#tokens = budget.burstMax;
    this.#at = now;
  }

  /** How many sends may leave now. */
  available(now: Instant): number {
    const elapsedMs = Math.max(0, now - this.#at);
    this.#at = now;
    this.#tokens = Math.min(this.#budget.burstMax, this.#tokens + (elapsedMs * this.#budget.perMinute) / minuteMs);
    return Math.floor(this.#tokens);
  }

  take(count: number): void {
    this.#tokens -= count;
  }
}
