/** What happened in an incident, in order of time. */
import { describe, expect, it } from '@jest/globals';
import type { CastVote } from '@quorate/contracts';
import type { RoundEntity } from '../rounds/round.entity.ts';
import type { IncidentAlertEntity, IncidentEntity } from './incident.entity.ts';
import { timelineOf, type IncidentHistory } from './timeline.ts';

const startAt = Date.UTC(2026, 10, 21, 10);
const monitorId = '4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11';

const incident: IncidentEntity = {
  id: `${monitorId}:1`,
  monitorId,
  firstFailureAt: startAt,
  openedAt: startAt + 10_000,
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedAt: null,
  cause: null,
  platform: null,
  certificate: null,
  regions: ['eu'],
};

function vote(region: string, startedAt: number): CastVote {
  const phases = { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: null, transferMs: null, totalMs: 250.4 };
  return { region, startedAt, phases, certificate: null } as CastVote;
}

function round(dueAt: number): RoundEntity {
  const votes = [vote('eu', dueAt + 10), vote('us', dueAt + 5)];
  const times = { dueAt, decidedAt: dueAt + 300, closedAt: dueAt + 400 };
  const asked = { expectedRegions: ['eu', 'us'], absentRegions: [], quarantinedRegions: [], missedRoundCount: 0 };
  return { monitorId, kind: 'scheduled', verdict: 'down', ...asked, votes, ...times };
}

const opened = {
  alertId: `${incident.id}:opened:0`,
  incidentId: incident.id,
  at: startAt + 10_000,
  alert: {
    transition: 'opened',
    sequence: 0,
    regions: ['eu'],
    openedAt: startAt + 9_000,
    votes: [vote('eu', startAt + 9_500)],
  },
} as IncidentAlertEntity;

function typesOf(change: Partial<IncidentHistory>): string[] {
  const history = { incident, alerts: [], rounds: [], deliveries: [], comments: [], ...change };
  return timelineOf(history).map(({ type }) => type);
}

describe('a timeline', () => {
  it('puts a vote where its probe ended, and the verdict after it', () => {
    const entries = timelineOf({ incident, alerts: [], rounds: [round(startAt)], deliveries: [], comments: [] });
    expect(entries.map(({ at, type }) => [at, type])).toEqual([
      ['2026-11-21T10:00:00.255Z', 'vote'],
      ['2026-11-21T10:00:00.260Z', 'vote'],
      ['2026-11-21T10:00:00.300Z', 'verdict'],
    ]);
  });

  it('mixes what is of different kinds by time', () => {
    const comment = { id: monitorId, incidentId: incident.id, at: startAt + 5_000, writtenBy: 'Ada', text: 'On it.' };
    expect(typesOf({ rounds: [round(startAt + 9_000)], alerts: [opened], comments: [comment] })).toEqual([
      'comment',
      'vote',
      'vote',
      'verdict',
      'alert',
    ]);
  });

  it('takes the votes of the alert where the rounds are gone, and only there', () => {
    expect(typesOf({ alerts: [opened] })).toEqual(['vote', 'alert']);
    expect(typesOf({ alerts: [opened], rounds: [round(startAt)] })).toEqual(['vote', 'vote', 'verdict', 'alert']);
  });

  it('says who acknowledged and why it ended', () => {
    const over = {
      ...incident,
      acknowledgedAt: startAt + 20_000,
      acknowledgedBy: 'Ada',
      resolvedAt: startAt + 30_000,
      cause: 'paused' as const,
    };
    expect(timelineOf({ incident: over, alerts: [], rounds: [], deliveries: [], comments: [] })).toEqual([
      { at: '2026-11-21T10:00:20.000Z', type: 'acknowledged', by: 'Ada' },
      { at: '2026-11-21T10:00:30.000Z', type: 'resolved', cause: 'paused' },
    ]);
  });
});
