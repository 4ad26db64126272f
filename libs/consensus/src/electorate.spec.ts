import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { restoreMemory } from './memory.ts';
import { Rehearsal } from './rehearsal.stage.ts';

fc.configureGlobal({ seed: 4, numRuns: 200 });

const registered = ['af', 'ap', 'eu', 'sa', 'us'];

/** What an aggregator sees that hears from these regions only; the checks of its side name the same as live. */
function viewOf(live: readonly string[], decision = {}): Rehearsal {
  return new Rehearsal({ regions: live, registered, decision: { electorate: 'registered', ...decision } });
}

/** The regions in the order in which a word has their letters. */
const say = (live: readonly string[], letter: string) =>
  registered.map((region) => (live.includes(region) ? letter : '-')).join('');

describe('a static electorate', () => {
  it('decides nothing on the minority side of a split, and everything on the other', () => {
    const [few, many] = [
      ['eu', 'us'],
      ['af', 'ap', 'sa'],
    ];
    const [minority, majority] = [viewOf(few), viewOf(many)];
    for (let count = 0; count < 3; count++) {
      minority.round(say(few, 'd'));
      majority.round(say(many, 'u'));
    }
    expect(minority.verdicts).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    expect([minority.told, minority.status]).toEqual([[], 'unknown']);
    expect([majority.verdicts[0], majority.status]).toEqual(['up', 'up']);
  });

  it('opens one incident, on one side, where both see the target down', () => {
    const [few, many] = [
      ['eu', 'us'],
      ['af', 'ap', 'sa'],
    ];
    const [minority, majority] = [viewOf(few), viewOf(many)];
    minority.round(say(few, 'd'));
    majority.round(say(many, 'd'));
    for (let count = 0; count < 2; count++) {
      majority.pass(5_000);
      majority.castWord(majority.confirmations[count]!, say(many, 'd'));
    }
    minority.pass(60_000);
    expect([minority.told, majority.told]).toEqual([[], ['opened:0']]);
    expect(minority.confirmations).toEqual([]);
  });

  it('keeps an incident open on the minority side, though all there see the target up again', () => {
    const rehearsal = viewOf(registered, { confirmations: 1 });
    rehearsal.round('ddddd');
    rehearsal.regions = ['eu', 'us'];
    for (let count = 0; count < 4; count++) rehearsal.round('--u-u');
    expect(rehearsal.told).toEqual(['opened:0']);
    expect(rehearsal.status).toBe('unknown');
  });

  it('judges a confirming round as it is announced where too few are left to decide: a successor would', () => {
    const rehearsal = viewOf(registered);
    rehearsal.round('ddddd');
    rehearsal.regions = ['eu', 'us'];
    rehearsal.now += 5_000;
    rehearsal.take({ kind: 'tick' });
    const { dueAt } = rehearsal.confirmations[0]!;
    expect(rehearsal.state).toMatchObject({ applied: { kind: 'confirming', dueAt }, turn: { inconclusiveCount: 1 } });
    const { memory } = rehearsal;
    rehearsal.memory = restoreMemory(rehearsal.state);
    rehearsal.take({ kind: 'monitor', monitor: rehearsal.monitor });
    rehearsal.take({ kind: 'tick' });
    expect(rehearsal.memory.state).toEqual(memory.state);
  });

  it('is not made smaller by the regions that are silent', () => {
    const rehearsal = viewOf(registered);
    for (let count = 0; count < 5; count++) rehearsal.round('-d-d-');
    expect(new Set(rehearsal.verdicts)).toEqual(new Set(['inconclusive']));
  });

  it.each([
    ['one region decides alone', ['eu'], 'd', 'down'],
    ['two have to agree', ['eu', 'us'], 'du', 'inconclusive'],
    ['two that agree decide', ['eu', 'us'], 'dd', 'down'],
    ['three of four decide', ['af', 'ap', 'eu', 'us'], 'dddu', 'down'],
    ['two of four do not', ['af', 'ap', 'eu', 'us'], 'dd--', 'inconclusive'],
  ])('counts all that are registered: %s', (_situation, regions, word, verdict) => {
    const rehearsal = new Rehearsal({ regions, decision: { electorate: 'registered' } });
    rehearsal.round(word);
    expect(rehearsal.verdicts).toEqual([verdict]);
  });

  it('gives way to an explicit number, which may be as small as a side', () => {
    const rehearsal = viewOf(['eu', 'us'], { quorum: 2, confirmations: 1 });
    rehearsal.round('--d-d');
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  const split = fc.subarray(registered);
  const letters = fc.array(fc.constantFrom('d', 'u', 'a', '-'), { minLength: 5, maxLength: 5 });
  const wordOf = (live: readonly string[], said: readonly string[]) =>
    registered.map((region, index) => (live.includes(region) ? (said[index] ?? '-') : '-')).join('');

  it('never lets both sides of a split decide, whatever they see and whoever is in quarantine', () => {
    fc.assert(
      fc.property(split, fc.array(letters, { minLength: 1, maxLength: 4 }), split, (side, rounds, distrusted) => {
        const other = registered.filter((region) => !side.includes(region));
        const views = [side, other].map((live) => {
          const view = viewOf(live);
          view.quarantined = new Set(distrusted);
          for (const said of rounds) view.round(wordOf(live, said));
          return view.verdicts.some((verdict) => verdict !== 'inconclusive');
        });
        expect(views).not.toEqual([true, true]);
        const smaller = side.length < other.length ? views[0] : views[1];
        expect(smaller).toBe(false);
      }),
    );
  });
});
