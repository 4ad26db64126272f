/** The votes of simulated voters. */
import type { Check, Vote } from '@quorate/contracts';

export type Seen = Pick<Vote, 'outcome' | 'reason' | 'message'>;

type Voter = Pick<Vote, 'region' | 'proberId'>;

export function voteOf({ monitorId, monitorVersion, dueAt, kind }: Check, voter: Voter, seen: Seen): Vote {
  return {
    v: 1,
    ...{ monitorId, monitorVersion, dueAt, kind },
    ...voter,
    ...seen,
    startedAt: dueAt,
    phases: { dnsMs: null, connectMs: 1, tlsMs: null, ttfbMs: null, transferMs: null, totalMs: 1 },
    statusCode: null,
    address: null,
    connection: 'fresh',
    certificate: null,
    excerpt: null,
    redirects: 0,
  };
}
