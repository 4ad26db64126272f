import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs, retryPolicyDefault as policy } from './back-off.ts';

describe('backOffMs', () => {
  it.each([
    ['the first failure, with the worst of luck', 1, 1, 5_000],
    ['the first failure, with the best of luck', 1, 0, 500],
    ['the second failure', 2, 1, 10_000],
    ['a failure far beyond the limit', 40, 1, 300_000],
    ['no failure at all', 0, 1, 5_000],
  ])('waits, after %s, the right time', (_situation, failureCount, random, expected) => {
    expect(backOffMs({ failureCount, random }, policy)).toBe(expected);
  });

  it('stays within its limits and never becomes a hot loop', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 1, noNaN: true }), (failureCount, random) => {
        const waitMs = backOffMs({ failureCount, random }, policy);
        expect(waitMs).toBeGreaterThanOrEqual(500);
        expect(waitMs).toBeLessThanOrEqual(policy.backOffMsMax);
      }),
    );
  });
});
