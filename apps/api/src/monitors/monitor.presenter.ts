/** Shows a monitor as the API promises it: its settings with secrets redacted, and how it stands. */
import { timeToAlertSecondsMax } from '@quorate/consensus';
import { mapProbeSecrets, type Instant } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
import type { IncidentEntity } from '../incidents/incident.entity.ts';
import type { RoundEntity } from '../rounds/round.entity.ts';
import { presentFirstExpiry, presentRound } from '../rounds/round.presenter.ts';
import { redactSecrets } from '../secrets/sealing.ts';
import type { MonitorEntity } from './monitor.entity.ts';
import type { MonitorStatusEntity } from './monitor-status.entity.ts';
import type { MonitorAnswer } from './monitor.schema.ts';

export interface MonitorView {
  readonly monitor: MonitorEntity;
  readonly status: MonitorStatusEntity | null;
  readonly lastRound: RoundEntity | null;
  /** The open warning that its certificate is about to expire. */
  readonly warning: IncidentEntity | null;
}

export interface Showing {
  /** Of a heartbeat monitor, which is shown. */
  readonly token: string | null;
  readonly now: Instant;
}

const dayMs = 86_400_000;

export function presentMonitor(view: MonitorView, { token, now }: Showing): MonitorAnswer {
  const { monitor, status, lastRound, warning } = view;
  const { settings } = monitor;
  const shown = redactSecrets(settings, mapProbeSecrets);
  return {
    id: monitor.id,
    ...(shown.type === 'heartbeat' ? { ...shown, heartbeat: { ...shown.heartbeat, token } } : shown),
    version: monitor.version,
    ...presentStatus(monitor, status),
    timeToAlertSecondsMax: timeToAlertSecondsMax(
      settings,
      settings.type === 'heartbeat' ? settings.heartbeat.graceSeconds : 0,
    ),
    certificate: presentFirstExpiry(lastRound?.votes ?? []),
    certificateWarning: warning === null ? null : presentWarning(warning, now),
    lastRound: lastRound === null ? null : presentRound(lastRound),
  };
}

function presentWarning(incident: IncidentEntity, now: Instant): MonitorAnswer['certificateWarning'] {
  const { id: incidentId, openedAt, acknowledgedBy, certificate } = incident;
  if (certificate === null) return null;
  const { notAfter, subject, issuer, firstToExpire } = certificate;
  return {
    notAfter: isoOf(notAfter),
    daysLeft: Math.floor((notAfter - now) / dayMs),
    ...{ subject, issuer, firstToExpire },
    since: isoOf(openedAt),
    incidentId,
    acknowledgedBy,
  };
}

/** What people asked for shows at once; the aggregator's word on it follows. */
function presentStatus(
  { paused, changedAt }: MonitorEntity,
  status: MonitorStatusEntity | null,
): Pick<MonitorAnswer, 'status' | 'statusSince' | 'flapping'> {
  const isCurrent = status !== null && (status.status === 'paused') === paused;
  if (isCurrent) return { status: status.status, statusSince: isoOf(status.since), flapping: status.flapping };
  return { status: paused ? 'paused' : 'pending', statusSince: isoOf(changedAt), flapping: false };
}
