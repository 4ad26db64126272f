import { describe, expect, it } from '@jest/globals';
import { decide, decideFaulty, nextDueAt } from './decide.ts';
import { emptyMemory } from './memory.ts';
import { downNow, monitorId, Rehearsal, startedAt, voteOf } from './rehearsal.stage.ts';

describe('pausing', () => {
  it('resolves an open incident with cause paused', () => {
    const rehearsal = downNow();
    rehearsal.pass(5_000);
    rehearsal.edit({ paused: true });
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0']);
    expect(rehearsal.alerts[1]).toMatchObject({
      resolveCause: 'paused',
      resolvedAt: rehearsal.now,
      regions: ['eu', 'us'],
    });
    expect(rehearsal.status).toBe('paused');
  });

  it('ends a suspicion, and asks for nothing more', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('ddd');
    rehearsal.edit({ paused: true });
    rehearsal.pass(60_000);
    expect(rehearsal.confirmations).toEqual([]);
    expect(rehearsal.statuses).toEqual(['paused']);
  });

  it('makes the rounds that are under way history', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    const round = rehearsal.begin('d');
    rehearsal.edit({ paused: true });
    rehearsal.cast({ round, region: 'us', outcome: 'down', monitorVersion: 1 });
    rehearsal.pass(12_000);
    expect(rehearsal.verdicts).toEqual(['down']);
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.status).toBe('paused');
  });

  it('is the status of a monitor that was created paused', () => {
    const rehearsal = new Rehearsal({ settings: { paused: true } });
    expect(rehearsal.statuses).toEqual(['paused']);
  });
});

describe('resuming', () => {
  it('begins as with a new monitor: pending, everybody a voter', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uu-');
    rehearsal.round('uu-');
    rehearsal.edit({ paused: true });
    rehearsal.edit({ paused: false });
    expect(rehearsal.status).toBe('pending');
    expect(rehearsal.state.silence).toEqual({});
    rehearsal.round('uuu');
    expect(rehearsal.statuses).toEqual(['up', 'paused', 'pending', 'up']);
  });
});

describe('editing', () => {
  it('the target keeps the incident and zeroes the counters', () => {
    const rehearsal = downNow();
    rehearsal.round('uuu');
    expect(rehearsal.state.turn).toMatchObject({ towards: 'up', count: 1 });
    if (rehearsal.monitor.type !== 'http') throw new Error('not http');
    rehearsal.edit({ http: { ...rehearsal.monitor.http, url: 'https://new.example.com/' } });
    expect(rehearsal.state.turn).toBeNull();
    expect(rehearsal.told).toEqual(['opened:0']);
    rehearsal.round('uuu');
    rehearsal.confirm('uuu');
    expect(rehearsal.alerts[1]).toMatchObject({
      transition: 'resolved',
      monitor: { target: 'https://new.example.com/' },
    });
  });

  it('the name zeroes nothing, and the suspicion is confirmed by rounds of the new version', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 2 } });
    rehearsal.round('ddd');
    rehearsal.pass(5_000);
    const [outstanding] = rehearsal.confirmations;
    rehearsal.edit({ name: 'Store' });
    rehearsal.cast({ round: outstanding!, region: 'eu', outcome: 'down', monitorVersion: 1 });
    rehearsal.cast({ round: outstanding!, region: 'us', outcome: 'down', monitorVersion: 1 });
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.state.turn).toMatchObject({ count: 1 });
    rehearsal.confirm('ddd');
    expect(rehearsal.confirmations[1]).toMatchObject({ monitorVersion: 2 });
    expect(rehearsal.alerts).toMatchObject([{ transition: 'opened', monitor: { name: 'Store' } }]);
  });

  it('leaves the verdict of a round of the older version out of account', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    const round = rehearsal.begin('');
    rehearsal.edit({ name: 'Store' });
    for (const region of ['eu', 'us', 'ap']) rehearsal.cast({ round, region, outcome: 'down', monitorVersion: 1 });
    expect(rehearsal.verdicts).toEqual(['down']);
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.state.turn).toBeNull();
  });

  it('that is read again changes nothing', () => {
    const rehearsal = new Rehearsal();
    const { state } = rehearsal;
    rehearsal.take({ kind: 'monitor', monitor: rehearsal.monitor });
    expect(rehearsal.state).toBe(state);
  });

  it('works for every type of probe', () => {
    const settings = { type: 'tcp', tcp: { host: 'db.example.com', port: 5432 } };
    const rehearsal = new Rehearsal({ decision: { confirmations: 2 }, settings });
    rehearsal.round('ddd');
    rehearsal.confirm('ddd');
    expect(rehearsal.confirmations).toMatchObject([{ probe: { type: 'tcp', tcp: { port: 5432 } } }]);
    expect(rehearsal.alerts).toMatchObject([{ monitor: { type: 'tcp', target: 'db.example.com:5432' } }]);
  });
});

describe('a manual round', () => {
  it('is judged, and moves no counter', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    const round = { dueAt: startedAt, kind: 'manual' } as const;
    rehearsal.announce(round);
    rehearsal.castWord(round, 'dd-');
    expect(rehearsal.closed).toEqual([]);
    rehearsal.pass(12_000);
    expect(rehearsal.closed).toMatchObject([{ kind: 'manual', verdict: 'down' }]);
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.state).toMatchObject({ status: 'pending', turn: null, silence: {}, applied: { dueAt: 0 } });
  });

  it('closes when all have answered, whatever scheduled round is open', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('d');
    const round = { dueAt: startedAt + 1, kind: 'manual' } as const;
    rehearsal.announce(round);
    rehearsal.castWord(round, 'uuu');
    expect(rehearsal.closed).toMatchObject([{ kind: 'manual', verdict: 'up' }]);
  });

  it('closes once, though it is read again', () => {
    const rehearsal = new Rehearsal();
    const round = { dueAt: startedAt, kind: 'manual' } as const;
    rehearsal.announce(round);
    rehearsal.castWord(round, 'uuu');
    rehearsal.announce(round);
    rehearsal.castWord(round, 'uuu');
    expect(rehearsal.closed).toHaveLength(1);
    expect(rehearsal.memory.windows).toEqual([]);
  });

  it('of a monitor that is not saved gets its verdict from the check and leaves nothing', () => {
    const rehearsal = new Rehearsal();
    const check = rehearsal.checkOf({ dueAt: startedAt, kind: 'manual' });
    let memory = emptyMemory(monitorId);
    const { context } = rehearsal;
    memory = decide(memory, { kind: 'check', check, appendedAt: startedAt, traceparent: null }, context).memory;
    for (const region of ['eu', 'us']) {
      const vote = voteOf({ round: check, region, outcome: 'down' });
      memory = decide(memory, { kind: 'vote', vote, appendedAt: startedAt, traceparent: null }, context).memory;
    }
    expect(nextDueAt(memory)).toBe(startedAt + 12_000);
    const later = { ...context, now: startedAt + 12_000, heardUntil: startedAt + 12_000 };
    const { memory: after, effects } = decide(memory, { kind: 'tick' }, later);
    expect(effects).toMatchObject([
      { kind: 'verdict-fell', counts: false },
      { kind: 'round-closed', record: { verdict: 'down', votes: [{}, {}] } },
    ]);
    expect(after).toEqual(emptyMemory(monitorId));
  });
});

describe('a decision that failed', () => {
  it('leaves the monitor unknown, its incident open, and the next verdict mends it', () => {
    const rehearsal = downNow();
    rehearsal.begin('d');
    const { memory, effects } = decideFaulty(rehearsal.memory, { kind: 'tick' }, rehearsal.context);
    expect(effects).toMatchObject([
      { kind: 'round-closed', record: { verdict: 'inconclusive', votes: [{ region: 'eu' }] } },
      { kind: 'status-changed', record: { status: 'unknown' } },
    ]);
    rehearsal.memory = memory;
    expect(memory.windows).toEqual([]);
    rehearsal.pass(30_000);
    rehearsal.round('ddd');
    expect(rehearsal.status).toBe('down');
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it('ends the round of the check that made it fail, which nobody will judge', () => {
    const rehearsal = downNow();
    const check = rehearsal.checkOf({ dueAt: rehearsal.now, kind: 'scheduled' });
    const input = { kind: 'check', check, appendedAt: rehearsal.now, traceparent: null } as const;
    const { memory, effects } = decideFaulty(rehearsal.memory, input, rehearsal.context);
    expect(effects).toMatchObject([{ record: { dueAt: check.dueAt, verdict: 'inconclusive' } }, { record: {} }]);
    const { effects: again } = decide(memory, input, rehearsal.context);
    expect(again).toEqual([]);
  });

  it('leaves nothing of a monitor that is not saved', () => {
    const { context } = new Rehearsal();
    expect(decideFaulty(emptyMemory(monitorId), { kind: 'tick' }, context)).toEqual({
      memory: emptyMemory(monitorId),
      effects: [],
    });
  });
});
