/** Puts together what happened in an incident, in order of time. */
import type { CastVote } from '@quorate/contracts';
import type { DeliveryEntity } from '../deliveries/delivery.entity.ts';
import { presentDelivery } from '../deliveries/delivery.presenter.ts';
import { isoOf } from '../http/instants.ts';
import type { RoundEntity } from '../rounds/round.entity.ts';
import { presentVote } from '../rounds/round.presenter.ts';
import type { IncidentAlertEntity, IncidentCommentEntity, IncidentEntity } from './incident.entity.ts';
import type { TimelineEntry } from './incident.schema.ts';

export interface IncidentHistory {
  readonly incident: IncidentEntity;
  readonly alerts: readonly IncidentAlertEntity[];
  readonly rounds: readonly RoundEntity[];
  readonly deliveries: readonly DeliveryEntity[];
  readonly comments: readonly IncidentCommentEntity[];
}

export function timelineOf({ incident, alerts, rounds, deliveries, comments }: IncidentHistory): TimelineEntry[] {
  const entries = [
    ...rounds.flatMap(entriesOfRound),
    ...alerts.flatMap((alert) => entriesOfAlert(alert, rounds)),
    ...deliveries.map(({ plannedAt, delivery }): TimelineEntry => {
      return { at: isoOf(plannedAt), type: 'delivery', delivery: presentDelivery(delivery) };
    }),
    ...comments.map(({ id, at, writtenBy, text }): TimelineEntry => {
      return { at: isoOf(at), type: 'comment', id, by: writtenBy, text };
    }),
    ...entriesOfPeople(incident),
  ];
  return entries.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function entriesOfRound({ dueAt, kind, decidedAt, votes, ...judged }: RoundEntity): TimelineEntry[] {
  const { verdict, expectedRegions, quarantinedRegions } = judged;
  const round = { dueAt: isoOf(dueAt), kind };
  return [
    ...votes.map((vote) => entryOfVote(round, vote)),
    { at: isoOf(decidedAt), type: 'verdict', ...round, verdict, expectedRegions, quarantinedRegions },
  ];
}

/** A vote counts from when its probe had ended. */
function entryOfVote(
  round: Pick<Extract<TimelineEntry, { type: 'vote' }>, 'dueAt' | 'kind'>,
  vote: CastVote,
): TimelineEntry {
  const at = isoOf(vote.startedAt + Math.round(vote.phases.totalMs));
  return { at, type: 'vote', ...round, vote: presentVote(vote) };
}

/** Where the rounds are no longer kept, the alert that opened the incident still has the votes that explain it. */
function entriesOfAlert({ at, alert }: IncidentAlertEntity, rounds: readonly RoundEntity[]): TimelineEntry[] {
  const { alertId, transition, sequence, regions } = alert;
  const entry: TimelineEntry = { at: isoOf(at), type: 'alert', alertId, transition, sequence, regions };
  if (rounds.length > 0 || transition !== 'opened') return [entry];
  const round =
    alert.subject === 'certificate'
      ? ({ dueAt: isoOf(alert.firstFailureAt), kind: 'scheduled' } as const)
      : ({ dueAt: isoOf(alert.openedAt), kind: 'confirming' } as const);
  return [...alert.votes.map((vote) => entryOfVote(round, vote)), entry];
}

function entriesOfPeople({ acknowledgedAt, acknowledgedBy, resolvedAt, cause }: IncidentEntity): TimelineEntry[] {
  return [
    ...(acknowledgedAt === null
      ? []
      : [{ at: isoOf(acknowledgedAt), type: 'acknowledged', by: acknowledgedBy } satisfies TimelineEntry]),
    ...(resolvedAt === null ? [] : [{ at: isoOf(resolvedAt), type: 'resolved', cause } satisfies TimelineEntry]),
  ];
}
