/** The sentences by which people mend a body. */
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fieldErrorsMax, fieldErrorsOf, pointerOf } from './field-errors.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  count: z.int().min(2).max(9),
  list: z.array(z.boolean()).min(1).max(2),
  kind: z.enum(['a', 'b']),
  only: z.literal('x'),
  id: z.uuid(),
  tags: z.record(z.string().min(2), z.string()),
  form: z.union([z.strictObject({ equals: z.string() }), z.strictObject({ contains: z.string() })]),
  shape: z.discriminatedUnion('type', [z.object({ type: z.literal('one') }), z.object({ type: z.literal('two') })]),
});
const valid = {
  name: 'abc',
  count: 3,
  list: [true],
  kind: 'a',
  only: 'x',
  id: '4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11',
  tags: {},
  form: { equals: 'a' },
  shape: { type: 'one' },
};

function errorsOf(change: object) {
  const parsed = schema.safeParse({ ...valid, ...change });
  return parsed.error === undefined ? [] : fieldErrorsOf(parsed.error);
}

describe('fieldErrorsOf', () => {
  it.each([
    [{ name: undefined }, '/name', 'is required'],
    [{ name: 7 }, '/name', 'must be a string'],
    [{ name: '' }, '/name', 'must have at least 1 characters'],
    [{ name: 'abcdef' }, '/name', 'must have at most 5 characters'],
    [{ count: 1.5 }, '/count', 'must be a whole number'],
    [{ count: 1 }, '/count', 'must be at least 2'],
    [{ count: 10 }, '/count', 'must be at most 9'],
    [{ list: [] }, '/list', 'must have at least 1 entries'],
    [{ list: {} }, '/list', 'must be an array'],
    [{ list: [1] }, '/list/0', 'must be a boolean'],
    [{ kind: 'c' }, '/kind', 'must be one of "a", "b"'],
    [{ only: 'y' }, '/only', 'must be "x"'],
    [{ id: 'y' }, '/id', 'must be a valid uuid'],
    [{ tags: 'x' }, '/tags', 'must be an object'],
    [{ tags: { a: 'x' } }, '/tags/a', 'this name must have at least 2 characters'],
    [{ more: 1 }, '/more', 'is not a known name; remove it'],
    [{ form: { contains: 1 } }, '/form/contains', 'must be a string'],
    [{ shape: { type: 'three' } }, '/shape/type', 'must be one of "one", "two"'],
    [{ shape: {} }, '/shape/type', 'must be one of "one", "two"'],
  ])('says of %j at %s: %s', (change, pointer, message) => {
    expect(errorsOf(change)).toEqual([{ pointer, message }]);
  });

  it('names so many faults and no more', () => {
    const change = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
    expect(errorsOf(change)).toHaveLength(fieldErrorsMax);
  });
});

describe('pointerOf', () => {
  it('escapes what a pointer gives a meaning', () => expect(pointerOf(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0'));
});
