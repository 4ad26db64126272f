import { describe, expect, it } from '@jest/globals';
import { emptyMemory } from './memory.ts';
import { monitorId, Rehearsal, startedAt } from './rehearsal.stage.ts';

describe('the end of a round', () => {
  it('carries the count of rounds that were missed before it', () => {
    const rehearsal = new Rehearsal();
    rehearsal.round('uuu', { missedRoundCount: 7 });
    expect(rehearsal.closed).toMatchObject([{ missedRoundCount: 7 }]);
  });

  it('gives up votes whose check never comes: nobody announced such a round, but who voted is told', () => {
    const rehearsal = new Rehearsal();
    rehearsal.castWord({ dueAt: startedAt, kind: 'scheduled' }, 'ddd');
    expect(rehearsal.memory.windows).toHaveLength(1);
    rehearsal.pass(70_000);
    expect(rehearsal.memory.windows).toEqual([]);
    expect(rehearsal.closed).toEqual([]);
    expect(rehearsal.lateVotes).toEqual(['ap', 'eu', 'us']);
  });

  it('is told as history where the monitor’s record came too late for its round', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    rehearsal.memory = emptyMemory(monitorId);
    rehearsal.begin('ddd');
    rehearsal.pass(11_999);
    expect(rehearsal.closed).toEqual([]);
    rehearsal.pass(1);
    expect(rehearsal.verdicts).toEqual(['down']);
    rehearsal.take({ kind: 'monitor', monitor: rehearsal.monitor });
    expect(rehearsal.told).toEqual([]);
    expect(rehearsal.status).toBe('pending');
  });

  it('counts where the monitor’s record comes before the end of its round', () => {
    const rehearsal = new Rehearsal({ decision: { confirmations: 1 } });
    rehearsal.memory = emptyMemory(monitorId);
    rehearsal.begin('ddd');
    rehearsal.pass(5_000);
    rehearsal.take({ kind: 'monitor', monitor: rehearsal.monitor });
    expect(rehearsal.told).toEqual(['opened:0']);
  });
});
