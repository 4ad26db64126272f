import { describe, expect, it } from '@jest/globals';
import { BackOff } from './back-off.ts';

describe('the back-off', () => {
  it('waits longer after each crash in a row, up to half a minute, and gives up in the end', () => {
    const backOff = new BackOff();
    const delays = Array.from({ length: 21 }, () => backOff.afterCrash(1_000));
    expect(delays.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(delays.slice(7, 20).every((delayMs) => delayMs === 30_000)).toBe(true);
    expect(delays.at(-1)).toBeNull();
  });

  it('begins anew after a child that lived for a minute', () => {
    const backOff = new BackOff();
    backOff.afterCrash(0);
    backOff.afterCrash(0);
    expect(backOff.afterCrash(60_000)).toBe(500);
  });
});
