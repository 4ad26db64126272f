/**
 * The warning that a certificate is about to expire: a state beside the status, told once for each certificate. A
 * majority opens it and a majority ends it, so what one region alone sees stays evidence.
 */
import {
  alertIdOf,
  certificateWarningDaysOf,
  certificateWarningIdOf,
  type Alert,
  type CertificateFacts,
  type Instant,
  type MonitorRecord,
  type MonitorState,
  type ResolveCause,
} from '@quorate/contracts';
import { certificateSightOf, type CertificateSight, type SeenCertificate } from './certificate-sight.ts';
import { castVotesOf } from './evidence.ts';
import { faceOf } from './incident.ts';
import { change, reservationsOf, type KnownWork, type Work } from './memory.ts';
import type { Ruling } from './ruling.ts';
import type { AnnouncedWindow } from './vote-window.ts';

type Warning = NonNullable<MonitorState['certificateWarning']>;
type Telling = Pick<Alert, 'transition' | 'resolvedAt' | 'resolveCause'>;

function tell(work: Work, warning: Warning, telling: Telling): void {
  const { traceparent, ...told } = warning;
  const alertId = alertIdOf(warning.incidentId, telling.transition, 0);
  const about = { subject: 'certificate', trouble: null, monitorId: work.monitorId, sequence: 0 } as const;
  const alert: Alert = { v: 1, ...told, ...telling, ...about, alertId, at: work.context.now };
  work.effects.push({ kind: 'alert', alert, parent: traceparent });
}

/** The certificate that is warned of, and not another one that expires at another time or in another's name. */
function isSame(left: CertificateFacts, right: CertificateFacts): boolean {
  return left.notAfter === right.notAfter && left.firstToExpire === right.firstToExpire;
}

/**
 * Those that nobody was told of. Regions, and servers that take turns, may each have a certificate of its own: only one
 * that lasts longer than all that were seen as it was told is new, so that none is told twice, in whichever order they
 * come. After an edit it is new where nobody sees the one that was told.
 */
function newsIn({ expiring }: CertificateSight, state: MonitorState): readonly SeenCertificate[] {
  const { certificateWarning: open, certificateToldUntil: toldUntil } = state;
  if (toldUntil !== null) return expiring.filter(({ certificate }) => certificate.notAfter > toldUntil);
  const isToldSeen = open !== null && expiring.some(({ certificate }) => isSame(certificate, open.certificate));
  return isToldSeen ? [] : expiring;
}

/** How a round ended, and when. */
interface Closed {
  readonly ruling: Ruling;
  readonly at: Instant;
}

/** Takes in what a scheduled round has seen, as its window closes. */
export function watchCertificate(work: KnownWork, window: AnnouncedWindow, { ruling, at }: Closed): void {
  const sight = certificateSightOf(window, ruling, reservationsOf(work).silent);
  endIfOver(work, sight, at);
  // Under maintenance nobody is told; what is still so afterwards is seen by the next round.
  if (sight.expiring.length < sight.quorum || work.state.maintenance) return;
  const news = newsIn(sight, work.state);
  if (news.length >= sight.quorum) {
    end(work, { resolvedAt: at, resolveCause: 'renewed' });
    open(work, window, { news, sight, at });
  } else if (work.state.certificateToldUntil === null) {
    change(work, { certificateToldUntil: lastEndIn(sight) });
  }
}

function lastEndIn({ expiring }: CertificateSight): Instant {
  return Math.max(...expiring.map(({ certificate }) => certificate.notAfter));
}

interface Opening {
  readonly news: readonly SeenCertificate[];
  readonly sight: CertificateSight;
  readonly at: Instant;
}

/** Of several certificates the one that expires first is told. */
function open(work: KnownWork, window: AnnouncedWindow, { news, sight, at }: Opening): void {
  const [first] = news.toSorted((left, right) => left.certificate.notAfter - right.certificate.notAfter);
  if (first === undefined) return;
  const { dueAt, check, votes } = window;
  const warning: Warning = {
    incidentId: certificateWarningIdOf(work.monitorId, dueAt),
    ...faceOf(work.monitor),
    certificate: first.certificate,
    firstFailureAt: dueAt,
    openedAt: at,
    acknowledgedBy: null,
    regions: sight.expiring.map(({ region }) => region),
    expectedRegions: check.expectedRegions,
    votes: castVotesOf(window),
    traceparent: votes.get(first.region)?.traceparent ?? check.traceparent,
  };
  change(work, { certificateWarning: warning, certificateToldUntil: lastEndIn(sight) });
  tell(work, warning, { transition: 'opened', resolvedAt: null, resolveCause: null });
}

/** The same certificate ends no warning of itself, however the clocks of the probers differ; an edit may. */
function endIfOver(work: KnownWork, { quorum, lasting, bareCount }: CertificateSight, at: Instant): void {
  const { certificateWarning: warning, certificateToldUntil: toldUntil } = work.state;
  if (warning === null) return;
  const others = lasting.filter(({ certificate }) => !isSame(certificate, warning.certificate));
  if (others.length >= quorum) end(work, { resolvedAt: at, resolveCause: 'renewed' });
  else if (bareCount >= quorum || (toldUntil === null && lasting.length >= quorum))
    end(work, { resolvedAt: at, resolveCause: 'edited' });
}

interface Ending {
  readonly resolvedAt: Instant;
  readonly resolveCause: ResolveCause;
}

function end(work: KnownWork, ending: Ending): void {
  if (work.state.certificateWarning === null) return;
  abandonCertificateWarning(work, ending);
  change(work, { certificateWarning: null });
}

/** Tells that an open warning is over. The caller forgets it. */
export function abandonCertificateWarning(work: Work, { resolvedAt, resolveCause }: Ending): void {
  const warning = work.state?.certificateWarning ?? null;
  if (warning === null) return;
  const ending = { resolvedAt: Math.max(resolvedAt, warning.openedAt), resolveCause };
  tell(work, warning, { transition: 'resolved', ...ending });
}

/** Takes in an edit: what is probed now may be of no interest, or have another certificate. */
export function reviseCertificateWarning(work: KnownWork, monitor: MonitorRecord, isOtherProbe: boolean): void {
  if (isOtherProbe) change(work, { certificateToldUntil: null });
  if (certificateWarningDaysOf(monitor) === 0) end(work, { resolvedAt: work.context.now, resolveCause: 'edited' });
  const { certificateWarning: warning } = work.state;
  if (warning !== null) change(work, { certificateWarning: { ...warning, ...faceOf(monitor) } });
}

export function acknowledgeCertificateWarning(work: KnownWork, incidentId: string, acknowledgedBy: string): void {
  const { certificateWarning: warning } = work.state;
  if (warning?.incidentId !== incidentId || warning.acknowledgedBy !== null) return;
  const acknowledged = { ...warning, acknowledgedBy };
  change(work, { certificateWarning: acknowledged });
  tell(work, acknowledged, { transition: 'acknowledged', resolvedAt: null, resolveCause: null });
}
