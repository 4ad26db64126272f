/** Which bodies are read, and what is said of the others. */
import { describe, expect, it } from '@jest/globals';
import { bodyDepthMax, isStorable, parseJson } from './json.ts';
import { ProblemError } from './problem.ts';

function problemOf(text: string): ProblemError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof ProblemError) return error;
  }
  throw new Error('It was read');
}

describe('parseJson', () => {
  it.each(['{}', '"a"', '1', 'null', '{"a":[{"b":"]}\\"["}]}', '{"constructor":1,"toString":2}'])(
    'reads %s',
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    },
  );

  it('counts brackets outside of strings only', () => {
    expect(parseJson(`"${'['.repeat(1_000)}"`)).toHaveLength(1_000);
    expect(parseJson(`["\\"","${'{'.repeat(1_000)}"]`)).toHaveLength(2);
  });

  it('reads what is as deep as it may be, and no deeper', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJson(nested(bodyDepthMax))).not.toThrow();
    expect(problemOf(nested(bodyDepthMax + 1)).code).toBe('QRT_BODY_MALFORMED');
    expect(problemOf('['.repeat(1_000_000)).code).toBe('QRT_BODY_MALFORMED');
  });

  it('takes a time that grows with the text, not with its square', () => {
    expect(problemOf('"\\'.repeat(500_000)).code).toBe('QRT_BODY_MALFORMED');
  });

  it.each([
    ['{"a":{"__proto__":{}}}', '/a/__proto__'],
    ['[{"a":"x\\u0000"}]', '/0/a'],
    ['{"a~/b":"\\ud800"}', '/a~0~1b'],
    ['{"a\\u0000":1}', '/a\0'],
  ])('names what cannot be stored in %s', (text, pointer) => {
    const problem = problemOf(text);
    expect(problem.code).toBe('QRT_BODY_INVALID');
    expect(problem.errors.map((error) => error.pointer)).toEqual([pointer]);
  });
});

describe('isStorable', () => {
  it.each([
    ['plain', true],
    ['\u{1f600}', true],
    ['a\0', false],
    ['\udc00', false],
  ])('says of %j: %s', (text, storable) => expect(isStorable(text)).toBe(storable));
});
