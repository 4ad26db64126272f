import { describe, expect, it } from '@jest/globals';
import { monitorId, Rehearsal, startedAt, voteOf } from './rehearsal.stage.ts';

const regionsOf = (word: string) => ['eu', 'us', 'ap', 'sa', 'af'].slice(0, word.length);

describe('the verdict of a round', () => {
  it.each([
    ['ddu', 'down'],
    ['duu', 'up'],
    ['dd-', 'down'],
    ['du-', 'inconclusive'],
    ['d--', 'inconclusive'],
    ['---', 'inconclusive'],
    ['daa', 'inconclusive'],
    ['dda', 'down'],
    ['du', 'inconclusive'],
    ['dd', 'down'],
    ['d-', 'inconclusive'],
    ['dduu', 'inconclusive'],
    ['dddu', 'down'],
    ['ddd--', 'down'],
    ['dd---', 'inconclusive'],
    ['d', 'down'],
    ['u', 'up'],
    ['a', 'inconclusive'],
  ])('of the votes %s is %s', (word, verdict) => {
    const rehearsal = new Rehearsal({ regions: regionsOf(word) });
    rehearsal.round(word);
    expect(rehearsal.verdicts).toEqual([verdict]);
  });

  it.each([
    ['any', 'duu', 'down'],
    ['any', 'uuu', 'up'],
    ['all', 'ddu', 'inconclusive'],
    ['all', 'ddd', 'down'],
    [2, 'dduu', 'down'],
    [1, 'd--', 'down'],
  ] as const)('follows an explicit quorum: %s with %s is %s', (quorum, word, verdict) => {
    const rehearsal = new Rehearsal({ regions: regionsOf(word), decision: { quorum } });
    rehearsal.round(word);
    expect(rehearsal.verdicts).toEqual([verdict]);
  });

  it('cannot fall on the minority side of a split with a static electorate', () => {
    const rehearsal = new Rehearsal({
      regions: ['eu', 'us'],
      registered: regionsOf('.....'),
      decision: { electorate: 'registered' },
    });
    rehearsal.round('dd');
    expect(rehearsal.verdicts).toEqual(['inconclusive']);
  });

  it('needs two where two regions are registered, though one alone is live', () => {
    const rehearsal = new Rehearsal({ regions: ['eu'], registered: ['eu', 'us'] });
    rehearsal.round('d');
    expect(rehearsal.verdicts).toEqual(['inconclusive']);
    expect(rehearsal.told).toEqual([]);
  });

  it('falls with the vote that decides, while the window stays open for evidence', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('dd-');
    const fallen = rehearsal.effects.filter(({ kind }) => kind === 'verdict-fell');
    expect(fallen).toMatchObject([{ verdict: 'down', downCount: 2, voteCount: 2, expectedCount: 3, counts: true }]);
    expect(rehearsal.closed).toEqual([]);
    rehearsal.pass(1_000);
    rehearsal.cast({ round, region: 'ap', outcome: 'up' });
    expect(rehearsal.closed).toMatchObject([
      { verdict: 'down', decidedAt: startedAt, closedAt: startedAt + 1_000, absentRegions: [] },
    ]);
    expect(rehearsal.closed[0]?.votes.map(({ region, outcome, late }) => `${region} ${outcome} ${late}`)).toEqual([
      'ap up false',
      'eu down false',
      'us down false',
    ]);
  });

  it('closes at the append time of the check, its timeout and the grace, and not a millisecond before', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('d--');
    rehearsal.pass(11_999);
    expect(rehearsal.closed).toEqual([]);
    rehearsal.pass(1);
    expect(rehearsal.closed).toMatchObject([
      { verdict: 'inconclusive', decidedAt: startedAt + 12_000, closedAt: startedAt + 12_000 },
    ]);
  });

  it('closes no window by time before the streams are read to the end seen at the restore', () => {
    const rehearsal = new Rehearsal();
    rehearsal.caughtUp = false;
    const round = rehearsal.begin('d--');
    rehearsal.pass(60_000);
    expect(rehearsal.closed).toEqual([]);
    rehearsal.caughtUp = true;
    const vote = voteOf({ round, region: 'us', outcome: 'down' });
    rehearsal.take({ kind: 'vote', vote, appendedAt: startedAt + 5, traceparent: null });
    rehearsal.pass(0);
    expect(rehearsal.verdicts).toEqual(['down']);
  });

  it('counts votes that are read together with their check, long after the end of the window', () => {
    const rehearsal = new Rehearsal();
    const round = { dueAt: startedAt, kind: 'scheduled' } as const;
    rehearsal.pass(60_000);
    const check = rehearsal.checkOf(round);
    rehearsal.take({ kind: 'check', check, appendedAt: startedAt, traceparent: null });
    for (const region of ['eu', 'us']) {
      const vote = voteOf({ round, region, outcome: 'down' });
      rehearsal.take({ kind: 'vote', vote, appendedAt: startedAt + 5, traceparent: null });
    }
    rehearsal.pass(0);
    expect(rehearsal.verdicts).toEqual(['down']);
    expect(rehearsal.lateVotes).toEqual([]);
  });

  it('counts votes that were read before their check', () => {
    const rehearsal = new Rehearsal();
    const round = { dueAt: startedAt, kind: 'scheduled' } as const;
    rehearsal.castWord(round, 'du');
    expect(rehearsal.closed).toEqual([]);
    rehearsal.announce(round);
    rehearsal.cast({ round, region: 'ap', outcome: 'down' });
    expect(rehearsal.verdicts).toEqual(['down']);
  });

  it('counts one vote a region: the first', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('');
    rehearsal.cast({ round, region: 'eu', outcome: 'down' });
    rehearsal.cast({ round, region: 'eu', outcome: 'down' });
    rehearsal.cast({ round, region: 'eu', outcome: 'up' });
    rehearsal.cast({ round, region: 'us', outcome: 'up' });
    rehearsal.cast({ round, region: 'ap', outcome: 'up' });
    expect(rehearsal.closed).toMatchObject([{ verdict: 'up', votes: [{}, { region: 'eu', outcome: 'down' }, {}] }]);
  });

  it('is asked of the regions of its check, not of those that came or went since', () => {
    const rehearsal = new Rehearsal({ regions: ['eu', 'us', 'ap'] });
    const round = rehearsal.begin('');
    rehearsal.cast({ round, region: 'mars', outcome: 'down' });
    rehearsal.castWord(round, 'duu');
    expect(rehearsal.closed).toMatchObject([{ verdict: 'up', expectedRegions: ['eu', 'us', 'ap'] }]);
    expect(rehearsal.lateVotes).toEqual(['mars']);
  });

  it('closes at once, inconclusive, when nobody is expected', () => {
    const rehearsal = new Rehearsal({ regions: [], registered: ['eu', 'us'] });
    rehearsal.begin('');
    expect(rehearsal.closed).toMatchObject([{ verdict: 'inconclusive', closedAt: startedAt }]);
  });
});

describe('rounds of one monitor', () => {
  it('never mix their votes', () => {
    const rehearsal = new Rehearsal();
    const first = rehearsal.begin('d--');
    rehearsal.pass(5_000);
    const second = { dueAt: rehearsal.now, kind: 'scheduled' } as const;
    rehearsal.announce(second);
    rehearsal.cast({ round: second, region: 'us', outcome: 'down' });
    rehearsal.cast({ round: { ...first, kind: 'manual' }, region: 'ap', outcome: 'down' });
    rehearsal.pass(12_000);
    expect(rehearsal.verdicts).toEqual(['inconclusive', 'inconclusive']);
  });

  it('apply in order of their time: a decided one waits for an earlier open one', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 2 } });
    rehearsal.begin('d--');
    rehearsal.pass(5_000);
    rehearsal.begin('ddd');
    expect(rehearsal.state.turn).toBeNull();
    rehearsal.pass(6_999);
    expect(rehearsal.closed).toEqual([]);
    rehearsal.pass(1);
    expect(rehearsal.verdicts).toEqual(['inconclusive', 'down']);
    expect(rehearsal.state.turn).toMatchObject({ count: 1, firstDueAt: startedAt + 5_000 });
  });

  it('that repeat change nothing', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('uuu');
    const state = rehearsal.state;
    rehearsal.announce(round);
    rehearsal.castWord(round, 'ddd');
    expect(rehearsal.state).toBe(state);
    expect(rehearsal.verdicts).toEqual(['up']);
    expect(rehearsal.lateVotes).toEqual([]);
  });

  it('that were announced after a later one was judged are history', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    rehearsal.pass(10_000);
    rehearsal.begin('uuu');
    const late = { dueAt: startedAt + 9_000, kind: 'scheduled' } as const;
    rehearsal.announce(late);
    rehearsal.castWord(late, 'ddd');
    expect(rehearsal.verdicts).toEqual(['up', 'down']);
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.status).toBe('up');
  });

  it('of a person do not make scheduled ones look long closed', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    const round = rehearsal.begin('d');
    for (let count = 0; count < 20; count++) {
      rehearsal.pass(1);
      const manual = { dueAt: rehearsal.now, kind: 'manual' } as const;
      rehearsal.announce(manual);
      rehearsal.castWord(manual, 'uuu');
    }
    rehearsal.cast({ round, region: 'us', outcome: 'down' });
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it('that are older than all that is remembered stay closed', () => {
    const rehearsal = new Rehearsal();
    rehearsal.pass(1);
    for (let count = 0; count < 20; count++) rehearsal.round('uuu');
    const closedCount = rehearsal.closed.length;
    rehearsal.announce({ dueAt: startedAt, kind: 'scheduled' });
    rehearsal.castWord({ dueAt: startedAt, kind: 'scheduled' }, 'ddd');
    expect(rehearsal.memory.windows).toEqual([]);
    expect(rehearsal.closed).toHaveLength(closedCount);
  });
});

describe('a clock that was wrong', () => {
  it('an hour ahead does not blind the monitor once it is right', () => {
    const rehearsal = new Rehearsal();
    for (let count = 0; count < 20; count++) {
      const round = { dueAt: rehearsal.now + 3_600_000, kind: 'scheduled' } as const;
      rehearsal.announce(round);
      rehearsal.castWord(round, 'uuu');
      rehearsal.pass(30_000);
    }
    expect(rehearsal.verdicts).toHaveLength(20);
    rehearsal.round('ddd');
    rehearsal.confirm('ddd');
    rehearsal.confirm('ddd');
    expect(rehearsal.told).toEqual(['opened:0']);
  });
});

describe('a late vote', () => {
  it('is told once, as history, and changes nothing', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('du-');
    rehearsal.pass(12_000);
    expect(rehearsal.verdicts).toEqual(['inconclusive']);
    rehearsal.cast({ round, region: 'ap', outcome: 'down' });
    rehearsal.cast({ round, region: 'ap', outcome: 'down' });
    expect(rehearsal.effects.filter(({ kind }) => kind === 'late-vote')).toMatchObject([
      { record: { monitorId, dueAt: startedAt, vote: { region: 'ap', late: true } } },
    ]);
    expect(rehearsal.verdicts).toEqual(['inconclusive']);
    expect(rehearsal.state.turn).toBeNull();
  });

  it('is one that was appended after the end of its window, though it is read before', () => {
    const rehearsal = new Rehearsal();
    rehearsal.caughtUp = false;
    const round = rehearsal.begin('d--');
    rehearsal.pass(12_001);
    rehearsal.cast({ round, region: 'us', outcome: 'down' });
    rehearsal.caughtUp = true;
    rehearsal.pass(0);
    expect(rehearsal.verdicts).toEqual(['inconclusive']);
    expect(rehearsal.lateVotes).toEqual(['us']);
  });

  it('is one for another version of the monitor', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('d--');
    rehearsal.cast({ round, region: 'us', outcome: 'down', monitorVersion: 2 });
    rehearsal.pass(12_000);
    expect(rehearsal.verdicts).toEqual(['inconclusive']);
    expect(rehearsal.lateVotes).toEqual(['us']);
  });
});

describe('a check that overlapping schedulers announced twice', () => {
  it('counts with the newer version of the monitor', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('d--');
    rehearsal.announce(round, { monitorVersion: 2 });
    rehearsal.announce(round, { monitorVersion: 1 });
    rehearsal.cast({ round, region: 'us', outcome: 'up', monitorVersion: 2 });
    rehearsal.cast({ round, region: 'ap', outcome: 'up', monitorVersion: 2 });
    rehearsal.pass(12_000);
    expect(rehearsal.closed).toMatchObject([
      { verdict: 'up', monitorVersion: 2, votes: [{ region: 'ap' }, { region: 'us' }] },
    ]);
    expect(rehearsal.lateVotes).toEqual(['eu']);
  });
});
