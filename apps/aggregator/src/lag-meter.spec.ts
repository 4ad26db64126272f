import { describe, expect, it } from '@jest/globals';
import { LagMeter } from './lag-meter.ts';

const start = 1_800_000_000_000;

describe('a lag meter', () => {
  it('tells the worst since it was last asked', () => {
    const lag = new LagMeter();
    lag.begin(start);
    lag.note(start + 40_000, start + 60_000);
    lag.note(start + 59_900, start + 60_000);
    expect([lag.take(), lag.take()]).toEqual([20_000, 0]);
  });

  it('does not blame a successor for what is old because it is read again', () => {
    const lag = new LagMeter();
    lag.note(start - 60_000, start);
    lag.note(start - 60_000, start + 100);
    expect(lag.take()).toBe(100);
  });
});
