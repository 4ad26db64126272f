import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeShare, decodeSubscription, encodeShare, encodeSubscription, shareOut } from './co-partition.ts';

fc.configureGlobal({ seed: 19 });

const claimant = (memberId: string, owned: number[] = [], generation = 1) => ({
  memberId,
  topics: ['votes', 'checks'],
  generation,
  owned,
});
const counted = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('shareOut', () => {
  it('gives one member everything', () => {
    expect(shareOut(4, [claimant('a')])).toEqual(new Map([['a', [0, 1, 2, 3]]]));
  });

  it('moves to a new member only what it needs', () => {
    const shares = shareOut(12, [claimant('a', counted(0, 6)), claimant('b', counted(6, 12)), claimant('c')]);
    expect(shares.get('a')).toEqual(counted(0, 4));
    expect(shares.get('b')).toEqual(counted(6, 10));
    expect(shares.get('c')).toEqual([4, 5, 10, 11]);
  });

  it('gives a partition that two claim to the one with the newer generation', () => {
    const shares = shareOut(4, [claimant('frozen', [0, 1], 3), claimant('owner', [0, 1], 4)]);
    expect(shares.get('owner')).toEqual([0, 1]);
    expect(shares.get('frozen')).toEqual([2, 3]);
  });

  it('leaves members without a share when there are more of them than partitions', () => {
    const shares = shareOut(2, [claimant('a', [0, 1]), claimant('b'), claimant('c')]);
    expect([...shares.values()].map(({ length }) => length).toSorted()).toEqual([0, 1, 1]);
  });
});

describe('shares', () => {
  const claims = fc
    .uniqueArray(
      fc.record({
        memberId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        owned: fc.uniqueArray(fc.nat(11)),
        generation: fc.nat(3),
      }),
      { minLength: 1, selector: ({ memberId }) => memberId },
    )
    .map((list) => list.map(({ memberId, owned, generation }) => claimant(memberId, owned, generation)));

  it('give each partition one owner, evenly, whatever the members claim', () => {
    fc.assert(
      fc.property(claims, (list) => {
        const shares = [...shareOut(12, list).values()];
        expect(shares.flat().toSorted((a, b) => a - b)).toEqual(counted(0, 12));
        const sizes = shares.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('settle: what was shared out once is shared out the same again', () => {
    fc.assert(
      fc.property(claims, (list) => {
        const shares = shareOut(12, list);
        expect(
          shareOut(
            12,
            [...shares].map(([memberId, owned]) => claimant(memberId, owned, 4)),
          ),
        ).toEqual(shares);
      }),
    );
  });
});

describe('what members and leader tell each other', () => {
  it('survives the wire', () => {
    const bytes = encodeSubscription(['votes'], { generation: 7, owned: [2, 5] });
    expect(decodeSubscription('m', bytes)).toEqual({ memberId: 'm', topics: ['votes'], generation: 7, owned: [2, 5] });
    expect(decodeShare(encodeShare(['votes', 'checks'], [5, 2]))).toEqual([2, 5]);
    expect(decodeShare(encodeShare(['votes'], []))).toEqual([]);
  });
});
