import { describe, expect, it } from '@jest/globals';
import type { Alert, Delivery } from '@quorate/contracts';
import { retryPolicyDefault as policy } from './back-off.ts';
import { newDelivery } from './delivery-plan.ts';
import { afterAttempt, givenUp, isExpired, plannedAgain, type AttemptResult } from './delivery-state.ts';

const now = 1_800_000_000_000;
const dayMs = 86_400_000;
const planned: Delivery = newDelivery({ alertId: 'incident:opened:0' } as Alert, 'hook', now);

function ended(outcome: AttemptResult['outcome'], changes: Partial<AttemptResult> = {}): AttemptResult {
  return { at: now, outcome, statusCode: 500, error: 'no', durationMs: 12.5, retryAfterMs: null, ...changes };
}

const worstLuck = { random: 1, policy };

describe('a delivery', () => {
  it('is delivered once the other side took it', () => {
    const delivery = afterAttempt(planned, ended('accepted', { statusCode: 202, error: null }), worstLuck);
    expect(delivery).toMatchObject({ state: 'delivered', nextAttemptAt: null, attemptCount: 1 });
    expect(delivery.attempts).toEqual([
      { at: now, outcome: 'accepted', statusCode: 202, error: null, durationMs: 12.5 },
    ]);
  });

  it('is dead once the other side refused it for good', () => {
    expect(afterAttempt(planned, ended('refused'), worstLuck)).toMatchObject({ state: 'dead', nextAttemptAt: null });
  });

  it('stays pending after a failure that may pass, and waits ever longer', () => {
    const first = afterAttempt(planned, ended('failed'), worstLuck);
    const second = afterAttempt(first, ended('failed', { at: now + 6_000 }), worstLuck);
    expect(first).toMatchObject({ state: 'pending', nextAttemptAt: now + 5_013 });
    expect(second).toMatchObject({ state: 'pending', nextAttemptAt: now + 6_000 + 10_013, attemptCount: 2 });
  });

  it('waits as long as the receiver asked for, when that is longer', () => {
    expect(afterAttempt(planned, ended('failed', { retryAfterMs: 60_000 }), worstLuck).nextAttemptAt).toBe(
      now + 60_013,
    );
    expect(afterAttempt(planned, ended('failed', { retryAfterMs: 0 }), worstLuck).nextAttemptAt).toBe(now + 5_013);
  });

  it('is dead when its next try would come after a day', () => {
    const lastTry = ended('failed', { at: now + dayMs - 1_000 });
    expect(afterAttempt(planned, lastTry, worstLuck)).toMatchObject({ state: 'dead', nextAttemptAt: null });
    expect(isExpired(planned, now + dayMs - 1, policy)).toBe(false);
    expect(isExpired(planned, now + dayMs, policy)).toBe(true);
  });

  it('of what is wanted for a while only is dead when its next try would come after that', () => {
    const pulse = { ...planned, alert: { ...planned.alert, expiresAt: now + 6_000 } };
    const first = afterAttempt(pulse, ended('failed'), worstLuck);
    expect(first).toMatchObject({ state: 'pending', nextAttemptAt: now + 5_013 });
    expect(afterAttempt(first, ended('failed', { at: now + 5_013 }), worstLuck)).toMatchObject({ state: 'dead' });
    expect(isExpired(pulse, now + 5_999, policy)).toBe(false);
    expect(isExpired(pulse, now + 6_000, policy)).toBe(true);
  });

  it('keeps the newest attempts only, and counts all', () => {
    let delivery = planned;
    for (let index = 0; index < 60; index++) {
      delivery = afterAttempt(delivery, ended('failed', { at: now + index }), { random: 0, policy });
    }
    expect(delivery.attemptCount).toBe(60);
    expect(delivery.attempts).toHaveLength(50);
    expect(delivery.attempts.at(-1)?.at).toBe(now + 59);
  });

  it('that is given up says why where people look for it', () => {
    const delivery = givenUp(planned, 'The channel was deleted', now + 5);
    expect(delivery).toMatchObject({ state: 'dead', nextAttemptAt: null });
    expect(delivery.attempts).toEqual([
      { at: now + 5, outcome: 'refused', statusCode: null, error: 'The channel was deleted', durationMs: 0 },
    ]);
  });

  it('that is planned again has a whole day, short waits and its old attempts', () => {
    const dead = afterAttempt(planned, ended('refused'), worstLuck);
    const again = plannedAgain(dead, now + 2 * dayMs);
    expect(again).toMatchObject({ state: 'pending', nextAttemptAt: now + 2 * dayMs, attemptCount: 1 });
    const failed = afterAttempt(again, ended('failed', { at: now + 2 * dayMs }), worstLuck);
    expect(failed).toMatchObject({ state: 'pending', nextAttemptAt: now + 2 * dayMs + 5_013, attemptCount: 2 });
  });
});
