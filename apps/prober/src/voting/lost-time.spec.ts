import { beforeEach, describe, expect, it } from '@jest/globals';
import { LostTime, tickMs, type Clocks } from './lost-time.ts';

let clocks: Clocks;
let lostTime: LostTime;
let told: number[];

/** Time passes, `sleptMs` of it only by the clock that counts sleep, and the timer comes once at its end. */
function pass(ms: number, sleptMs = 0): void {
  clocks = { nowMs: clocks.nowMs + ms, uptimeMs: clocks.uptimeMs + ms + sleptMs };
}

function tick(): void {
  told.push(lostTime.tick(clocks));
}

/** Time passes, and the timer always comes `lateMs` late. */
function run(ms: number, lateMs = 0): void {
  for (let passed = 0; passed < ms; passed += tickMs + lateMs) {
    pass(tickMs + lateMs);
    tick();
  }
}

beforeEach(() => {
  clocks = { nowMs: 5_000, uptimeMs: 9_000_000 };
  lostTime = new LostTime(clocks);
  told = [];
});

describe('what was timed means something', () => {
  it('while the timer comes when it should', () => {
    const since = lostTime.mark(clocks.nowMs);
    run(30_000, 5);
    expect(lostTime.stallMs(since, clocks)).toBe(0);
    expect(told.filter((ms) => ms > 0)).toEqual([]);
  });

  it('where the standstill was short', () => {
    const since = lostTime.mark(clocks.nowMs);
    pass(tickMs + 249);
    tick();
    expect(lostTime.stallMs(since, clocks)).toBe(0);
  });

  it('where it was a small part of the time: a target that hangs for long is down all the same', () => {
    const since = lostTime.mark(clocks.nowMs);
    run(29_000);
    pass(1_000);
    tick();
    expect(lostTime.stallMs(since, clocks)).toBe(0);
    expect(told.at(-1)).toBe(900);
  });

  it('where the standstill was over before', () => {
    pass(30_000);
    const since = lostTime.mark(clocks.nowMs);
    tick();
    run(1_000);
    expect(lostTime.stallMs(since, clocks)).toBe(0);
  });
});

describe('what was timed means nothing', () => {
  it('where the process was stopped for long, also before its timer comes', () => {
    const since = lostTime.mark(clocks.nowMs);
    run(5_000);
    pass(30_000);
    expect(lostTime.stallMs(since, clocks)).toBe(30_000 - tickMs);
    tick();
    expect(lostTime.stallMs(since, clocks)).toBe(30_000 - tickMs);
    expect(told.at(-1)).toBe(30_000 - tickMs);
  });

  it('where the process was starved in small portions', () => {
    const since = lostTime.mark(clocks.nowMs);
    run(2_000, 60);
    expect(lostTime.stallMs(since, clocks)).toBe(13 * 60);
  });

  it('where the machine slept, which stops the clock that probes are timed by', () => {
    const since = lostTime.mark(clocks.nowMs);
    run(500);
    pass(tickMs, 3_600_000);
    expect(lostTime.stallMs(since, clocks)).toBe(3_600_000);
    tick();
    run(500);
    expect(lostTime.stallMs(since, clocks)).toBe(3_600_000);
    const later = lostTime.mark(clocks.nowMs);
    run(500);
    expect(lostTime.stallMs(later, clocks)).toBe(0);
  });
});
