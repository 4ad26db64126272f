import { describe, expect, it } from '@jest/globals';
import { covers, isOn, nextOccurrence } from './maintenance.ts';

const at = (text: string): number => Date.parse(text);
const minuteMs = 60_000;

interface Given {
  readonly repeat?: 'once' | 'daily' | 'weekly';
  readonly startsAt: string;
  readonly endsAt: string;
  readonly timeZone?: string;
}

function windowOf({ repeat = 'once', startsAt, endsAt, timeZone = 'UTC' }: Given) {
  return { repeat, timeZone, startsAt: at(startsAt), endsAt: at(endsAt) };
}

function shown(given: Given, now: string): [from: string, to: string] | null {
  const next = nextOccurrence(windowOf(given), at(now));
  return next === null ? null : [new Date(next.startsAt).toISOString(), new Date(next.endsAt).toISOString()];
}

describe('a maintenance window', () => {
  const once = { startsAt: '2026-11-21T02:00:00Z', endsAt: '2026-11-21T04:00:00Z' };

  it.each([
    ['2026-11-21T01:59:59.999Z', false],
    ['2026-11-21T02:00:00Z', true],
    ['2026-11-21T03:59:59.999Z', true],
    ['2026-11-21T04:00:00Z', false],
  ])('that comes once is on at %s: %s', (now, expected) => {
    const next = nextOccurrence(windowOf(once), at(now));
    expect(next !== null && isOn(next, at(now))).toBe(expected);
  });

  it('that came once never comes again', () => expect(shown(once, '2026-11-21T04:00:00Z')).toBeNull());

  const sunday = { repeat: 'weekly', startsAt: '2026-11-22T01:00:00Z', endsAt: '2026-11-22T03:00:00Z' } as const;
  const berlin = { ...sunday, timeZone: 'Europe/Berlin' };

  it.each([
    ['the first', berlin, '2026-11-01T00:00:00Z', '2026-11-22T01:00:00.000Z', '2026-11-22T03:00:00.000Z'],
    ['the one that is on', berlin, '2026-11-22T02:59:00Z', '2026-11-22T01:00:00.000Z', '2026-11-22T03:00:00.000Z'],
    ['the next one', berlin, '2026-11-22T03:00:00Z', '2026-11-29T01:00:00.000Z', '2026-11-29T03:00:00.000Z'],
    [
      'one in summer, at the same time by the clocks',
      berlin,
      '2027-07-01T00:00:00Z',
      '2027-07-04T00:00:00.000Z',
      '2027-07-04T02:00:00.000Z',
    ],
    [
      'one that the clocks leave out',
      berlin,
      '2027-03-27T12:00:00Z',
      '2027-03-28T01:00:00.000Z',
      '2027-03-28T03:00:00.000Z',
    ],
    [
      'one that the clocks show twice',
      berlin,
      '2027-10-30T12:00:00Z',
      '2027-10-31T00:00:00.000Z',
      '2027-10-31T02:00:00.000Z',
    ],
    ['one far away', sunday, '2076-11-21T04:00:00Z', '2076-11-22T01:00:00.000Z', '2076-11-22T03:00:00.000Z'],
  ])('that repeats is found: %s', (_which, given, now, from, to) => {
    expect(shown(given, now)).toEqual([from, to]);
  });

  it('over midnight is on after it', () => {
    const nightly = { repeat: 'daily', startsAt: '2026-11-21T23:30:00Z', endsAt: '2026-11-22T00:30:00Z' } as const;
    const now = at('2026-12-24T00:15:00Z');
    const next = nextOccurrence(windowOf(nightly), now);
    expect(next).toMatchObject({ startsAt: at('2026-12-23T23:30:00Z') });
    expect(next !== null && isOn(next, now)).toBe(true);
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia'])(
    'by the clocks of %s is on once a day for a year, as long each time',
    (timeZone) => {
      const nightly = windowOf({
        repeat: 'daily',
        startsAt: '2026-01-01T01:30:00Z',
        endsAt: '2026-01-01T02:15:00Z',
        timeZone,
      });
      let now = nightly.startsAt;
      for (let day = 0; day < 365; day++) {
        const next = nextOccurrence(nightly, now);
        expect((next?.endsAt ?? 0) - (next?.startsAt ?? 0)).toBe(45 * minuteMs);
        expect(next?.startsAt).toBeLessThanOrEqual(nightly.startsAt + day * 1_440 * minuteMs + 60 * minuteMs);
        expect(next?.startsAt).toBeGreaterThanOrEqual(nightly.startsAt + day * 1_440 * minuteMs - 60 * minuteMs);
        now = next?.endsAt ?? 0;
      }
    },
  );
});

describe('a maintenance window covers', () => {
  const monitor = { id: 'shop', tags: { team: 'web', stage: 'live' } };
  const nobody = { allMonitors: false, monitorIds: [], tags: {} };

  it.each([
    ['a monitor that it names', { ...nobody, monitorIds: ['other', 'shop'] }, true],
    ['one that carries all of its tags', { ...nobody, tags: { team: 'web' } }, true],
    ['every monitor, where it says so', { ...nobody, allMonitors: true }, true],
    ['no other one', { ...nobody, monitorIds: ['other'] }, false],
    ['none that carries only some of its tags', { ...nobody, tags: { team: 'web', stage: 'test' } }, false],
    ['nobody, where it names nothing', nobody, false],
  ])('%s', (_whom, scope, expected) => expect(covers(scope, monitor)).toBe(expected));
});
