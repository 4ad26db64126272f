import { describe, expect, it } from '@jest/globals';
import { emptyMemory } from './memory.ts';
import { decide, nextDueAt } from './decide.ts';
import { monitorId, Rehearsal, startedAt } from './rehearsal.stage.ts';

const minuteMs = 60_000;
const incidentId = `${monitorId}:${startedAt}`;

const downNow = (reminderMinutes: number | null = null) => {
  const rehearsal = new Rehearsal({ decision: { confirmations: 1 }, settings: { reminderMinutes } });
  rehearsal.begin('ddd');
  return rehearsal;
};

describe('acknowledging', () => {
  it('tells once, with who did it', () => {
    const rehearsal = downNow();
    rehearsal.pass(1_000);
    rehearsal.take({ kind: 'acknowledge', incidentId, by: 'ada' });
    rehearsal.take({ kind: 'acknowledge', incidentId, by: 'bob' });
    expect(rehearsal.told).toEqual(['opened:0', 'acknowledged:0']);
    expect(rehearsal.alerts[1]).toMatchObject({ acknowledgedBy: 'ada', at: startedAt + 1_000, resolvedAt: null });
    expect(rehearsal.alerts[1]?.votes).toEqual(rehearsal.alerts[0]?.votes);
    expect(rehearsal.status).toBe('down');
  });

  it('of another incident, of none, or of an unknown monitor says nothing', () => {
    const rehearsal = downNow();
    rehearsal.take({ kind: 'acknowledge', incidentId: `${monitorId}:1`, by: 'ada' });
    const healthy = new Rehearsal();
    healthy.take({ kind: 'acknowledge', incidentId, by: 'ada' });
    expect([...rehearsal.told, ...healthy.told]).toEqual(['opened:0']);
    const { effects } = decide(emptyMemory(monitorId), { kind: 'acknowledge', incidentId, by: 'ada' }, healthy.context);
    expect(effects).toEqual([]);
  });

  it('does not stop the resolve', () => {
    const rehearsal = downNow();
    rehearsal.take({ kind: 'acknowledge', incidentId, by: 'ada' });
    rehearsal.pass(30_000);
    rehearsal.round('uuu');
    rehearsal.confirm('uuu');
    expect(rehearsal.told).toEqual(['opened:0', 'acknowledged:0', 'resolved:0']);
    expect(rehearsal.alerts[2]).toMatchObject({ acknowledgedBy: 'ada' });
  });
});

describe('reminding', () => {
  it('is repeated while the incident is open', () => {
    const rehearsal = downNow(10);
    rehearsal.pass(10 * minuteMs - 1);
    expect(rehearsal.told).toEqual(['opened:0']);
    rehearsal.pass(1);
    expect(rehearsal.told).toEqual(['opened:0', 'reminder:1']);
    expect(nextDueAt(rehearsal.memory)).toBe(startedAt + 20 * minuteMs);
    rehearsal.pass(10 * minuteMs);
    expect(rehearsal.told).toEqual(['opened:0', 'reminder:1', 'reminder:2']);
    expect(rehearsal.alerts[2]?.alertId).toBe(`${incidentId}:reminder:2`);
  });

  it('stops when somebody has acknowledged', () => {
    const rehearsal = downNow(10);
    rehearsal.take({ kind: 'acknowledge', incidentId, by: 'ada' });
    rehearsal.pass(60 * minuteMs);
    expect(rehearsal.told).toEqual(['opened:0', 'acknowledged:0']);
    expect(nextDueAt(rehearsal.memory)).toBeNull();
  });

  it('stops with the incident', () => {
    const rehearsal = downNow(10);
    rehearsal.edit({ paused: true });
    rehearsal.pass(60 * minuteMs);
    expect(rehearsal.told).toEqual(['opened:0', 'resolved:0']);
  });

  it('comes once after a long sleep, and keeps its rhythm', () => {
    const rehearsal = downNow(10);
    rehearsal.now += 34 * minuteMs;
    rehearsal.take({ kind: 'tick' });
    expect(rehearsal.told).toEqual(['opened:0', 'reminder:1']);
    expect(nextDueAt(rehearsal.memory)).toBe(startedAt + 40 * minuteMs);
  });

  it('waits until the streams are read to the end: the incident may be over', () => {
    const rehearsal = downNow(10);
    rehearsal.caughtUp = false;
    rehearsal.pass(15 * minuteMs);
    expect(rehearsal.told).toEqual(['opened:0']);
  });

  it('is not done unless it was asked for', () => {
    const rehearsal = downNow(null);
    rehearsal.pass(60 * minuteMs);
    expect(rehearsal.told).toEqual(['opened:0']);
  });
});
