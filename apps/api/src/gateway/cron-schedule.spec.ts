import { describe, expect, it } from '@jest/globals';
import { cronFaultOf, nextDueOf } from './cron-schedule.ts';

const at = (time: string) => new Date(`${time}Z`).getTime();

/** The next runs after a time, in UTC. */
function runs(line: string, from: string, count = 3): string[] {
  const [zone = '', cron = ''] = line.split(': ');
  const next = nextDueOf({ cron, timeZone: zone });
  const dues: string[] = [];
  for (let due = next(at(from)); due !== null && dues.length < count; due = next(due)) {
    dues.push(new Date(due).toISOString().slice(0, 16));
  }
  return dues;
}

describe('a crontab line', () => {
  it.each([
    ['in its time zone', 'Europe/Berlin: 0 3 * * *', '2026-01-01T00:00', ['2026-01-01T02:00', '2026-01-02T02:00']],
    ['with steps', 'UTC: */20 * * * *', '2026-01-01T00:05', ['2026-01-01T00:20', '2026-01-01T00:40']],
    ['on weekdays by name', 'UTC: 30 9 * * MON-FRI', '2026-01-02T10:00', ['2026-01-05T09:30', '2026-01-06T09:30']],
    [
      'on a day of the month or of the week, as cron has it',
      'UTC: 0 0 13 * 5',
      '2026-11-12T12:00',
      ['2026-11-13T00:00', '2026-11-20T00:00'],
    ],
    ['on a leap day', 'UTC: 0 0 29 2 *', '2026-01-01T00:00', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['at the turn of the year', 'UTC: 59 23 31 12 *', '2026-12-31T23:59', ['2027-12-31T23:59', '2028-12-31T23:59']],
    [
      'every minute, after the one that it is',
      'UTC: * * * * *',
      '2026-01-01T00:00',
      ['2026-01-01T00:01', '2026-01-01T00:02'],
    ],
  ] as const)('is read %s', (_how, line, from, due) => {
    expect(runs(line, from, 2)).toEqual(due);
  });
});

describe('an hour that is left out in spring (Berlin, 2026-03-29, 02:00 is 03:00)', () => {
  it.each([
    ['a run in it is asked of nobody', '30 2 * * *', ['2026-03-28T01:30', '2026-03-30T00:30', '2026-03-31T00:30']],
    ['nor are several', '*/30 2 * * *', ['2026-03-28T01:00', '2026-03-28T01:30', '2026-03-30T00:00']],
    ['a run at its end is asked for once', '0 3 * * *', ['2026-03-28T02:00', '2026-03-29T01:00', '2026-03-30T01:00']],
  ] as const)('%s', (_what, cron, due) => {
    expect(runs(`Europe/Berlin: ${cron}`, '2026-03-28T00:00')).toEqual(due);
  });

  it('goes by as if it were not there', () => {
    const hours = ['2026-03-29T00:00', '2026-03-29T01:00', '2026-03-29T02:00'];
    expect(runs('Europe/Berlin: 0 * * * *', '2026-03-28T23:30')).toEqual(hours);
  });
});

describe('an hour that comes twice in autumn (Berlin, 2026-10-25, 03:00 is 02:00)', () => {
  it.each([
    [
      'a run in it is asked for once, the first time',
      '30 2 * * *',
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    ['a run at its end is asked for once', '0 3 * * *', ['2026-10-24T01:00', '2026-10-25T02:00', '2026-10-26T02:00']],
  ] as const)('%s', (_what, cron, due) => {
    expect(runs(`Europe/Berlin: ${cron}`, '2026-10-24T00:00')).toEqual(due);
  });

  it('has each run of every hour twice', () => {
    const hours = ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00'];
    expect(runs('Europe/Berlin: 0 * * * *', '2026-10-24T23:30')).toEqual(hours);
  });
});

describe('a line that cannot be meant', () => {
  it.each([
    ['* * * * * *', /5 parts/],
    ['0 25 * * *', /hour/],
    ['60 * * * *', /minute/],
    ['0 0 30 2 *', /^never comes$/],
    ['a b c d e', /must be a crontab line/],
  ])('is refused with the reason: %s', (cron, reason) => {
    expect(cronFaultOf({ cron, timeZone: 'UTC' }, at('2026-01-01T00:00'))).toMatch(reason);
  });

  it('is not one that can', () => {
    expect(cronFaultOf({ cron: '0 3 * * *', timeZone: 'Europe/Berlin' }, at('2026-01-01T00:00'))).toBeNull();
  });
});
