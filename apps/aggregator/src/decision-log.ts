/** Counts and logs what was decided, once it is durable. */
import type { Effect } from '@quorate/consensus';
import type { Alert, RoundClosed } from '@quorate/contracts';
import { metrics, type Logger } from '@quorate/telemetry';

function countRound({ kind, verdict, votes, dueAt, decidedAt }: RoundClosed): void {
  metrics.roundsClosed.add(1, { kind, verdict });
  metrics.verdictSeconds.record(Math.max(0, decidedAt - dueAt) / 1_000);
  for (const { outcome } of votes) metrics.votesCounted.add(1, { outcome, late: false });
}

const sentences: Readonly<Record<Alert['transition'], string>> = {
  opened: 'Incident opened',
  acknowledged: 'Incident acknowledged',
  reminder: 'Incident is still open',
  updated: 'Storm changed',
  resolved: 'Incident resolved',
  test: 'Channel tested',
  pulse: 'The dead man’s switch gave a sign of life',
};

function logAlert(logger: Logger, alert: Alert): void {
  const { transition, monitorId, incidentId, regions, resolveCause } = alert;
  metrics.alerts.add(1, { transition });
  if (alert.subject === 'certificate') {
    const daysLeft = alert.certificate?.daysLeft;
    logger.info(`Warning of a certificate ${transition}`, { monitorId, incidentId, regions, resolveCause, daysLeft });
    return;
  }
  // One in every round of it, for good.
  if (transition === 'pulse') return logger.debug(sentences.pulse, { monitorId, incidentId });
  logger.info(sentences[transition], { monitorId, incidentId, regions, resolveCause });
}

export interface QuarantineChange {
  readonly region: string;
  readonly hasBegun: boolean;
}

export function logQuarantine(logger: Logger, partition: number, { region, hasBegun }: QuarantineChange): void {
  metrics.quarantineChanges.add(1, { region, change: hasBegun ? 'begun' : 'ended' });
  const fields = { region, partition };
  if (hasBegun) logger.warn('A region contradicts the others on most monitors; its votes do not count', fields);
  else logger.info('A region agrees with the others again; its votes count', fields);
}

export function logDecided(logger: Logger, effect: Effect): void {
  switch (effect.kind) {
    case 'round-closed':
      return countRound(effect.record);
    case 'late-vote':
      return metrics.votesCounted.add(1, { outcome: effect.record.vote.outcome, late: true });
    case 'status-changed':
      metrics.statusChanges.add(1, { status: effect.record.status });
      return logger.debug('Status changed', { monitorId: effect.record.monitorId, status: effect.record.status });
    case 'alert':
      return logAlert(logger, effect.alert);
    case 'confirmation':
      return metrics.checksEmitted.add(1, { kind: effect.check.kind });
    case 'verdict-fell':
      return;
    default:
      effect satisfies never;
  }
}
