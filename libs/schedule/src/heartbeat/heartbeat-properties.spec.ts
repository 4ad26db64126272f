import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NextDue } from './expected-runs.ts';
import { judgeHeartbeat } from './judge-heartbeat.ts';

fc.configureGlobal({ seed: 28 });

const midnight = 1_800_057_600_000;
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const onTheHour: NextDue = (after) => (Math.floor(after / hour) + 1) * hour;

describe('whatever was heard', () => {
  const times = fc.integer({ min: 0, max: 86_400 }).map((seconds) => midnight + seconds * second);
  const ends = fc.record({ at: times, failed: fc.boolean() });
  const deafnesses = fc.array(fc.tuple(times, fc.integer({ min: 0, max: 7_200 })), { maxLength: 5 });
  const cases = fc.record({
    awaitedAt: times,
    startedAt: fc.option(times),
    end: fc.option(ends),
    deafnesses,
    maxRunSeconds: fc.option(fc.integer({ min: 1, max: 10_000 })),
    hasCron: fc.boolean(),
  });

  it('a job that has just succeeded is up, and one that has just failed is down', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ awaitedAt, deafnesses: deaf, maxRunSeconds, hasCron }, failed) => {
        const now = awaitedAt + hour;
        const end = { at: now, failed, exitCode: null, excerpt: null, runMs: null };
        const facts = {
          settings: { everySeconds: 3_600, graceSeconds: 300, maxRunSeconds },
          cron: hasCron ? onTheHour : null,
          deafnesses: deaf.map(([from, seconds]) => ({ from, until: from + seconds * second })),
        };
        const { outcome } = judgeHeartbeat({ ...facts, heard: { awaitedAt, startedAt: null, end }, now });
        expect(outcome).toBe(failed ? 'down' : 'up');
      }),
    );
  });

  it('more deafness never turns an up into a down, nor a down into an up while the job does not run', () => {
    fc.assert(
      fc.property(cases, times, ({ awaitedAt, startedAt, end, deafnesses: deaf, maxRunSeconds, hasCron }, now) => {
        const whole = end === null ? null : { ...end, exitCode: null, excerpt: null, runMs: null };
        const facts = {
          settings: { everySeconds: 3_600, graceSeconds: 300, maxRunSeconds },
          cron: hasCron ? onTheHour : null,
          heard: { awaitedAt, startedAt, end: whole },
          now,
        };
        const all = deaf.map(([from, seconds]) => ({ from, until: from + seconds * second }));
        const heard = judgeHeartbeat({ ...facts, deafnesses: [] }).outcome;
        const deafened = judgeHeartbeat({ ...facts, deafnesses: all }).outcome;
        const allowed = heard === 'up' || startedAt !== null ? ['up'] : [];
        expect([...allowed, heard, 'abstain']).toContain(deafened);
        if (heard === 'up') expect(deafened).toBe('up');
      }),
    );
  });

  it('silence since an anchor is looked through in a bounded time, however long it is', () => {
    const settings = { everySeconds: 5, graceSeconds: 1, maxRunSeconds: null };
    const year = 366 * 24 * hour;
    const deaf = [{ from: midnight, until: midnight + year }];
    const heard = { awaitedAt: midnight, startedAt: null, end: null };
    const facts = { settings, cron: null, deafnesses: deaf, heard, now: midnight + year + minute };
    expect(judgeHeartbeat(facts).reason).toBe('heartbeat.missing');
  });
});
