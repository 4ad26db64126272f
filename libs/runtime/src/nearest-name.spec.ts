import { describe, expect, it } from '@jest/globals';
import { nearestName } from './nearest-name.ts';

describe('the nearest name', () => {
  it.each([
    ['QUORATE_PORT', null],
    ['QUORATE_HTTP_PROT', 'QUORATE_HTTP_PORT'],
    ['QUORATE_REGON', 'QUORATE_REGION'],
    ['QUORATE_SOMETHING_ELSE', null],
  ])('to %s is %s', (name, nearest) => {
    expect(nearestName(name, ['QUORATE_HTTP_PORT', 'QUORATE_REGION'])).toBe(nearest);
  });
});
