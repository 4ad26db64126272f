import { describe, expect, it } from '@jest/globals';
import type { OutgoingRecord } from '../log.ts';
import { byteLengthOf, intoBatches } from './produce.ts';

const record = (bytes: number): OutgoingRecord => ({ topic: 't', partition: 0, key: '', value: '.'.repeat(bytes) });

describe('intoBatches', () => {
  it('keeps what fits together, and the order', () => {
    const records = Array.from({ length: 1_000 }, (_, index) => ({ ...record(10), key: String(index) }));
    expect(intoBatches(records)).toEqual([records]);
  });

  it('cuts before a batch that a broker would refuse', () => {
    const [large, small] = [record(500_000), record(10)];
    expect(intoBatches([large, small, large, small])).toEqual([
      [large, small],
      [large, small],
    ]);
  });

  it('gives a record that is too large a batch of its own, for the broker to judge', () => {
    const [huge, small] = [record(2_000_000), record(10)];
    expect(intoBatches([small, huge, small])).toEqual([[small], [huge], [small]]);
  });

  it('makes nothing of nothing', () => expect(intoBatches([])).toEqual([]));
});

describe('byteLengthOf', () => {
  it('counts bytes and not characters, headers included', () => {
    const plain = byteLengthOf({ ...record(0), key: 'é' });
    expect(plain).toBe(byteLengthOf(record(0)) + 2);
    expect(byteLengthOf({ ...record(0), key: 'é', headers: { a: '€' } })).toBe(plain + 4);
  });
});
