import { describe, expect, it } from '@jest/globals';
import { LogClock } from './log-clock.ts';

const aheadMs = 60_000;

describe('LogClock', () => {
  it('tells our own time until a broker has told its', () => {
    const clock = new LogClock();
    expect(Math.abs(clock.now() - clock.local())).toBeLessThanOrEqual(1);
  });

  it.each([
    ['ahead of ours', aheadMs],
    ['behind ours', -aheadMs],
  ])('follows the clock of brokers that are %s', (_situation, difference) => {
    const clock = new LogClock();
    const sentAt = clock.local();
    clock.appended(sentAt, Math.floor(clock.local() + difference));
    const now = clock.now();
    expect(Math.abs(now - clock.local() - difference)).toBeLessThanOrEqual(2);
  });

  it('is never behind a record that was read', () => {
    const clock = new LogClock();
    const appendedAt = Math.ceil(clock.local() + aheadMs);
    clock.read(appendedAt);
    expect(clock.now()).toBeGreaterThanOrEqual(appendedAt - 1);
  });

  it('does not go back when the estimate of a clock becomes better, but when a clock is set right', () => {
    const clock = new LogClock();
    clock.read(clock.local() + 1_000);
    const before = clock.now();
    clock.appended(clock.local(), Math.floor(clock.local()));
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    clock.read(clock.local() + 10 * aheadMs);
    clock.now();
    clock.appended(clock.local(), Math.floor(clock.local()));
    expect(Math.abs(clock.now() - clock.local())).toBeLessThan(1_000);
  });

  it('does not believe a topic that keeps the writers’ times', () => {
    const clock = new LogClock();
    clock.appended(clock.local(), -1);
    expect(Math.abs(clock.now() - clock.local())).toBeLessThanOrEqual(1);
  });

  it('believes a record that had been waited for more than our own clock, and time does not stand still for it', () => {
    const clock = new LogClock();
    clock.now();
    expect(clock.isTold).toBe(false);
    clock.arrived(clock.local() - 30_000);
    expect(clock.isTold).toBe(true);
    expect(Math.abs(clock.now() - clock.local() + 30_000)).toBeLessThanOrEqual(2);
  });

  it('takes a record that came late for what it is, once a broker has told its time', () => {
    const clock = new LogClock();
    clock.appended(clock.local(), Math.floor(clock.local()));
    clock.arrived(clock.local() - 30_000);
    expect(Math.abs(clock.now() - clock.local())).toBeLessThanOrEqual(2);
  });
});
