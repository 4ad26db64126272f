/** An alert's facts as every channel tells them: ISO times, each region's vote with evidence, Quorate's own trouble. */
import { decidingVote } from '@quorate/alerting';
import type { Alert, CastVote, Instant, PlatformTrouble } from '@quorate/contracts';

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

/** The alert in one line: who is down, why, and who saw it. */
export function headlineOf(alert: Alert): string {
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
