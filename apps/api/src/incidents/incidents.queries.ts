/** Reads incidents and what happened in them. */
import { alertIdOf } from '@quorate/contracts';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { DeliveryEntity } from '../deliveries/delivery.entity.ts';
import { ProblemError } from '../http/problem.ts';
import { roundsAtTheEnds } from '../rounds/rounds.queries.ts';
import { builtInMonitorIds } from '../settings/built-in.ts';
import { IncidentAlertEntity, IncidentCommentEntity, IncidentEntity } from './incident.entity.ts';
import type { IncidentsQuery } from './incident.schema.ts';
import type { IncidentHistory } from './timeline.ts';

/** Rounds that a timeline shows at the start and at the end of an incident; an outage of days has thousands. */
const roundsShownMax = 30;
/** Entries of each other kind that a timeline shows, oldest first. */
const entriesShownMax = 500;

const conditions = {
  open: 'incident.resolvedAt IS NULL AND incident.acknowledgedAt IS NULL',
  acknowledged: 'incident.resolvedAt IS NULL AND incident.acknowledgedAt IS NOT NULL',
  resolved: 'incident.resolvedAt IS NOT NULL',
} as const;

const kinds = {
  monitor: 'incident.platform IS NULL AND incident.certificate IS NULL',
  certificate: 'incident.certificate IS NOT NULL',
  platform: 'incident.platform IS NOT NULL',
} as const;

/** @throws ProblemError when there is none. `isLocked` keeps it as it is until the transaction ends. */
export async function findIncident(manager: EntityManager, id: string, isLocked = false): Promise<IncidentEntity> {
  const lock = isLocked ? { lock: { mode: 'pessimistic_write' as const } } : {};
  const incident = await manager.findOne(IncidentEntity, { where: { id }, ...lock });
  if (incident !== null) return incident;
  throw new ProblemError('QRT_INCIDENT_UNKNOWN', 'No incident has this ID; list the incidents to see what there is.');
}

/** The page's rows and one more. Drills are shown to those who ask for them by their monitor. */
export function listIncidents(database: DataSource, query: IncidentsQuery): Promise<IncidentEntity[]> {
  const { status, monitorId, kind, cursor, limit } = query;
  const builder = database
    .createQueryBuilder(IncidentEntity, 'incident')
    .orderBy('incident.openedAt', 'DESC')
    .addOrderBy('incident.id', 'DESC')
    .take(limit + 1);
  if (status !== undefined) builder.andWhere(conditions[status]);
  if (kind !== undefined) builder.andWhere(kinds[kind]);
  if (monitorId !== undefined) builder.andWhere('incident.monitorId = :monitorId', { monitorId });
  else builder.andWhere('incident.monitorId NOT IN (:...builtInMonitorIds)', { builtInMonitorIds });
  if (cursor !== undefined) {
    builder.andWhere('(incident.openedAt, incident.id) < (:at, :id)', { at: new Date(cursor.at), id: cursor.id });
  }
  return builder.getMany();
}

/** The transitions of a storm: what a message of its roll-up may be. */
const messageTransitions = ['opened', 'updated', 'acknowledged', 'resolved'] as const;

/** The messages of roll-ups that told what these deliveries did not say themselves. */
async function messagesFor(manager: EntityManager, deliveries: readonly DeliveryEntity[]): Promise<DeliveryEntity[]> {
  const alertIds = deliveries.flatMap(({ delivery: { rolledUpIn } }) =>
    rolledUpIn === null
      ? []
      : messageTransitions.map((transition) => alertIdOf(rolledUpIn.stormId, transition, rolledUpIn.sequence)),
  );
  if (alertIds.length === 0) return [];
  const where = { alertId: In([...new Set(alertIds)]) };
  return manager.find(DeliveryEntity, { where, order: { plannedAt: 'ASC' }, take: entriesShownMax });
}

/** One question after the other: a transaction has one connection. */
export async function historyOf(manager: EntityManager, incident: IncidentEntity): Promise<IncidentHistory> {
  const where = { incidentId: incident.id };
  const deliveries = await manager.find(DeliveryEntity, { where, order: { plannedAt: 'ASC' }, take: entriesShownMax });
  const { monitorId, firstFailureAt: from, resolvedAt: to } = incident;
  return {
    incident,
    alerts: await manager.find(IncidentAlertEntity, { where, order: { at: 'ASC' }, take: entriesShownMax }),
    comments: await manager.find(IncidentCommentEntity, { where, order: { at: 'ASC' }, take: entriesShownMax }),
    deliveries: [...deliveries, ...(await messagesFor(manager, deliveries))],
    rounds: await roundsAtTheEnds(manager, monitorId, { from, to, countMax: roundsShownMax }),
  };
}
