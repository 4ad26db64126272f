import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionOf } from './partition.ts';

describe('murmur2', () => {
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is what Kafka’s Java client computes', (text, hash) => {
    expect(murmur2(text)).toBe(hash);
  });
});

describe('partitionOf', () => {
  it('is always one of the partitions', () => {
    const partitions = new Set(Array.from({ length: 1_000 }, (_, index) => partitionOf(`monitor-${index}`, 12)));
    expect([...partitions].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});
