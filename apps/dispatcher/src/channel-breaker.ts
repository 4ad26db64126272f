/** Spares a channel that keeps failing: while its breaker is open, deliveries wait instead of being tried in vain. */
import type { AttemptResult } from '@quorate/alerting';
import CircuitBreaker from 'opossum';

export interface BreakerTimings {
  /** How long it stays open before one delivery is let through. */
  readonly openMs: number;
  /** Over which time failures are counted. */
  readonly windowMs: number;
}

export const breakerTimingsDefault: BreakerTimings = { openMs: 30_000, windowMs: 60_000 };

/** Fewer tries within the window say nothing of a channel. */
const triesMin = 5;
const failureSharePercentMax = 50;

type Attempting = () => Promise<AttemptResult>;

/** Carries a failed try through the breaker, which counts rejections only. */
class FailedTry extends Error {
  override readonly name = 'FailedTry';
  readonly result: AttemptResult;

  constructor(result: AttemptResult) {
    super('The try failed');
    this.result = result;
  }
}

async function rejectFailure(attempt: Attempting): Promise<AttemptResult> {
  const result = await attempt();
  if (result.outcome === 'failed') throw new FailedTry(result);
  return result;
}

export class ChannelBreaker {
  readonly #breaker: CircuitBreaker<[Attempting], AttemptResult>;

  /** `onChange` hears of each opening and closing. */
  constructor({ openMs, windowMs }: BreakerTimings, onChange: (state: 'open' | 'closed') => void) {
    this.#breaker = new CircuitBreaker(rejectFailure, {
      timeout: false,
      resetTimeout: openMs,
      rollingCountTimeout: windowMs,
      volumeThreshold: triesMin,
      errorThresholdPercentage: failureSharePercentMax,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
    });
    this.#breaker.on('open', () => onChange('open'));
    this.#breaker.on('close', () => onChange('closed'));
  }

  /** How many of `slotsMax` deliveries may be tried now: all while it is closed, one while it is half open. */
  slots(slotsMax: number): number {
    if (this.#breaker.closed) return slotsMax;
    return this.#breaker.halfOpen && this.#breaker.pendingClose ? Math.min(1, slotsMax) : 0;
  }

  /** Null when it opened meanwhile and nothing was tried. */
  async run(attempt: Attempting): Promise<AttemptResult | null> {
    try {
      return await this.#breaker.fire(attempt);
    } catch (error) {
      if (error instanceof FailedTry) return error.result;
      if (error instanceof Error && CircuitBreaker.isOurError(error)) return null;
      throw error;
    }
  }

  /** Forgets past failures: the channel was edited, so they say nothing of it any more. */
  reset(): void {
    this.#breaker.close();
  }

  end(): void {
    this.#breaker.shutdown();
  }
}
