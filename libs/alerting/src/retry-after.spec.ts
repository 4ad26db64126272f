import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.ts';

const now = 1_800_000_000_000;

describe('retryAfterMs', () => {
  it.each([
    ['no header', null, NaN, null],
    ['seconds', '30', NaN, 30_000],
    ['seconds with space around them', ' 7 ', NaN, 7_000],
    ['zero', '0', NaN, 0],
    ['a date in the future', 'Fri, 15 Jan 2027 08:00:20 GMT', now + 20_000, 20_000],
    ['a date in the past', 'Thu, 01 Jan 1970 00:00:00 GMT', 0, 0],
    ['a wish for eternity', '999999999', NaN, 3_600_000],
    ['a date in a hundred years', 'Fri, 01 Jan 2127 00:00:00 GMT', now + 100 * 365 * 86_400_000, 3_600_000],
    ['a negative number', '-5', NaN, null],
    ['nonsense', 'soon', NaN, null],
    ['nothing', '', NaN, null],
  ])('reads %s', (_situation, header, dateAt, expected) => {
    expect(retryAfterMs(header, { dateAt, now })).toBe(expected);
  });
});
