/** An alert's facts as every channel tells them: ISO times, each region's vote with evidence, Quorate's own trouble. */
import { decidingVote, expiryWords } from '@quorate/alerting';
import type { Alert, CastVote, CertificateFacts, Instant, PlatformTrouble } from '@quorate/contracts';

export function isoTime(at: Instant): string;
export function isoTime(at: Instant | null): string | null;
export function isoTime(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

export interface VoteFacts {
  readonly region: string;
  readonly outcome: CastVote['outcome'];
  readonly reason: CastVote['reason'];
  readonly message: string | null;
  readonly statusCode: number | null;
  readonly address: string | null;
  readonly startedAt: string;
  readonly timings: CastVote['phases'];
}

export function voteFacts({ region, outcome, reason, message, ...vote }: CastVote): VoteFacts {
  const { statusCode, address, startedAt, phases } = vote;
  return { region, outcome, reason, message, statusCode, address, startedAt: isoTime(startedAt), timings: phases };
}

/** The expected regions whose answer was still on its way when the majority was complete. */
export function outstandingRegions({ expectedRegions, votes }: Alert): string[] {
  const heard = new Set(votes.map(({ region }) => region));
  return expectedRegions.filter((region) => !heard.has(region));
}

/** What a platform alert tells: Quorate itself is in trouble, and no target is down. */
export interface PlatformFacts extends PlatformTrouble {
  readonly condition: string;
  readonly title: string;
  readonly since: string;
  readonly regions: readonly string[];
}

/** Null of a monitor's alert. */
export function platformFacts({ monitor, trouble, firstFailureAt, regions }: Alert): PlatformFacts | null {
  if (trouble === null) return null;
  return { condition: monitor.target, title: monitor.name, since: isoTime(firstFailureAt), regions, ...trouble };
}

/** What a certificate's alert tells: no target is down, and one will be. */
export function certificateFacts({ notAfter, daysLeft, subject, issuer, firstToExpire }: CertificateFacts) {
  return { notAfter: isoTime(notAfter), daysLeft, subject, issuer, firstToExpire };
}

/** What each region saw of it, also those that saw another one. */
export function certificatesSeen({ votes }: Alert) {
  return votes.flatMap(({ region, certificate }) =>
    certificate === null ? [] : [{ region, ...certificateFacts(certificate) }],
  );
}

/** Another certificate of the chain may be the first to expire: an authority's, that the target's depends on. */
function certificateName(name: string, { subject, firstToExpire }: CertificateFacts): string {
  const isOwn = firstToExpire === null || firstToExpire === subject;
  return isOwn ? `Certificate of ${name}` : `Certificate "${firstToExpire}" above that of ${name}`;
}

function certificateHeadline({ monitor, transition, resolveCause }: Alert, certificate: CertificateFacts): string {
  const name = certificateName(monitor.name, certificate);
  if (transition !== 'resolved') return `${name} expires ${expiryWords(certificate)}`;
  return resolveCause === 'renewed' ? `${name} was renewed` : `${name} is no longer watched`;
}

/** The alert in one line: who is down, why, and who saw it. */
export function headlineOf(alert: Alert): string {
  if (alert.certificate !== undefined) return certificateHeadline(alert, alert.certificate);
  const { monitor, regions, expectedRegions, transition, trouble } = alert;
  if (transition === 'test') return 'Test alert from Quorate: nothing is down';
  if (trouble !== null) {
    return transition === 'resolved' ? `Quorate: over: ${monitor.name}` : `Quorate: ${monitor.name}. ${trouble.detail}`;
  }
  if (transition === 'resolved') return `${monitor.name} is up again`;
  const why = decidingVote(alert)?.message ?? decidingVote(alert)?.reason ?? 'no answer as expected';
  const seenFrom = `${regions.length} of ${expectedRegions.length} regions: ${regions.join(', ')}`;
  return `${monitor.name} is down: ${why} (${seenFrom})`;
}
