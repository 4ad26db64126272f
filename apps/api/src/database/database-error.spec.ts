/** Which faults of the database pass. */
import { describe, expect, it } from '@jest/globals';
import { isDatabaseUnavailable, isDataFault } from './database-error.ts';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('isDatabaseUnavailable', () => {
  it.each(['ECONNREFUSED', 'ENOENT', '57P01', '57P03', '53300', '08006', '57014', '40P01'])('says so of %s', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(true);
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ])('says so of "%s"', (message) => expect(isDatabaseUnavailable(new Error(message))).toBe(true));

  it('says so of several tries of which one failed like that', () => {
    expect(isDatabaseUnavailable(new AggregateError([withCode('ECONNREFUSED')], 'all failed'))).toBe(true);
  });

  it.each(['28P01', '3D000', '42P01', '23505', '22P02'])('does not say so of %s', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(false);
  });

  it('does not say so of anything else', () => {
    expect(isDatabaseUnavailable(new Error('Cannot read properties of undefined'))).toBe(false);
    expect(isDatabaseUnavailable('ECONNREFUSED')).toBe(false);
  });
});

describe('isDataFault', () => {
  it.each([
    ['22P05', true],
    ['23505', true],
    ['21000', true],
    ['57P01', false],
    ['42601', false],
  ])('says of %s: %s', (code, isFault) => expect(isDataFault(withCode(code))).toBe(isFault));
});
