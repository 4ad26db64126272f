import { describe, expect, it } from '@jest/globals';
import { nextDueAt } from './decide.ts';
import { emptyMemory, restoreMemory } from './memory.ts';
import { downNow, monitorId, Rehearsal, startedAt } from './rehearsal.stage.ts';

describe('deleting', () => {
  it('resolves an open incident with cause deleted and leaves nothing', () => {
    const rehearsal = downNow();
    rehearsal.delete();
    expect(rehearsal.alerts[1]).toMatchObject({ transition: 'resolved', resolveCause: 'deleted' });
    expect(rehearsal.memory).toEqual({ ...emptyMemory(monitorId), deletedAt: rehearsal.now });
    rehearsal.pass(600_000);
    expect(rehearsal.memory).toEqual(emptyMemory(monitorId));
    expect(nextDueAt(rehearsal.memory)).toBeNull();
  });

  it('tells nobody where no incident was open', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('d');
    rehearsal.delete();
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.memory.windows).toEqual([]);
  });

  it('says what the monitor was called, though its record was gone before a successor came', () => {
    const rehearsal = downNow({ tags: { team: 'web' } });
    rehearsal.memory = restoreMemory(rehearsal.state);
    rehearsal.delete();
    expect(rehearsal.alerts[1]).toMatchObject({
      resolveCause: 'deleted',
      monitor: { name: 'Shop', tags: { team: 'web' } },
    });
  });

  it('leaves no round without a word: what is under way ends at once, with the verdict that had fallen or none', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('dd');
    rehearsal.pass(5_000);
    rehearsal.begin('d');
    rehearsal.delete();
    expect(rehearsal.closed).toMatchObject([
      { kind: 'scheduled', verdict: 'down', closedAt: rehearsal.now, votes: [{}, {}] },
      { kind: 'scheduled', verdict: 'inconclusive', closedAt: rehearsal.now, votes: [{}] },
      { kind: 'confirming', verdict: 'inconclusive', closedAt: rehearsal.now, votes: [] },
    ]);
  });

  it('is for good: checks and votes that still come are nothing', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    const round = rehearsal.begin('d');
    rehearsal.delete();
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
    rehearsal.delete();
    rehearsal.cast({ round, region: 'ap', outcome: 'down' });
    rehearsal.memory = emptyMemory(monitorId);
    rehearsal.caughtUp = false;
    rehearsal.delete();
    for (const { input } of rehearsal.journal) rehearsal.take(input);
    rehearsal.caughtUp = true;
    rehearsal.pass(70_000);
    expect(rehearsal.closed).toMatchObject([{ verdict: 'down', votes: [{}, {}] }]);
  });

  it('ends with the step, after what the step has heard of its rounds: a successor reads it all again', () => {
    const rehearsal = new Rehearsal();
    rehearsal.begin('dd');
    rehearsal.pass(5_000);
    rehearsal.memory = restoreMemory(rehearsal.state);
    rehearsal.take({ kind: 'monitor-deleted' });
    for (const { input } of rehearsal.journal) rehearsal.take(input);
    expect([rehearsal.closed, nextDueAt(rehearsal.memory)]).toEqual([[], 0]);
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
    rehearsal.delete();
    expect(rehearsal.closed).toMatchObject([{ kind: 'manual', verdict: 'inconclusive', votes: [{}] }]);
  });

  it('is over for a monitor that is saved again, as by an import', () => {
    const rehearsal = new Rehearsal();
    rehearsal.delete();
    rehearsal.edit({ name: 'Shop again' });
    rehearsal.round('ddd');
    expect(rehearsal.closed).toMatchObject([{ verdict: 'down' }]);
  });
});
