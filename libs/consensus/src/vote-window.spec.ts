import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { monitorId, Rehearsal, startedAt, type Cast } from './rehearsal.stage.ts';
import type { Position } from './vote-window.ts';

fc.configureGlobal({ seed: 6, numRuns: 150 });

const regions = ['af', 'ap', 'eu', 'sa', 'us'];
const round: Position = { dueAt: startedAt, kind: 'scheduled' };

/** One opinion a region, of which only some are asked. */
const opinions = fc.uniqueArray(
  fc.record({
    region: fc.constantFrom(...regions, 'mars'),
    outcome: fc.constantFrom('up' as const, 'down' as const, 'abstain' as const),
  }),
  { selector: ({ region }) => region },
);
const scenes = fc.record({
  decision: fc.record({
    quorum: fc.constantFrom('majority' as const, 'all' as const, 'any' as const, 2, 3),
    electorate: fc.constantFrom('expected' as const, 'registered' as const),
    confirmations: fc.constantFrom<number>(1, 2),
  }),
  quarantined: fc.subarray(regions),
});
type Scene = typeof scenes extends fc.Arbitrary<infer Value> ? Value : never;

/** The same votes in another order, each perhaps several times; null is the moment at which the check is read. */
const readings = opinions.chain((votes) =>
  fc.record({
    votes: fc.constant(votes),
    order: fc
      .array(fc.nat(Math.max(0, votes.length - 1)), { maxLength: 6 })
      .map((repeats) => [null, ...votes, ...repeats.flatMap((index) => votes[index] ?? [])])
      .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
  }),
);

function begin({ decision, quarantined }: Scene): Rehearsal {
  const rehearsal = new Rehearsal({ regions, decision });
  rehearsal.quarantined = new Set(quarantined);
  return rehearsal;
}

const cast = (rehearsal: Rehearsal, vote: Pick<Cast, 'region' | 'outcome'>, of = round) =>
  rehearsal.cast({ round: of, ...vote });

const written = ({ closed, state, told }: Rehearsal) => {
  const { contradictions, degradedCount, silence, turn, status } = state;
  return { closed, told, contradictions, degradedCount, silence, towards: turn?.towards ?? null, status };
};

describe('the votes of a round', () => {
  it('say the same in any order, however often they are repeated, before and after their check', () => {
    fc.assert(
      fc.property(scenes, readings, (scene, { votes, order }) => {
        const [plain, other] = [begin(scene), begin(scene)];
        plain.announce(round);
        for (const vote of votes) cast(plain, vote);
        for (const vote of order) {
          if (vote === null) other.announce(round);
          else cast(other, vote);
        }
        for (const rehearsal of [plain, other]) rehearsal.pass(12_000);
        expect(written(other)).toEqual(written(plain));
        expect(plain.closed).toHaveLength(1);
      }),
    );
  });

  it('change nothing any more when they come too late', () => {
    fc.assert(
      fc.property(scenes, opinions, opinions, (scene, votes, late) => {
        const rehearsal = begin(scene);
        rehearsal.announce(round);
        for (const vote of votes) cast(rehearsal, vote);
        rehearsal.pass(12_001);
        const before = written(rehearsal);
        for (const vote of late) cast(rehearsal, vote);
        for (const vote of late) cast(rehearsal, vote);
        rehearsal.pass(0);
        expect(written(rehearsal)).toEqual(before);
        const voters = [...votes, ...late].map(({ region }) => region);
        expect(rehearsal.lateVotes.every((region) => voters.includes(region))).toBe(true);
        expect(new Set(rehearsal.lateVotes).size).toBe(rehearsal.lateVotes.length);
      }),
    );
  });

  it('count in no other round', () => {
    fc.assert(
      fc.property(scenes, opinions, opinions, fc.infiniteStream(fc.boolean()), (scene, one, other, turns) => {
        const second: Position = { dueAt: startedAt + 1, kind: 'scheduled' };
        const alone = (
          [
            [round, one],
            [second, other],
          ] as const
        ).map(([of, votes]) => {
          const rehearsal = begin({ ...scene, decision: { ...scene.decision, confirmations: 10 } });
          rehearsal.announce(of);
          for (const vote of votes) cast(rehearsal, vote, of);
          rehearsal.pass(12_000);
          return rehearsal.closed[0]?.votes;
        });
        const both = begin({ ...scene, decision: { ...scene.decision, confirmations: 10 } });
        both.announce(round);
        both.announce(second);
        for (let [left, right] = [[...one], [...other]]; left.length + right.length > 0;) {
          const isFirst = turns.next().value === true;
          const vote = (isFirst ? left : right).shift();
          if (vote !== undefined) cast(both, vote, isFirst ? round : second);
        }
        both.pass(12_000);
        const ends = both.closed.filter(({ kind }) => kind === 'scheduled');
        expect(ends.map(({ dueAt, votes }) => ({ dueAt, votes }))).toEqual([
          { dueAt: round.dueAt, votes: alone[0] },
          { dueAt: second.dueAt, votes: alone[1] },
        ]);
        for (const { votes } of ends) expect(new Set(votes.map(({ region }) => region)).size).toBe(votes.length);
        expect(both.closed.every((record) => record.monitorId === monitorId)).toBe(true);
      }),
    );
  });
});
