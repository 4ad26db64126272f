/** Partitions are shared evenly and move as little as that allows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignPartitions } from './assignment.ts';

fc.configureGlobal({ seed: 18 });

const sizesOf = (owners: ReadonlyMap<number, string>) =>
  [...Map.groupBy(owners.values(), (owner) => owner).values()].map(({ length }) => length);

/** What members own after some have come and gone, as the group would have it. */
const ownings = fc
  .array(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), joins: fc.boolean() }), { maxLength: 20 })
  .map((changes) => {
    const members = new Set<string>(['z']);
    let owners = new Map<number, string>();
    for (const { name, joins } of changes) {
      if (joins) members.add(name);
      else members.delete(name);
      owners = assignPartitions(12, owned(members, owners));
    }
    return { members, owners };
  });

function owned(members: ReadonlySet<string>, owners: ReadonlyMap<number, string>): Map<string, number[]> {
  const of = (name: string) => [...owners].filter(([, owner]) => owner === name).map(([partition]) => partition);
  return new Map([...members].map((name) => [name, of(name)]));
}

describe('assignPartitions', () => {
  it('gives nothing to nobody and everything to the only one', () => {
    expect(assignPartitions(3, new Map())).toEqual(new Map());
    expect([...assignPartitions(3, new Map([['a', []]]))]).toEqual([
      [0, 'a'],
      [1, 'a'],
      [2, 'a'],
    ]);
  });

  it('leaves members without a partition when there are more of them', () => {
    const owners = assignPartitions(
      2,
      new Map([
        ['a', [0, 1]],
        ['b', []],
        ['c', []],
      ]),
    );
    expect(sizesOf(owners)).toEqual([1, 1]);
  });

  it('gives each partition one owner, with shares that differ by one at most', () => {
    fc.assert(
      fc.property(ownings, ({ members, owners }) => {
        const next = assignPartitions(12, owned(members, owners));
        const sizes = [...members].map((name) => [...next.values()].filter((owner) => owner === name).length);
        expect(next.size).toBe(12);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('moves nothing when nobody came or went', () => {
    fc.assert(
      fc.property(ownings, ({ members, owners }) => {
        const settled = assignPartitions(12, owned(members, owners));
        expect(assignPartitions(12, owned(members, settled))).toEqual(settled);
      }),
    );
  });

  it('takes from those that stay only what a newcomer must have', () => {
    const settled = assignPartitions(12, owned(new Set(['a', 'b', 'c']), new Map()));
    const next = assignPartitions(12, owned(new Set(['a', 'b', 'c', 'd']), settled));
    const moved = [...next].filter(([partition, owner]) => settled.get(partition) !== owner);
    expect(moved.map(([, owner]) => owner)).toEqual(['d', 'd', 'd']);
  });
});
