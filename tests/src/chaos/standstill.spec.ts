/** The arithmetic of standing still. */
import { describe, expect, it } from '@jest/globals';
import { rejoinMs, standstills, waitMsOf, type ClosedRound } from './standstill.ts';

const intervalMs = 15_000;

/** Due at `dueAt`; the votes came after 200 ms, and the verdict 100 ms later, unless something else is said. */
function round(dueAt: number, more: Partial<ClosedRound> = {}): ClosedRound {
  const decidedAt = more.decidedAt ?? dueAt + 200;
  const closedAt = more.closedAt ?? decidedAt;
  const appendedAt = closedAt + 100;
  const facts = { monitorId: 'shop', partition: 0, verdict: 'up', missedRoundCount: 0, votes: [] };
  return { ...facts, dueAt, decidedAt, closedAt, appendedAt, ...more };
}

const vote = (region: string) => ({ region, outcome: 'up', reason: null });

describe('the wait of a round', () => {
  it.each([
    ['is that for its votes and that for its verdict', round(0), 300],
    ['leaves out what came after the verdict', round(0, { closedAt: 4_000 }), 300],
    ['counts until the check was there', round(0, { decidedAt: 9_000 }), 9_100],
    ['counts until somebody owned the partition', round(0, { appendedAt: 12_000 }), 12_000],
    ['counts the rounds before it that were never run', round(0, { missedRoundCount: 2 }), 30_300],
  ])('%s', (_what, closed, waitMs) => {
    expect(waitMsOf(closed, intervalMs)).toBe(waitMs);
  });
});

describe('standing still', () => {
  const fault = (kind: string, beganAt: number) => ({ kind, beganAt, endedAt: beganAt + 1_000 });

  it('is the longest wait of each partition, from one fault to the next', () => {
    const rounds = [
      round(99_000),
      round(101_000, { appendedAt: 104_000 }),
      round(102_000, { appendedAt: 104_000 }),
      round(100_000, { partition: 1, appendedAt: 110_000 }),
      round(130_000, { partition: 2 }),
      round(201_000, { appendedAt: 206_000 }),
      ...[1, 2].map((partition) => round(203_000, { partition })),
    ];
    expect(standstills(rounds, [fault('kill', 100_000), fault('freeze', 200_000)], intervalMs)).toEqual([
      { kind: 'kill', faultCount: 1, affectedCount: 2, p50Ms: 10_000, maxMs: 10_000 },
      { kind: 'freeze', faultCount: 1, affectedCount: 1, p50Ms: 5_000, maxMs: 5_000 },
    ]);
  });

  it('of several faults of one kind is told together', () => {
    const rounds = [round(101_000, { appendedAt: 104_000 }), round(201_000, { appendedAt: 206_000 })];
    expect(standstills(rounds, [fault('kill', 100_000), fault('kill', 200_000)], intervalMs)).toEqual([
      { kind: 'kill', faultCount: 2, affectedCount: 2, p50Ms: 5_000, maxMs: 5_000 },
    ]);
  });

  it('lasts to the next fault where what was due before it had its verdict after it only', () => {
    const rounds = [round(90_000), round(120_000, { appendedAt: 230_000 })];
    const faults = [fault('kill', 100_000), fault('freeze', 200_000)];
    expect(standstills(rounds, faults, intervalMs)[0]).toMatchObject({ affectedCount: 1, maxMs: 80_000 });
    const missed = [round(90_000), round(220_000, { missedRoundCount: 8 })];
    expect(standstills(missed, faults, intervalMs)[0]).toMatchObject({ affectedCount: 1, maxMs: 100_000 });
  });

  it('is not there where nothing was due', () => {
    const rounds = [round(90_000), round(210_000)];
    const faults = [fault('kill', 100_000), fault('freeze', 200_000)];
    expect(standstills(rounds, faults, intervalMs)[0]).toMatchObject({ affectedCount: 0, maxMs: null });
  });

  it('leaves out rounds that waited for votes in vain', () => {
    const rounds = [round(101_000), round(101_000, { verdict: 'inconclusive', appendedAt: 107_000 })];
    expect(standstills(rounds, [fault('kill', 100_000)], intervalMs)).toMatchObject([{ affectedCount: 0 }]);
  });

  it('is not there where every verdict came soon', () => {
    expect(standstills([round(101_000)], [fault('kill', 100_000)], intervalMs)).toEqual([
      { kind: 'kill', faultCount: 1, affectedCount: 0, p50Ms: null, maxMs: null },
    ]);
  });
});

describe('a region that was cut off', () => {
  const cut = { region: 'ap', from: 100_000, to: 140_000 };

  it('is back with its first vote in a round that was due after the cut', () => {
    const rounds = [round(139_000, { votes: [vote('ap')] }), round(142_000), round(143_000, { votes: [vote('ap')] })];
    expect(rejoinMs(cut, rounds)).toBe(3_300);
  });

  it('may never be back', () => {
    expect(rejoinMs(cut, [round(142_000, { votes: [vote('eu')] })])).toBeNull();
  });
});
