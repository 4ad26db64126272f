import { describe, expect, it } from '@jest/globals';
import { decide, nextDueAt } from './decide.ts';
import { emptyMemory, restoreMemory } from './memory.ts';
import { downNow, monitorId, Rehearsal, startedAt } from './rehearsal.stage.ts';

describe('deleting', () => {
  it('resolves an open incident with cause deleted and leaves nothing', () => {
    const rehearsal = downNow();
    rehearsal.take({ kind: 'monitor-deleted' });
    expect(rehearsal.alerts[1]).toMatchObject({ transition: 'resolved', resolveCause: 'deleted' });
    expect(rehearsal.memory).toEqual({ ...emptyMemory(monitorId), deletedAt: rehearsal.now });
    rehearsal.pass(600_000);
    expect(rehearsal.memory).toEqual(emptyMemory(monitorId));
    expect(nextDueAt(rehearsal.memory)).toBeNull();
  });

  it('tells nobody where no incident was open', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('d');
    rehearsal.take({ kind: 'monitor-deleted' });
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.memory.windows).toEqual([]);
  });

  it('says what the monitor was called, though its record was gone before a successor came', () => {
    const rehearsal = downNow({ tags: { team: 'web' } });
    const successor = restoreMemory(rehearsal.state);
    const { effects } = decide(successor, { kind: 'monitor-deleted' }, rehearsal.context);
    expect(effects).toMatchObject([
      { alert: { resolveCause: 'deleted', monitor: { name: 'Shop', tags: { team: 'web' } } } },
    ]);
  });

  it('leaves no round without a word: what is under way ends at once, with the verdict that had fallen or none', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('dd');
    rehearsal.pass(5_000);
    rehearsal.begin('d');
    rehearsal.take({ kind: 'monitor-deleted' });
    expect(rehearsal.closed).toMatchObject([
      { kind: 'scheduled', verdict: 'down', closedAt: rehearsal.now, votes: [{}, {}] },
      { kind: 'scheduled', verdict: 'inconclusive', closedAt: rehearsal.now, votes: [{}] },
      { kind: 'confirming', verdict: 'inconclusive', closedAt: rehearsal.now, votes: [] },
    ]);
  });

  it('is for good: checks and votes that still come are nothing', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    const round = rehearsal.begin('d');
    rehearsal.take({ kind: 'monitor-deleted' });
    rehearsal.cast({ round, region: 'us', outcome: 'down' });
    rehearsal.pass(1);
    rehearsal.begin('dd');
    rehearsal.pass(70_000);
    expect(rehearsal.closed).toMatchObject([{ verdict: 'inconclusive', votes: [{}] }]);
    expect([rehearsal.told, rehearsal.statuses, rehearsal.lateVotes]).toEqual([[], [], []]);
  });

  it('closes no round again where a successor reads it once more, though its memory of the round is gone', () => {
    const rehearsal = new Rehearsal();
    const round = rehearsal.begin('dd');
    rehearsal.take({ kind: 'monitor-deleted' });
    rehearsal.cast({ round, region: 'ap', outcome: 'down' });
    rehearsal.memory = emptyMemory(monitorId);
    rehearsal.caughtUp = false;
    rehearsal.take({ kind: 'monitor-deleted' });
    for (const { input } of rehearsal.journal) rehearsal.take(input);
    rehearsal.caughtUp = true;
    rehearsal.pass(70_000);
    expect(rehearsal.closed).toMatchObject([{ verdict: 'down', votes: [{}, {}] }]);
  });

  it('lets a successor read again what its open rounds have heard, before it tells of their end', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('dd');
    rehearsal.pass(5_000);
    const successor = restoreMemory(rehearsal.state);
    rehearsal.memory = successor;
    rehearsal.caughtUp = false;
    rehearsal.take({ kind: 'monitor-deleted' });
    expect(rehearsal.closed).toEqual([]);
    for (const { input } of rehearsal.journal) rehearsal.take(input);
    rehearsal.caughtUp = true;
    rehearsal.pass(1);
    expect(rehearsal.closed).toMatchObject([
      { kind: 'scheduled', verdict: 'down', votes: [{ region: 'eu' }, { region: 'us' }] },
      { kind: 'confirming', verdict: 'inconclusive', votes: [] },
    ]);
    expect(rehearsal.memory.state).toBeNull();
  });

  it('ends a manual round too: who waits for it is answered', () => {
    const rehearsal = new Rehearsal();
    const round = { dueAt: startedAt, kind: 'manual' } as const;
    rehearsal.announce(round);
    rehearsal.castWord(round, 'u');
    rehearsal.take({ kind: 'monitor-deleted' });
    expect(rehearsal.closed).toMatchObject([{ kind: 'manual', verdict: 'inconclusive', votes: [{}] }]);
  });

  it('is over for a monitor that is saved again, as by an import', () => {
    const rehearsal = new Rehearsal();
    rehearsal.take({ kind: 'monitor-deleted' });
    rehearsal.edit({ name: 'Shop again' });
    rehearsal.round('ddd');
    expect(rehearsal.closed).toMatchObject([{ verdict: 'down' }]);
  });
});
