/** The life of a delivery: pending until the other side took it, refused it for good, or a day has gone by. */
import { attemptsKeptMax, type Attempt, type Delivery, type Instant } from '@quorate/contracts';
import { backOffMs, type RetryPolicy } from './back-off.ts';

/** How a try at sending ended. */
export interface AttemptResult extends Attempt {
  /** The wait that the receiver asked for; null when it asked for none. */
  readonly retryAfterMs: number | null;
}

function withAttempt(delivery: Delivery, { at, outcome, statusCode, error, durationMs }: Attempt): Delivery {
  const attempts = [...delivery.attempts, { at, outcome, statusCode, error, durationMs }].slice(-attemptsKeptMax);
  return { ...delivery, attempts, attemptCount: delivery.attemptCount + 1 };
}

/** How often it failed since it was planned, or planned again. */
function failureCountOf({ attempts, plannedAt }: Delivery): number {
  return attempts.filter(({ at }) => at >= plannedAt).length;
}

export function isExpired({ plannedAt, alert }: Delivery, now: Instant, policy: RetryPolicy): boolean {
  return now >= Math.min(plannedAt + policy.giveUpAfterMs, alert.expiresAt ?? Infinity);
}

/** The delivery after a try. `random` is from 0 up to 1. */
export function afterAttempt(
  delivery: Delivery,
  result: AttemptResult,
  { random, policy }: { random: number; policy: RetryPolicy },
): Delivery {
  const tried = withAttempt(delivery, result);
  if (result.outcome === 'accepted') return { ...tried, state: 'delivered', nextAttemptAt: null };
  const waitMs = Math.max(backOffMs({ failureCount: failureCountOf(tried), random }, policy), result.retryAfterMs ?? 0);
  const nextAttemptAt = result.at + result.durationMs + waitMs;
  if (result.outcome === 'refused' || isExpired(tried, nextAttemptAt, policy)) {
    return { ...tried, state: 'dead', nextAttemptAt: null };
  }
  return { ...tried, nextAttemptAt: Math.ceil(nextAttemptAt) };
}

/** A delivery that will not be tried (again); `why` is for people and stands where an attempt's error does. */
export function givenUp(delivery: Delivery, why: string, now: Instant): Delivery {
  const attempt: Attempt = { at: now, outcome: 'refused', statusCode: null, error: why, durationMs: 0 };
  return { ...withAttempt(delivery, attempt), state: 'dead', nextAttemptAt: null };
}

/** A delivery that a person asked to send again: pending, with a whole day before it. Its attempts are kept. */
export function plannedAgain(delivery: Delivery, now: Instant): Delivery {
  return { ...delivery, state: 'pending', plannedAt: now, nextAttemptAt: now };
}
