/** Which rounds of a monitor speak for an alert, which are history, and which may be either. */
import { describe, expect, it } from '@jest/globals';
import { roundKey, type Check, type MonitorRecord, type RoundClosed } from '@quorate/contracts';
import { rowOf } from './rows.ts';

interface Told {
  readonly dueAt: number;
  readonly version?: number;
  readonly announcedAt?: number;
  readonly decidedAt: number;
  readonly closedAt?: number;
}

const monitorId = 'shop';

function written<Value>(value: Partial<Value>, appendedAt: number) {
  return { key: monitorId, value: value as Value, appendedAt };
}

/** Whether each counts, in the order in which they are judged. */
function countsOf(told: readonly Told[], versions: Readonly<Record<number, number>> = { 1: 0 }): (boolean | null)[] {
  const closed = told.map(({ dueAt, version = 1, decidedAt, closedAt = decidedAt }) =>
    written<RoundClosed>({ monitorId, kind: 'scheduled', dueAt, monitorVersion: version, decidedAt }, closedAt),
  );
  const checks = told.map(({ dueAt, announcedAt = dueAt }) => {
    return written<Check>({ monitorId, kind: 'scheduled', dueAt }, announcedAt);
  });
  const rounds = () => new Map(checks.map((check) => [roundKey(check.value), check]));
  const life = Object.entries(versions).map(([version, at]) =>
    written<MonitorRecord>({ version: Number(version) }, at),
  );
  return rowOf({ closed, rounds, lifeOf: () => life }, monitorId).map(({ counts }) => counts);
}

describe('a round', () => {
  it('counts where it was judged in its turn, by the version in force', () => {
    const told = [
      { dueAt: 40_000, decidedAt: 41_000 },
      { dueAt: 20_000, decidedAt: 21_000 },
    ];
    expect(countsOf(told)).toEqual([true, true]);
  });

  it('is history where a later one was closed before it was announced', () => {
    const told = [
      { dueAt: 20_000, announcedAt: 45_000, decidedAt: 46_000 },
      { dueAt: 40_000, decidedAt: 41_000 },
    ];
    expect(countsOf(told)).toEqual([false, true]);
  });

  it('may be either where a later one was only decided by then', () => {
    const told = [
      { dueAt: 20_000, announcedAt: 42_000, decidedAt: 43_000 },
      { dueAt: 40_000, decidedAt: 41_000, closedAt: 47_000 },
    ];
    expect(countsOf(told)).toEqual([null, true]);
  });

  it('is not overtaken by one whose time is out of this world', () => {
    const told = [
      { dueAt: 50_000, decidedAt: 51_000 },
      { dueAt: 900_000, announcedAt: 40_000, decidedAt: 41_000 },
    ];
    expect(countsOf(told)).toEqual([true, true]);
  });

  it('on a version that was superseded is history, once the newer one is surely known', () => {
    const at = (decidedAt: number) => countsOf([{ dueAt: 20_000, decidedAt }], { 1: 0, 2: 30_000 });
    expect([at(29_000), at(31_000), at(39_000)]).toEqual([[true], [null], [false]]);
  });
});
