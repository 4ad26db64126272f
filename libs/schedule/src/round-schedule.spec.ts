import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cadenceOf, dueCountIn, firstDueAfter, lastDueUpTo } from './cadence.ts';
import { RoundSchedule, type DueRound } from './round-schedule.ts';

fc.configureGlobal({ seed: 14 });

const start = 1_800_000_000_000;
const shop = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const shopCadence = cadenceOf(shop, 30_000);
const shopDueAt = firstDueAfter(shopCadence, start);

function scheduleOf(position: number, atOnceAt: number | null = null): RoundSchedule {
  const schedule = new RoundSchedule(position);
  schedule.put({ monitorId: shop, intervalMs: 30_000, atOnceAt });
  return schedule;
}

/** Walks through the instants and collects what is taken at each. */
function walk(schedule: RoundSchedule, instants: readonly number[]): DueRound[] {
  return instants.flatMap((now) => schedule.take(now, 1_000));
}

describe('RoundSchedule', () => {
  it('takes a round when it is due, not before and not twice', () => {
    const schedule = scheduleOf(start);
    expect(schedule.take(shopDueAt - 1, 10)).toEqual([]);
    expect(schedule.take(shopDueAt, 10)).toEqual([{ monitorId: shop, dueAt: shopDueAt, missedRoundCount: 0 }]);
    expect(schedule.take(shopDueAt + 1, 10)).toEqual([]);
    expect(schedule.nextDueAt()).toBe(shopDueAt + 30_000);
  });

  it('goes on at the new time when the clock was set back, and waits out a small correction', () => {
    const schedule = scheduleOf(start);
    schedule.take(shopDueAt + 3_600_000, 10);
    expect(schedule.take(shopDueAt + 3_600_000 - 59_000, 10)).toEqual([]);
    expect(walk(schedule, [shopDueAt + 15_000, shopDueAt + 30_000])).toEqual([
      { monitorId: shop, dueAt: shopDueAt + 30_000, missedRoundCount: 0 },
    ]);
  });

  it('does not repeat the round where the predecessor stood', () => {
    expect(scheduleOf(shopDueAt).take(shopDueAt + 29_999, 10)).toEqual([]);
  });

  it('takes only the newest round after a gap and counts the older as missed', () => {
    const rounds = scheduleOf(start).take(shopDueAt + 100_000, 10);
    expect(rounds).toEqual([{ monitorId: shop, dueAt: shopDueAt + 90_000, missedRoundCount: 3 }]);
  });

  it('has one round at once for a creation, then keeps to the cadence', () => {
    const schedule = scheduleOf(start, start + 700);
    expect(walk(schedule, [start + 900, shopDueAt])).toEqual([
      { monitorId: shop, dueAt: start + 700, missedRoundCount: 0 },
      { monitorId: shop, dueAt: shopDueAt, missedRoundCount: 0 },
    ]);
  });

  it('counts nothing as missed from before a resume', () => {
    const schedule = scheduleOf(start, start + 3_600_000);
    expect(schedule.take(start + 3_600_001, 10)).toEqual([
      { monitorId: shop, dueAt: start + 3_600_000, missedRoundCount: 0 },
    ]);
  });

  it('has a round at once for an edit even when a round of the old version was due in between', () => {
    const schedule = scheduleOf(start);
    schedule.take(shopDueAt + 5, 10);
    schedule.put({ monitorId: shop, intervalMs: 30_000, atOnceAt: shopDueAt - 100 });
    expect(walk(schedule, [shopDueAt + 200, shopDueAt + 30_000])).toEqual([
      { monitorId: shop, dueAt: shopDueAt - 100, missedRoundCount: 0 },
      { monitorId: shop, dueAt: shopDueAt + 30_000, missedRoundCount: 0 },
    ]);
  });

  it('asks for nothing when the same record comes again', () => {
    const schedule = scheduleOf(start, start + 700);
    schedule.take(start + 900, 10);
    schedule.put({ monitorId: shop, intervalMs: 30_000, atOnceAt: start + 700 });
    expect(schedule.take(start + 1_000, 10)).toEqual([]);
  });

  it('leaves out a round at once that lies well before the position of the predecessor', () => {
    expect(scheduleOf(start, start - 20_000).take(start, 10)).toEqual([]);
  });

  it('goes on with the cadence while a round at once lies in the future, the editor having a fast clock', () => {
    const rounds = walk(scheduleOf(start, shopDueAt + 40_000), [shopDueAt, shopDueAt + 30_000, shopDueAt + 40_000]);
    expect(rounds.map(({ dueAt }) => dueAt - shopDueAt)).toEqual([0, 30_000, 40_000]);
  });

  it('takes up a new interval from where it stood', () => {
    const schedule = scheduleOf(start);
    schedule.take(shopDueAt, 10);
    schedule.put({ monitorId: shop, intervalMs: 60_000, atOnceAt: null });
    expect(schedule.nextDueAt()).toBe(firstDueAfter(cadenceOf(shop, 60_000), shopDueAt));
  });

  it('schedules nothing for a monitor that was removed', () => {
    const schedule = scheduleOf(start);
    schedule.remove(shop);
    expect(schedule.take(shopDueAt + 100_000, 10)).toEqual([]);
    expect(schedule.nextDueAt()).toBeNull();
  });

  it('gives no round from before its arrival to a monitor that appears later', () => {
    const schedule = new RoundSchedule(start);
    schedule.take(shopDueAt + 1, 10);
    schedule.put({ monitorId: shop, intervalMs: 30_000, atOnceAt: null });
    expect(schedule.take(shopDueAt + 2, 10)).toEqual([]);
  });
});

const monitors = fc.uniqueArray(
  fc.record({ monitorId: fc.uuid(), intervalMs: fc.integer({ min: 5_000, max: 120_000 }) }),
  { minLength: 1, maxLength: 12, selector: ({ monitorId }) => monitorId },
);
const waits = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 30 });

describe('RoundSchedule, whatever the monitors and the pauses between its ticks', () => {
  it('runs or counts each round of the cadence exactly once, and runs them in order', () => {
    fc.assert(
      fc.property(monitors, waits, fc.integer({ min: 1, max: 5 }), (list, gaps, countMax) => {
        const schedule = new RoundSchedule(start);
        for (const monitor of list) schedule.put({ ...monitor, atOnceAt: null });
        const taken = new Map<string, DueRound[]>(list.map(({ monitorId }) => [monitorId, []]));
        let now = start;
        for (const gapMs of gaps) {
          now += gapMs;
          let rounds: DueRound[];
          const order: number[] = [];
          do {
            rounds = schedule.take(now, countMax);
            for (const round of rounds) taken.get(round.monitorId)?.push(round);
            order.push(...rounds.map(({ dueAt }) => dueAt));
          } while (rounds.length === countMax);
          expect(order).toEqual(order.toSorted((left, right) => left - right));
        }
        for (const { monitorId, intervalMs } of list) {
          const cadence = cadenceOf(monitorId, intervalMs);
          const rounds = taken.get(monitorId) ?? [];
          const accounted = rounds.reduce((sum, { missedRoundCount }) => sum + 1 + missedRoundCount, 0);
          expect(accounted).toBe(dueCountIn(cadence, { after: start, until: now }));
          for (const { dueAt } of rounds) expect(lastDueUpTo(cadence, dueAt)).toBe(dueAt);
        }
      }),
    );
  });

  it('names, taken up later by a successor, no round that its predecessor would not have named', () => {
    fc.assert(
      fc.property(monitors, waits, fc.integer({ min: 0, max: 10 }), (list, gaps, behind) => {
        const instants = gaps.map((_gap, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, start));
        const [ahead, successor] = [new RoundSchedule(start), new RoundSchedule(start)];
        for (const monitor of list) for (const one of [ahead, successor]) one.put({ ...monitor, atOnceAt: null });
        const first = walk(ahead, instants);
        const second = walk(successor, instants.slice(behind));
        const names = (rounds: readonly DueRound[]) =>
          new Set(rounds.map(({ monitorId, dueAt }) => `${monitorId} ${dueAt}`));
        expect(names(second).isSubsetOf(names(first))).toBe(true);
      }),
    );
  });
});
