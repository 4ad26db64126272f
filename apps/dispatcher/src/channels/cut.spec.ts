import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cut } from './cut.ts';

describe('cut', () => {
  it.each([
    ['short text as it is', 'Shop is down', 20, 'Shop is down'],
    ['text of exactly the limit as it is', 'abcdef', 6, 'abcdef'],
    ['longer text with an ellipsis in place of its end', 'abcdefg', 6, 'abcde…'],
    ['a surrogate pair at the limit whole or not at all', 'abcd😀f', 6, 'abcd…'],
    ['a family of emoji whole or not at all', 'ab👨‍👩‍👧‍👦cdefgh', 12, 'ab…'],
    ['a letter and its accent together', 'abcde\u0301fg', 6, 'abcd…'],
    ['line breaks as spaces', 'a\r\nb\tc', 20, 'a b c'],
    ['half a surrogate pair as a replacement character', 'a\ud83d', 20, 'a\ufffd'],
    ['nothing as nothing', '', 5, ''],
  ])('leaves %s', (_situation, text, charactersMax, expected) => {
    expect(cut(text, charactersMax)).toBe(expected);
  });

  it('never exceeds the limit and never splits a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (text, charactersMax) => {
          const line = cut(text, charactersMax);
          expect(line.length).toBeLessThanOrEqual(charactersMax);
          expect(line.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});
