import { describe, expect, it } from '@jest/globals';
import type { MonitorState } from '@quorate/contracts';
import fc from 'fast-check';
import { Quarantine, quarantineSampleMin } from './quarantine.ts';
import { Rehearsal, startedAt } from './rehearsal.stage.ts';

fc.configureGlobal({ seed: 20 });

const regions = ['eu', 'us', 'ap', 'sa', 'af'];
const ofRegions = (word: string) => regions.slice(0, word.length);
const someState = new Rehearsal().state;
const stateOf = (contradictions: MonitorState['contradictions']): MonitorState => ({ ...someState, contradictions });

/** A partition of monitors, each of which holds as much against `ap`. */
function partitionOf(...counts: readonly number[]): Quarantine {
  const quarantine = new Quarantine();
  for (const count of counts) quarantine.replace(null, stateOf({ ap: count, eu: 0, us: 0 }));
  return quarantine;
}

const times = (count: number, value: number) => Array.from({ length: count }, () => value);

describe('a region in quarantine', () => {
  it('is one at odds with the majority on more than half of the monitors that could be compared', () => {
    expect([...partitionOf(...times(5, 2), ...times(4, 0)).regions]).toEqual(['ap']);
    expect([...partitionOf(...times(5, 2), ...times(5, 0)).regions]).toEqual([]);
  });

  it('was compared on enough monitors', () => {
    expect([...partitionOf(...times(quarantineSampleMin - 1, 2)).regions]).toEqual([]);
    expect([...partitionOf(...times(quarantineSampleMin, 2)).regions]).toEqual(['ap']);
  });

  it('contradicted twice in a row: once is what every outage looks like to those who look a second earlier', () => {
    expect([...partitionOf(...times(20, 1)).regions]).toEqual([]);
  });

  it('has its vote back once it agrees on half of the monitors again, or these are gone', () => {
    const quarantine = partitionOf(...times(9, 2));
    const [distrust, trust] = [stateOf({ ap: 2, eu: 0, us: 0 }), stateOf({ ap: 0, eu: 0, us: 0 })];
    for (let count = 0; count < 4; count++) quarantine.replace(distrust, trust);
    expect([...quarantine.regions]).toEqual(['ap']);
    quarantine.replace(distrust, trust);
    expect([...quarantine.regions]).toEqual([]);
    const dwindling = partitionOf(...times(quarantineSampleMin, 2));
    dwindling.replace(distrust, null);
    expect([...dwindling.regions]).toEqual([]);
  });

  it('is the same set as long as no region comes or goes', () => {
    const quarantine = partitionOf(...times(9, 2));
    const before = quarantine.regions;
    quarantine.replace(null, stateOf({ ap: 2, eu: 0, us: 1 }));
    expect(quarantine.regions).toBe(before);
  });
});

describe('a comparison', () => {
  const after = (...words: readonly string[]) => {
    const rehearsal = new Rehearsal({ regions: ofRegions(words[0] ?? '') });
    for (const word of words) rehearsal.round(word);
    return rehearsal.state.contradictions;
  };

  it.each([
    ['tells who of three contradicts the other two', ['uud'], { eu: 0, us: 0, ap: 1 }],
    ['counts twice in a row', ['uud', 'uud'], { eu: 0, us: 0, ap: 2 }],
    ['counts no further than twice', ['uud', 'uud', 'uud'], { eu: 0, us: 0, ap: 2 }],
    ['is settled by one agreement', ['uud', 'uud', 'ddd'], { eu: 0, us: 0, ap: 0 }],
    ['takes the majority to be right, whatever it says', ['ddu'], { eu: 0, us: 0, ap: 1 }],
    ['takes three', ['ud'], {}],
    ['knows no majority in a tie', ['uudd'], {}],
    ['takes three answers, not a silence', ['ud-'], {}],
    ['takes three answers, not an abstention', ['uad'], {}],
    ['asks for the majority of those asked, not of the answers', ['uud--'], {}],
    ['asks so for down as well', ['ddu--'], {}],
    ['judges only those that answered', ['uuud-'], { eu: 0, us: 0, ap: 0, sa: 1 }],
    ['stands while nothing can be compared', ['uud', 'ud-', 'uud'], { eu: 0, us: 0, ap: 2 }],
  ])('%s', (_situation, words, contradictions) => {
    expect(after(...words)).toEqual(contradictions);
  });

  it('is forgotten of a region that the monitor is no longer assigned to', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uud');
    [rehearsal.regions, rehearsal.registered] = [
      ['eu', 'us'],
      ['eu', 'us'],
    ];
    rehearsal.round('uu');
    expect(rehearsal.state.contradictions).toEqual({ eu: 0, us: 0 });
  });

  it('is kept of a region that is not live just now', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uud');
    rehearsal.regions = ['eu', 'us'];
    rehearsal.round('uu');
    expect(rehearsal.state.contradictions).toEqual({ eu: 0, us: 0, ap: 1 });
  });

  it('begins afresh with another target and after a pause', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uud');
    rehearsal.edit({ http: { url: 'https://new.example.com/' } });
    expect(rehearsal.state.contradictions).toEqual({});
    rehearsal.round('uud');
    rehearsal.edit({ paused: true });
    expect(rehearsal.state.contradictions).toEqual({});
  });

  it('is not made of manual rounds', () => {
    const rehearsal = new Rehearsal();
    const manual = { dueAt: startedAt, kind: 'manual' } as const;
    rehearsal.announce(manual);
    rehearsal.castWord(manual, 'uud');
    expect(rehearsal.state.contradictions).toEqual({});
  });
});

describe('a round in which regions are in quarantine', () => {
  const play = (word: string, quarantined: readonly string[], decision = {}) => {
    const rehearsal = new Rehearsal({ regions: ofRegions(word), decision });
    rehearsal.quarantined = new Set(quarantined);
    rehearsal.round(word);
    const [closed] = rehearsal.closed;
    return { verdict: closed?.verdict, left: closed?.quarantinedRegions };
  };

  it.each([
    ['is decided by the others', 'uud', ['ap'], {}, 'up', ['ap']],
    ['is not decided by one of them and a glitch', 'udd', ['ap'], {}, 'inconclusive', ['ap']],
    ['needs two of two, never fewer than the floor', 'd-d', ['ap'], {}, 'inconclusive', ['ap']],
    ['of two voters counts both', 'dd', ['us'], {}, 'down', []],
    ['leaves out a minority of four', 'ddud', ['eu', 'us'], {}, 'down', ['eu']],
    ['leaves out a minority of five', 'dduuu', ['eu', 'us', 'ap'], {}, 'up', ['eu', 'us']],
    ['keeps as many as a number asks for', 'ddu', ['ap'], { quorum: 3 }, 'inconclusive', []],
    ['keeps a number reachable, and leaves out what it can', 'dudud', ['af'], { quorum: 2 }, 'down', ['af']],
    ['asks all of the others where all must agree', 'ddu', ['ap'], { quorum: 'all' }, 'down', ['ap']],
    ['takes nobody’s word from quarantine where any may say it', 'uud', ['ap'], { quorum: 'any' }, 'up', ['ap']],
    [
      'keeps a static majority reachable',
      'dddu-',
      ['eu', 'us'],
      { electorate: 'registered' },
      'inconclusive',
      ['eu', 'us'],
    ],
  ])('%s', (_situation, word, quarantined, decision, verdict, left) => {
    expect(play(word, quarantined, decision)).toEqual({ verdict, left });
  });

  it('does not wait for them, but hears them while its window is open', () => {
    const rehearsal = new Rehearsal();
    rehearsal.quarantined = new Set(['ap']);
    const round = rehearsal.begin('uu');
    expect(rehearsal.effects).toContainEqual(expect.objectContaining({ kind: 'verdict-fell', verdict: 'up' }));
    expect(rehearsal.closed).toEqual([]);
    rehearsal.cast({ round, region: 'ap', outcome: 'up' });
    expect(rehearsal.closed).toMatchObject([{ quarantinedRegions: ['ap'], votes: [{ region: 'ap' }, {}, {}] }]);
    expect(rehearsal.state.contradictions).toEqual({ eu: 0, us: 0, ap: 0 });
  });

  it('shows no degradation that only they see', () => {
    const rehearsal = new Rehearsal();
    rehearsal.quarantined = new Set(['ap']);
    for (let count = 0; count < 3; count++) rehearsal.round('uud');
    expect(rehearsal.statuses).toEqual(['up']);
  });

  it('does not hold what only they answered for an answer', () => {
    const rehearsal = new Rehearsal();
    rehearsal.quarantined = new Set(['ap']);
    for (let count = 0; count < 2; count++) rehearsal.round('u-d');
    expect(rehearsal.status).toBe('unknown');
  });

  it('counts them again where an absent region leaves too few', () => {
    const rehearsal = new Rehearsal();
    rehearsal.quarantined = new Set(['ap']);
    for (let count = 0; count < 2; count++) rehearsal.round('u-u');
    rehearsal.round('u-u');
    expect(rehearsal.closed[2]).toMatchObject({ verdict: 'up', absentRegions: ['us'], quarantinedRegions: [] });
  });

  it('opens an incident in the name of those that count, with the votes of all who were heard', () => {
    const rehearsal = new Rehearsal({ regions, decision: { confirmations: 1 } });
    rehearsal.quarantined = new Set(['eu', 'us']);
    rehearsal.round('duddu');
    expect(rehearsal.alerts).toMatchObject([
      { regions: ['ap', 'sa'], expectedRegions: ['ap', 'sa', 'af'], votes: [{}, {}, {}, {}] },
    ]);
  });

  it('stays as it was decided, whoever loses the vote or gets it back before it closes', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    rehearsal.quarantined = new Set(['ap']);
    const round = rehearsal.begin('dd');
    rehearsal.quarantined = new Set();
    rehearsal.restart();
    rehearsal.cast({ round, region: 'ap', outcome: 'up' });
    expect(rehearsal.closed).toMatchObject([{ verdict: 'down', quarantinedRegions: ['ap'] }]);
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it('of which the last vote awaited is put in quarantine is decided without it', () => {
    const rehearsal = new Rehearsal({ regions: ofRegions('....') });
    rehearsal.begin('dduu'.slice(0, 3));
    expect(rehearsal.state.decided).toEqual([]);
    rehearsal.quarantined = new Set(['sa']);
    rehearsal.take({ kind: 'tick' });
    expect(rehearsal.state.decided).toMatchObject([{ verdict: 'down', quarantinedRegions: ['sa'] }]);
  });

  it('confirms what was begun with everybody, and the other way round', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 2 } });
    rehearsal.round('ddu');
    rehearsal.quarantined = new Set(['ap']);
    rehearsal.confirm('ddu');
    expect(rehearsal.told).toEqual(['opened:0']);
    rehearsal.round('uud');
    rehearsal.quarantined = new Set();
    rehearsal.confirm('uuu');
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0']);
  });
});

describe('whatever is in quarantine', () => {
  const words = fc
    .array(fc.constantFrom('d', 'u', 'a', '-'), { minLength: 1, maxLength: 5 })
    .map((letters) => letters.join(''));
  const decisions = fc.record({
    quorum: fc.constantFrom('majority' as const, 'all' as const, 'any' as const, 2, 3),
    electorate: fc.constantFrom('expected' as const, 'registered' as const),
  });

  it('is a minority of the voters, and leaves enough to decide', () => {
    fc.assert(
      fc.property(words, fc.subarray(regions), decisions, (word, quarantined, decision) => {
        const rehearsal = new Rehearsal({ regions: ofRegions(word), decision });
        rehearsal.quarantined = new Set(quarantined);
        rehearsal.round(word);
        const left = rehearsal.closed[0]?.quarantinedRegions ?? [];
        expect(left.length * 2).toBeLessThan(word.length);
        if (left.length > 0) expect(word.length - left.length).toBeGreaterThanOrEqual(2);
        if (left.length > 0 && decision.quorum === 'majority') {
          const counted = word.length - left.length;
          const base = decision.electorate === 'registered' ? word.length : counted;
          expect(counted).toBeGreaterThan(base / 2);
        }
      }),
    );
  });

  it('decides as if those left out had not been asked, where the electorate is the expected', () => {
    fc.assert(
      fc.property(words, fc.subarray(regions), (word, quarantined) => {
        const rehearsal = new Rehearsal({ regions: ofRegions(word) });
        rehearsal.quarantined = new Set(quarantined);
        rehearsal.round(word);
        const [closed] = rehearsal.closed;
        const kept = ofRegions(word).filter((region) => closed?.quarantinedRegions.includes(region) === false);
        const others = new Rehearsal({ regions: kept, registered: ofRegions(word) });
        const round = others.begin('', { expectedRegions: kept });
        others.castWord(
          round,
          [...word].map((letter, index) => (kept.includes(regions[index]!) ? letter : '-')).join(''),
        );
        others.pass(12_000);
        expect(closed?.verdict).toBe(others.closed[0]?.verdict);
      }),
    );
  });

  it('follows from the states alone: counting along is the same as looking at all of them', () => {
    const contradictions = fc.dictionary(fc.constantFrom(...regions), fc.nat(2));
    const changes = fc.array(fc.tuple(fc.nat(11), fc.option(contradictions)), { maxLength: 60 });
    fc.assert(
      fc.property(changes, (list) => {
        const states = new Map<number, MonitorState | null>();
        const live = new Quarantine();
        for (const [monitor, held] of list) {
          const after = held === null ? null : stateOf(held);
          live.replace(states.get(monitor) ?? null, after);
          states.set(monitor, after);
        }
        const restored = new Quarantine();
        for (const state of states.values()) restored.replace(null, state);
        expect([...live.regions]).toEqual([...restored.regions]);
        const naive = regions.filter((region) => {
          const held = [...states.values()].flatMap((state) => state?.contradictions[region] ?? []);
          return held.length >= quarantineSampleMin && held.filter((count) => count === 2).length > held.length / 2;
        });
        expect([...live.regions]).toEqual(naive.sort());
      }),
    );
  });
});
