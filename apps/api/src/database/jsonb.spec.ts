/** JSON that PostgreSQL takes. */
import { describe, expect, it } from '@jest/globals';
import { jsonbOf } from './jsonb.ts';

describe('jsonbOf', () => {
  it('replaces what jsonb refuses, and nothing else', () => {
    const value = { excerpt: 'a\0b\ud800', kept: ['\\u0000', '\u{1f600}', 1, null, true] };
    expect(JSON.parse(jsonbOf(value))).toEqual({ ...value, excerpt: 'a\uFFFDb\uFFFD' });
  });
});
