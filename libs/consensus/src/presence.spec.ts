import { describe, expect, it } from '@jest/globals';
import { graceMs } from './grace.ts';
import { Rehearsal, startedAt } from './rehearsal.stage.ts';

describe('an absent region', () => {
  it('is one that missed the last two rounds: it is no voter any more', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uu-');
    rehearsal.round('uu-');
    const at = rehearsal.now;
    rehearsal.begin('uu-');
    expect(rehearsal.closed[2]).toMatchObject({ verdict: 'up', closedAt: at, absentRegions: ['ap'] });
    expect(rehearsal.closed[1]).toMatchObject({ absentRegions: [] });
  });

  it('leaves two of two valid when a region dies', () => {
    const rehearsal = new Rehearsal({ regions: ['eu', 'us', 'ap', 'sa'], decision: { confirmations: 1 } });
    rehearsal.round('uu--');
    rehearsal.round('uu--');
    rehearsal.round('dd--');
    expect(rehearsal.verdicts).toEqual(['inconclusive', 'inconclusive', 'down']);
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it('missed two rounds in a row, not two in all', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uu-');
    rehearsal.round('uuu');
    rehearsal.round('uu-');
    rehearsal.begin('uu-');
    expect(rehearsal.closed).toHaveLength(3);
  });

  it('is not missed where it was not expected', () => {
    const rehearsal = new Rehearsal({ regions: ['eu', 'us'], registered: ['eu', 'us', 'ap'] });
    rehearsal.round('uu');
    rehearsal.round('uu');
    expect(rehearsal.state.silence).toEqual({});
  });

  it('is a voter again at once when it votes', () => {
    const rehearsal = new Rehearsal({ regions: ['eu', 'us', 'ap', 'sa'] });
    rehearsal.round('uuu-');
    rehearsal.round('uuu-');
    const round = rehearsal.begin('du');
    rehearsal.cast({ round, region: 'sa', outcome: 'up' });
    expect(rehearsal.state.silence).toEqual({});
    expect(rehearsal.closed).toHaveLength(2);
    rehearsal.cast({ round, region: 'ap', outcome: 'up' });
    expect(rehearsal.closed[2]).toMatchObject({ verdict: 'up', absentRegions: [] });
  });

  it('is none that has voted in a later round by the time the missed ones close', () => {
    const rehearsal = new Rehearsal({ regions: ['eu', 'us', 'ap', 'sa'] });
    rehearsal.begin('uuu-');
    rehearsal.pass(100);
    rehearsal.begin('uuu-');
    rehearsal.pass(1_000);
    rehearsal.begin('uu-u');
    rehearsal.pass(rehearsal.monitor.timeoutSeconds * 1_000 + graceMs - 1_000);
    expect(rehearsal.closed).toHaveLength(2);
    expect(rehearsal.state.silence).toEqual({});
  });

  it('is a voter again though its vote came after the others had closed the round, in time', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uu-');
    rehearsal.round('uu-');
    const round = rehearsal.begin('uu-');
    rehearsal.pass(300);
    rehearsal.cast({ round, region: 'ap', outcome: 'up' });
    expect(rehearsal.lateVotes).toEqual(['ap']);
    expect(rehearsal.state.silence).toEqual({});
  });

  it('is awaited where the others are too few to decide without it', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('u--');
    rehearsal.round('u--');
    const round = rehearsal.begin('d');
    expect(rehearsal.closed).toHaveLength(2);
    rehearsal.cast({ round, region: 'ap', outcome: 'down' });
    expect(rehearsal.state.turn).toMatchObject({ towards: 'down', count: 1 });
  });

  it('stays absent while all its votes come too late', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uu-');
    rehearsal.round('uu-');
    const round = rehearsal.begin('uu-');
    rehearsal.pass(12_001);
    rehearsal.cast({ round, region: 'ap', outcome: 'up' });
    expect(rehearsal.state.silence).toEqual({ ap: 2 });
  });

  it('is not told by an abstention: who abstains is there', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uua');
    rehearsal.round('uua');
    expect(rehearsal.state.silence).toEqual({});
  });
});

describe('unknown', () => {
  it('is a monitor with too few answers for two rounds', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uuu');
    rehearsal.round('d--');
    expect(rehearsal.status).toBe('up');
    rehearsal.round('d--');
    expect(rehearsal.status).toBe('unknown');
    expect(rehearsal.told).toEqual([]);
  });

  it.each(['---', 'aaa', 'uaa'])('comes of the rounds %s', (word) => {
    const rehearsal = new Rehearsal();
    rehearsal.round(word);
    rehearsal.round(word);
    expect(rehearsal.status).toBe('unknown');
  });

  it('comes where no region is live at all', () => {
    const rehearsal = new Rehearsal({ regions: [], registered: ['eu'] });
    rehearsal.begin('');
    rehearsal.pass(30_000);
    rehearsal.begin('');
    expect(rehearsal.status).toBe('unknown');
  });

  it('does not come of disagreement', () => {
    const rehearsal = new Rehearsal();
    for (let count = 0; count < 3; count++) rehearsal.round('du-');
    expect(rehearsal.status).not.toBe('unknown');
  });

  it('ends with a verdict', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('---');
    rehearsal.round('---');
    const since = rehearsal.now;
    rehearsal.round('uuu');
    expect(rehearsal.statuses).toEqual(['unknown', 'up']);
    expect(rehearsal.state.statusSince).toBe(since);
  });

  it('leaves an open incident open', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    rehearsal.round('ddd');
    rehearsal.round('---');
    rehearsal.round('---');
    expect(rehearsal.statuses).toEqual(['down', 'unknown']);
    expect(rehearsal.told).toEqual(['opened:0']);
    rehearsal.round('ddd');
    expect(rehearsal.statuses).toEqual(['down', 'unknown', 'down']);
    expect(rehearsal.told).toEqual(['opened:0']);
  });
});

describe('degraded', () => {
  it('is a monitor with a down vote but no down verdict in two rounds in a row', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uud');
    expect(rehearsal.status).toBe('up');
    rehearsal.round('uud');
    expect(rehearsal.status).toBe('degraded');
    expect(rehearsal.told).toEqual([]);
    const change = rehearsal.effects.find(
      (effect) => effect.kind === 'status-changed' && effect.record.status === 'degraded',
    );
    const [, second] = rehearsal.closed;
    expect(change).toMatchObject({ record: { regions: ['ap'], since: second?.closedAt } });
    expect(change?.parent).toBe(`trace-of-${second?.dueAt}`);
  });

  it('is seen in a down vote that came after the verdict had fallen', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uud');
    const round = rehearsal.begin('uu');
    rehearsal.cast({ round, region: 'ap', outcome: 'down' });
    expect(rehearsal.status).toBe('degraded');
  });

  it('needs two rounds in a row', () => {
    const rehearsal = new Rehearsal();
    for (const word of ['uud', 'uuu', 'uud']) rehearsal.round(word);
    expect(rehearsal.status).toBe('up');
  });

  it('is not begun by rounds on both sides of a down verdict', () => {
    const rehearsal = new Rehearsal();
    for (const word of ['uud', 'ddd', 'uud']) rehearsal.round(word);
    expect(rehearsal.status).toBe('up');
  });

  it('ends with a round without a down vote', () => {
    const rehearsal = new Rehearsal();
    for (const word of ['uud', 'uud', 'uuu']) rehearsal.round(word);
    expect(rehearsal.statuses).toEqual(['up', 'degraded', 'up']);
  });

  it('does not end because nobody answered', () => {
    const rehearsal = new Rehearsal();
    for (const word of ['uud', 'uud', '---']) rehearsal.round(word);
    expect(rehearsal.status).toBe('degraded');
  });

  it('goes on into down, without a moment of up', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 2 } });
    for (const word of ['uud', 'uud', 'ddd']) rehearsal.round(word);
    rehearsal.confirm('ddd');
    expect(rehearsal.statuses).toEqual(['up', 'degraded', 'down']);
  });

  it('is what is left when an incident is resolved from most regions only', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    for (const word of ['ddd', 'uud', 'uud', 'uud']) rehearsal.round(word);
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0']);
    expect(rehearsal.status).toBe('degraded');
  });
});

describe('pending', () => {
  it('is a monitor before its first verdict, and until it was seen up or down', () => {
    const rehearsal = new Rehearsal();
    expect(rehearsal.status).toBe('pending');
    rehearsal.round('du-');
    expect(rehearsal.status).toBe('pending');
    rehearsal.begin('uu');
    expect(rehearsal.status).toBe('up');
    expect(rehearsal.state.statusSince).toBeGreaterThan(startedAt);
  });
});
