/** The arithmetic of how long pages waited. */
import { describe, expect, it } from '@jest/globals';
import { longestPageWaits, pageWaits } from './page-waits.ts';
import type { ClosedRound } from './standstill.ts';

function round(dueAt: number, verdict: string, appendedAt: number): ClosedRound {
  const times = { dueAt, decidedAt: appendedAt - 100, closedAt: appendedAt - 100, appendedAt };
  return { monitorId: 'shop', partition: 0, verdict, missedRoundCount: 0, votes: [], ...times };
}

const heard = (action: 'trigger' | 'resolve', dueAt: number, at: number) => ({ action, dedupKey: `shop:${dueAt}`, at });

describe('a page', () => {
  it('waited from the verdict that confirmed its outage to the first call', () => {
    const rounds = [round(1_000, 'up', 1_300), round(6_000, 'down', 6_300), round(11_000, 'up', 11_400)];
    const calls = [
      heard('trigger', 6_000, 6_800),
      heard('trigger', 6_000, 9_000),
      heard('resolve', 6_000, 12_000),
      heard('trigger', 99_000, 99_500),
    ];
    expect(pageWaits(rounds, calls)).toEqual([{ at: 6_800, waitMs: 500 }]);
  });

  it('is held against the newest fault, and only the longest wait of a kind is told', () => {
    const fault = (kind: string, beganAt: number) => ({ kind, beganAt, endedAt: beganAt });
    const faults = [fault('kill', 1_000), fault('freeze', 2_000), fault('kill', 3_000)];
    const waits = [
      { at: 900, waitMs: 90 },
      { at: 1_000, waitMs: 10 },
      { at: 2_500, waitMs: 25 },
      { at: 3_500, waitMs: 35 },
      { at: 3_600, waitMs: 36 },
    ];
    expect([...longestPageWaits(waits, faults)]).toEqual([
      ['kill', 36],
      ['freeze', 25],
    ]);
  });
});
