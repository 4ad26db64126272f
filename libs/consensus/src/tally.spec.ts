import { describe, expect, it } from '@jest/globals';
import type { Decision } from '@quorate/contracts';
import fc from 'fast-check';
import { answersMin, outcomeOf, quorumOf, tally } from './tally.ts';

fc.configureGlobal({ seed: 15 });

const majority = { quorum: 'majority', electorate: 'expected' } as const;
const count = (word: string) => ({
  downCount: [...word].filter((letter) => letter === 'd').length,
  upCount: [...word].filter((letter) => letter === 'u').length,
  outstandingCount: [...word].filter((letter) => letter === '?').length,
});

describe('quorumOf', () => {
  it.each([
    ['one of one where only one is registered', 1, 1, 1],
    ['two of one where two are registered: the floor', 1, 2, 2],
    ['two of two', 2, 2, 2],
    ['two of two when the third is dead', 2, 3, 2],
    ['two of three', 3, 3, 2],
    ['three of four', 4, 4, 3],
    ['three of five', 5, 5, 3],
    ['two where nobody is expected', 0, 3, 2],
    ['one where nobody is registered', 0, 0, 1],
  ])('asks for a strict majority: %s', (_situation, voterCount, registeredCount, quorum) => {
    expect(quorumOf(majority, { voterCount, registeredCount })).toBe(quorum);
  });

  it.each<[string, Decision['quorum'], number, number]>([
    ['all of the voters', 'all', 4, 4],
    ['all of nobody, which is never reached', 'all', 0, 1],
    ['any of the voters, below the floor', 'any', 3, 1],
    ['the number that was asked for', 1, 3, 1],
    ['a number that nobody can reach', 7, 3, 7],
  ])('takes an explicit quorum instead of majority and floor: %s', (_situation, quorum, voterCount, expected) => {
    const rule = { quorum, electorate: 'expected' } as const;
    expect(quorumOf(rule, { voterCount, registeredCount: 3 })).toBe(expected);
  });

  it('counts all registered regions with a static electorate, so that a minority cannot decide', () => {
    const rule = { quorum: 'majority', electorate: 'registered' } as const;
    expect(quorumOf(rule, { voterCount: 2, registeredCount: 5 })).toBe(3);
    expect(quorumOf({ ...rule, quorum: 'all' }, { voterCount: 2, registeredCount: 5 })).toBe(5);
  });
});

describe('answersMin', () => {
  it.each<[string, Pick<Decision, 'quorum' | 'electorate'>, number, number]>([
    ['one, with one region', majority, 1, 1],
    ['two, with more', majority, 3, 2],
    ['the majority of a static electorate', { quorum: 'majority', electorate: 'registered' }, 5, 3],
    ['the number of an explicit quorum', { quorum: 3, electorate: 'expected' }, 5, 3],
    ['one, when any may decide', { quorum: 'any', electorate: 'expected' }, 5, 1],
    ['one, when all that are left must agree', { quorum: 'all', electorate: 'expected' }, 5, 1],
  ])('is %s', (_situation, rule, registeredCount, expected) => {
    expect(answersMin(rule, registeredCount)).toBe(expected);
  });
});

describe('tally', () => {
  it.each([
    ['ddu', 2, 'down'],
    ['duu', 2, 'up'],
    ['dd?', 2, 'down'],
    ['uu?', 2, 'up'],
    ['du?', 2, null],
    ['d??', 2, null],
    ['???', 2, null],
    ['d-?', 2, null],
    ['d--', 2, 'inconclusive'],
    ['du-', 2, 'inconclusive'],
    ['---', 2, 'inconclusive'],
    ['ddaa', 3, 'inconclusive'],
    ['aa?', 2, 'inconclusive'],
    ['ddd', 2, 'down'],
    ['dduu', 3, 'inconclusive'],
    ['ddu?', 3, null],
    ['daa', 2, 'inconclusive'],
    ['u?', 3, 'inconclusive'],
    ['', 2, 'inconclusive'],
  ])('says of %s with a quorum of %i: %s', (word, quorum, verdict) => {
    expect(tally(count(word), quorum)).toBe(verdict);
  });

  it('waits with an up that a down could still overrule where one vote is enough', () => {
    expect(tally(count('u?'), 1)).toBeNull();
    expect(tally(count('uu'), 1)).toBe('up');
    expect(tally(count('ud'), 1)).toBe('down');
    expect(tally(count('d?'), 1)).toBe('down');
  });

  const counts = fc.record({
    downCount: fc.nat(6),
    upCount: fc.nat(6),
    outstandingCount: fc.nat(4),
  });

  it('never falls while an outstanding vote could change it, and then at once', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 10 }), ({ downCount, upCount, outstandingCount }, quorum) => {
        const endings = new Set<string>();
        for (let down = 0; down <= outstandingCount; down++) {
          for (let up = 0; up + down <= outstandingCount; up++) {
            endings.add(outcomeOf({ downCount: downCount + down, upCount: upCount + up }, quorum));
          }
        }
        const [only] = endings;
        expect(tally({ downCount, upCount, outstandingCount }, quorum)).toBe(endings.size === 1 ? only : null);
      }),
    );
  });

  it('never lets a minority of the voters decide', () => {
    fc.assert(
      fc.property(counts, ({ downCount, upCount, outstandingCount }) => {
        const voterCount = downCount + upCount + outstandingCount;
        const quorum = quorumOf(majority, { voterCount, registeredCount: voterCount });
        const verdict = tally({ downCount, upCount, outstandingCount }, quorum);
        if (verdict === 'down') expect(downCount).toBeGreaterThan(voterCount / 2);
        if (verdict === 'up') expect(upCount).toBeGreaterThan(voterCount / 2);
      }),
    );
  });
});
