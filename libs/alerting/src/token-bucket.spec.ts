import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

const budget = { burstMax: 30, perMinute: 90 };

describe('TokenBucket', () => {
  it('starts full, refills steadily and never beyond its size', () => {
    const bucket = new TokenBucket(budget, 0);
    expect(bucket.available(0)).toBe(30);
    bucket.take(30);
    expect(bucket.available(0)).toBe(0);
    expect(bucket.available(2_000)).toBe(3);
    expect(bucket.available(3_600_000)).toBe(30);
  });

  it('lets nothing through when the clock is set back, and refills from there', () => {
    const bucket = new TokenBucket(budget, 3_600_000);
    bucket.take(30);
    expect(bucket.available(0)).toBe(0);
    expect(bucket.available(2_000)).toBe(3);
  });

  it('never lets more than 120 sends leave within any minute, however they are asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 60 }), (gaps) => {
        const bucket = new TokenBucket(budget, 0);
        const sends: { at: number; count: number }[] = [];
        let now = 0;
        for (const gapMs of gaps) {
          const count = bucket.available(now);
          bucket.take(count);
          sends.push({ at: now, count });
          now += gapMs;
        }
        for (const { at } of sends) {
          const minute = sends.filter((send) => send.at >= at && send.at < at + 60_000);
          expect(minute.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(120);
        }
      }),
    );
  });
});
