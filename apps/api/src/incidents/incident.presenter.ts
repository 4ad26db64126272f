/** Shows an incident as the API promises it. */
import { isoOf, isoOrNull } from '../http/instants.ts';
import { presentCertificate } from '../rounds/round.presenter.ts';
import type { IncidentEntity } from './incident.entity.ts';
import type { IncidentAnswer, IncidentSummary } from './incident.schema.ts';
import { timelineOf, type IncidentHistory } from './timeline.ts';

export function presentIncidentSummary(incident: IncidentEntity): IncidentSummary {
  const { id, monitorId, platform, certificate, firstFailureAt, openedAt, resolvedAt, cause, regions } = incident;
  return {
    id,
    kind: kindOf(incident),
    monitorId: platform === null ? monitorId : null,
    platform,
    certificate: presentCertificate(certificate),
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

function kindOf({ platform, certificate }: IncidentEntity): IncidentSummary['kind'] {
  if (platform !== null) return 'platform';
  return certificate === null ? 'monitor' : 'certificate';
}

function statusOf({ resolvedAt, acknowledgedAt }: IncidentEntity): IncidentSummary['status'] {
  if (resolvedAt !== null) return 'resolved';
  return acknowledgedAt === null ? 'open' : 'acknowledged';
}
