/** Shows an incident as the API promises it. */
import { isoOf, isoOrNull } from '../http/instants.ts';
import type { IncidentEntity } from './incident.entity.ts';
import type { IncidentAnswer, IncidentSummary } from './incident.schema.ts';
import { timelineOf, type IncidentHistory } from './timeline.ts';

export function presentIncidentSummary(incident: IncidentEntity): IncidentSummary {
  const { id, monitorId, platform, firstFailureAt, openedAt, resolvedAt, cause, regions } = incident;
  return {
    id,
    kind: platform === null ? 'monitor' : 'platform',
    monitorId: platform === null ? monitorId : null,
    platform,
    status: statusOf(incident),
    firstFailureAt: isoOf(firstFailureAt),
    openedAt: isoOf(openedAt),
    resolvedAt: isoOrNull(resolvedAt),
    cause,
    regions,
  };
}

export function presentIncident(history: IncidentHistory): IncidentAnswer {
  return { ...presentIncidentSummary(history.incident), timeline: timelineOf(history) };
}

function statusOf({ resolvedAt, acknowledgedAt }: IncidentEntity): IncidentSummary['status'] {
  if (resolvedAt !== null) return 'resolved';
  return acknowledgedAt === null ? 'open' : 'acknowledged';
}
