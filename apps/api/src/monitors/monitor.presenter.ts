/** Shows a monitor as the API promises it: its settings with secrets redacted, and how it stands. */
import { timeToAlertSecondsMax } from '@quorate/consensus';
import { mapProbeSecrets } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
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
}

/** `token`: that of a heartbeat monitor, which is shown. */
export function presentMonitor({ monitor, status, lastRound }: MonitorView, token: string | null): MonitorAnswer {
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
    lastRound: lastRound === null ? null : presentRound(lastRound),
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
