import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs, retryPolicyDefault as policy } from './back-off.ts';

fc.configureGlobal({ seed: 17 });

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

  it('waits longer after each failure, until it waits as long as it may', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failureCount, random) => {
          const [waitMs, nextMs] = [failureCount, failureCount + 1].map((count) =>
            backOffMs({ failureCount: count, random }, policy),
          );
          expect(nextMs).toBeGreaterThanOrEqual(waitMs ?? Infinity);
        },
      ),
    );
  });

  it('spreads those who failed together over all of the wait but its first tenth', () => {
    const waits = [0, 0.25, 0.5, 0.75, 1].map((random) => backOffMs({ failureCount: 3, random }, policy));
    expect(waits).toEqual([2_000, 6_500, 11_000, 15_500, 20_000]);
  });
});
