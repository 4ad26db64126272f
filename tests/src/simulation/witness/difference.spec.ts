/** In what two steps differ. */
import { describe, expect, it } from '@jest/globals';
import type { OutgoingRecord } from '@quorate/bus';
import { differenceOf } from './difference.ts';

const record = (key: string, value: object | null): OutgoingRecord => {
  return { topic: 'monitor-state', partition: 1, key, value: value === null ? null : JSON.stringify(value) };
};

describe('the difference of two steps', () => {
  it('is none where the same is said, whatever the order of records and of fields', () => {
    const live = [record('a', { count: 1, of: { x: 1, y: 2 } }), record('b', null)];
    const restored = [record('b', null), record('a', { of: { y: 2, x: 1 }, count: 1 })];
    expect(differenceOf(live, restored)).toBeNull();
  });

  it.each([
    [[record('a', { count: 2 })], [record('a', { count: 0 })], 'monitor-state/1 a: count is 0, not 2'],
    [[record('a', { count: 2 })], [], 'monitor-state/1 a: it writes 0 records, not 1'],
    [[], [record('a', null)], 'monitor-state/1 a: it writes 1 records, not 0'],
    [[record('a', {})], [record('a', null)], 'monitor-state/1 a: deleted is true, not false'],
  ])('names what is otherwise: case %#', (live, restored, words) => {
    expect(differenceOf(live, restored)).toBe(words);
  });
});
