import { describe, expect, it } from '@jest/globals';
import type { NextDue } from './expected-runs.ts';
import { judgeHeartbeat, type EndOfRun, type HeardOfJob, type HeartbeatCase } from './judge-heartbeat.ts';

/** Midnight, UTC. */
const midnight = 1_800_057_600_000;
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** `hh:mm` or `hh:mm:ss` of the day that began at midnight. */
function at(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return midnight + hours * hour + minutes * minute + seconds * second;
}

/** On the full hour, as `0 * * * *` says. */
const onTheHour: NextDue = (after) => (Math.floor(after / hour) + 1) * hour;

const ended = (time: string, change: Partial<EndOfRun> = {}): EndOfRun => {
  return { at: at(time), failed: false, exitCode: null, excerpt: null, runMs: null, ...change };
};

interface Told {
  readonly awaited?: string | null;
  readonly started?: string;
  readonly end?: EndOfRun;
  readonly now: string;
  readonly deaf?: readonly (readonly [string, string])[];
  readonly cron?: NextDue | null;
  readonly settings?: Partial<HeartbeatCase['settings']>;
}

function judge({ awaited = '00:00', started, end, now, deaf = [], cron = onTheHour, settings }: Told) {
  const heard: HeardOfJob = {
    awaitedAt: awaited === null ? null : at(awaited),
    startedAt: started === undefined ? null : at(started),
    end: end ?? null,
  };
  return judgeHeartbeat({
    settings: { everySeconds: 3_600, graceSeconds: 300, maxRunSeconds: null, ...settings },
    cron,
    deafnesses: deaf.map(([from, until]) => ({ from: at(from), until: at(until) })),
    heard,
    now: at(now),
  });
}

/** What the verdict is, in a word. */
function word(told: Told): string {
  const { outcome, reason } = judge(told);
  return reason ?? outcome;
}

describe('a job whose schedule is a crontab line (on the hour, 5 min of grace)', () => {
  it.each([
    ['is up before its next run is due', { end: ended('09:00:03'), now: '09:59' }, 'up'],
    ['is up within the grace', { end: ended('09:00:03'), now: '10:04:59' }, 'up'],
    ['is down when the grace is over', { end: ended('09:00:03'), now: '10:05' }, 'heartbeat.missing'],
    ['is up again with a late ping', { end: ended('10:20'), now: '10:20:01' }, 'up'],
    ['is asked for the next run after a late ping', { end: ended('10:20'), now: '11:05' }, 'heartbeat.missing'],
    ['has pinged in time with a clock that runs ahead by seconds', { end: ended('09:59:30'), now: '10:05' }, 'up'],
    ['and is asked for the run after that', { end: ended('09:59:30'), now: '11:05' }, 'heartbeat.missing'],
    ['has not pinged for the next run minutes before', { end: ended('09:58:59'), now: '10:05' }, 'heartbeat.missing'],
    ['is waited for from its creation on', { awaited: '09:30', now: '10:04:59' }, 'up'],
    ['is missed when it never pings at all', { awaited: '09:30', now: '10:05' }, 'heartbeat.missing'],
    [
      'is waited for also when it was created seconds before',
      { awaited: '09:59:59', now: '10:05' },
      'heartbeat.missing',
    ],
    ['owes nothing from before it was resumed', { awaited: '13:10', end: ended('09:00'), now: '14:04' }, 'up'],
    [
      'has a fresh start when it failed before it was resumed',
      { awaited: '13:10', end: ended('09:00', { failed: true }), now: '13:30' },
      'up',
    ],
    ['cannot be judged when nobody waits for it', { awaited: null, now: '10:05' }, 'gateway.unknown'],
    [
      'is never missed when its schedule has no next run',
      { end: ended('09:00'), now: '23:00', cron: () => null },
      'up',
    ],
  ] satisfies [string, Told, string][])('%s', (_what, told, verdict) => {
    expect(word(told)).toBe(verdict);
  });

  it('may ping early by no more than half of the time between its runs', () => {
    const everyMinute: NextDue = (after) => (Math.floor(after / minute) + 1) * minute;
    const settings = { graceSeconds: 30 };
    expect(word({ end: ended('09:00:45'), now: '09:01:31', cron: everyMinute, settings })).toBe('up');
    expect(word({ end: ended('09:00:29'), now: '09:01:31', cron: everyMinute, settings })).toBe('heartbeat.missing');
  });
});

describe('a job that pings at an interval (every hour, 5 min of grace)', () => {
  it.each([
    ['is up until the hour and the grace are over', { end: ended('09:10'), now: '10:14:59' }, 'up'],
    ['is down then', { end: ended('09:10'), now: '10:15' }, 'heartbeat.missing'],
    ['is measured from its newest ping, early or late', { end: ended('10:14'), now: '11:18' }, 'up'],
    ['is measured from its creation', { awaited: '09:10', now: '10:15' }, 'heartbeat.missing'],
  ] satisfies [string, Told, string][])('%s', (_what, told, verdict) => {
    expect(word({ ...told, cron: null })).toBe(verdict);
  });
});

describe('a job that tells how it ended', () => {
  it.each([
    [
      'is down with an exit code',
      { end: ended('09:00', { failed: true, exitCode: 3 }), now: '09:00:01' },
      'heartbeat.failed',
    ],
    [
      'is still down when it begins again',
      { end: ended('09:00', { failed: true }), started: '09:30', now: '09:31' },
      'heartbeat.failed',
    ],
    ['is up when it has succeeded', { end: ended('09:40'), now: '09:41' }, 'up'],
  ] satisfies [string, Told, string][])('%s', (_what, told, verdict) => {
    expect(word(told)).toBe(verdict);
  });
});

describe('a job that tells when it begins', () => {
  const maxRun = { maxRunSeconds: 1_800 };
  it.each([
    ['is in time with its start', { end: ended('09:10'), started: '10:00', now: '10:20' }, 'up'],
    ['may run until the next run is overdue', { end: ended('09:10'), started: '10:00', now: '11:04' }, 'up'],
    [
      'is down when it has not ended by then',
      { end: ended('09:10'), started: '10:00', now: '11:05' },
      'heartbeat.overrun',
    ],
    [
      'is down when it takes longer than it may',
      { started: '10:00', end: ended('09:10'), now: '10:30', settings: maxRun },
      'heartbeat.overrun',
    ],
    [
      'may run over its next start where that is allowed',
      { started: '10:00', end: ended('09:10'), now: '12:59', settings: { maxRunSeconds: 3 * 3_600 } },
      'up',
    ],
    ['stays down while it runs late', { end: ended('09:00'), started: '10:07', now: '10:08' }, 'heartbeat.missing'],
    ['is up when the late run has ended', { end: ended('10:12'), now: '10:13' }, 'up'],
    ['is in time with a first start', { awaited: '09:30', started: '10:00', now: '10:30' }, 'up'],
    ['owes no end of a run from before it was resumed', { awaited: '10:30', started: '10:00', now: '11:04' }, 'up'],
    ['has no limit where the schedule has no next run', { started: '10:00', now: '23:00', cron: () => null }, 'up'],
  ] satisfies [string, Told, string][])('%s', (_what, told, verdict) => {
    expect(word(told)).toBe(verdict);
  });
});

describe('a ping that nobody could hear', () => {
  it.each([
    ['is not held against the job', { end: ended('09:00'), deaf: [['09:59', '10:02']], now: '10:05' }, 'gateway.deaf'],
    [
      'may have been lost anywhere in the grace',
      { end: ended('09:00'), deaf: [['10:03', '10:08']], now: '10:05' },
      'gateway.deaf',
    ],
    ['may have come a little early', { end: ended('09:00'), deaf: [['09:54', '09:56']], now: '10:05' }, 'gateway.deaf'],
    [
      'leaves the next one to decide',
      { end: ended('09:00'), deaf: [['09:59', '10:02']], now: '11:05' },
      'heartbeat.missing',
    ],
    ['is told only when its time is over', { end: ended('09:00'), deaf: [['09:59', '10:02']], now: '10:04' }, 'up'],
    [
      'excuses none that was due long before',
      { end: ended('09:00'), deaf: [['10:30', '10:40']], now: '10:41' },
      'heartbeat.missing',
    ],
    [
      'excuses none that was due long after',
      { end: ended('09:00'), deaf: [['09:10', '09:20']], now: '10:05' },
      'heartbeat.missing',
    ],
    [
      'is tried again by the job itself within half a minute',
      { end: ended('09:00'), deaf: [['10:00', '10:00:30']], now: '10:05' },
      'heartbeat.missing',
    ],
    [
      'excuses each of many',
      {
        end: ended('09:00'),
        deaf: [
          ['09:50', '12:10'],
          ['12:58', '13:04'],
        ],
        now: '13:06',
      },
      'gateway.deaf',
    ],
    [
      'excuses none between them',
      {
        end: ended('09:00'),
        deaf: [
          ['09:50', '10:10'],
          ['11:58', '12:04'],
        ],
        now: '12:06',
      },
      'heartbeat.missing',
    ],
    [
      'may have been the end of a run, but not the begin of the next',
      { end: ended('09:10'), started: '10:00', deaf: [['10:10', '10:20']], now: '11:05' },
      'heartbeat.missing',
    ],
    [
      'may have been the end of a run that takes so long',
      {
        end: ended('09:10'),
        started: '10:00',
        deaf: [['10:10', '10:20']],
        now: '10:31',
        settings: { maxRunSeconds: 1_800 },
      },
      'gateway.deaf',
    ],
    [
      'and the next run decides',
      { end: ended('09:10'), started: '10:00', deaf: [['10:10', '10:20']], now: '12:05' },
      'heartbeat.missing',
    ],
  ] satisfies [string, Told, string][])('%s', (_what, told, verdict) => {
    expect(word(told)).toBe(verdict);
  });

  it('is forgiven for a shorter time where the grace is short', () => {
    const told = { end: ended('09:00'), cron: null, settings: { everySeconds: 10, graceSeconds: 2 }, now: '09:00:12' };
    expect(word({ ...told, deaf: [['09:00:10', '09:00:11']] })).toBe('heartbeat.missing');
    expect(word({ ...told, deaf: [['09:00:10', '09:00:12']] })).toBe('gateway.deaf');
  });
});

describe('the sentence', () => {
  it.each([
    [
      { end: ended('09:00:03'), now: '10:05' },
      'a ping was due at 2027-01-16 10:00:00 UTC, with 300 s of grace; the last ping came at 2027-01-16 09:00:03 UTC',
    ],
    [
      { awaited: '09:30', now: '10:05' },
      'a ping was due at 2027-01-16 10:00:00 UTC, with 300 s of grace; none has come since 2027-01-16 09:30:00 UTC',
    ],
    [
      { end: ended('09:00', { failed: true, exitCode: 3 }), now: '09:01' },
      'the job told exit code 3 at 2027-01-16 09:00:00 UTC',
    ],
    [{ end: ended('09:00', { failed: true }), now: '09:01' }, 'the job told that it failed at 2027-01-16 09:00:00 UTC'],
    [
      { awaited: '09:30', started: '10:00', now: '10:30', settings: { maxRunSeconds: 600 } },
      'the run that began at 2027-01-16 10:00:00 UTC did not end within 600 s',
    ],
    [
      { end: ended('09:00'), deaf: [['09:59', '10:02']], now: '10:05' },
      'no gateway could hear pings from 2027-01-16 09:59:00 UTC to 2027-01-16 10:02:00 UTC; ' +
        'one may have been lost, the next decides',
    ],
  ] satisfies [Told, string][])('tells what is wrong and since when (%#)', (told, sentence) => {
    expect(judge({ awaited: '08:30', ...told }).message).toBe(sentence);
  });
});
