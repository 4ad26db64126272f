/** What the other services would have written, for specs of what reads it. */
import type { Alert, CastVote, Check, Evidence, Instant, Vote } from '@quorate/contracts';

/** Of a site that answers in time: with 200, else with 503. */
function evidenceOf(outcome: Evidence['outcome'], startedAt: Instant): Evidence {
  const isDown = outcome === 'down';
  return {
    outcome,
    reason: isDown ? 'status.unexpected' : null,
    message: isDown ? 'got 503, expected 200-299' : null,
    startedAt,
    phases: { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 4, transferMs: 5, totalMs: 15 },
    statusCode: isDown ? 503 : 200,
    address: '203.0.113.7',
    connection: 'fresh',
    certificate: null,
    excerpt: null,
    redirects: 0,
  };
}

/** A vote as it stands in a closed round, and in the alert that came of it. */
export function castVoteOf(region: string, outcome: CastVote['outcome'], startedAt: Instant): CastVote {
  return { ...evidenceOf(outcome, startedAt), region, proberId: `${region}-1`, late: false };
}

/** A region's answer to a check, begun when it was due. */
export function answerTo(check: Check, region: string, outcome: Vote['outcome']): Vote {
  const { monitorId, monitorVersion, dueAt, kind } = check;
  const round = { monitorId, monitorVersion, dueAt, kind };
  return { v: 1, ...round, ...evidenceOf(outcome, dueAt), region, proberId: `${region}-1` };
}

/** What makes of an alert one about Quorate itself: of three regions, one is silent. */
export const silentRegion = {
  subject: 'platform',
  monitor: { name: 'Region ap is silent', type: 'platform', target: 'region-silent:ap', tags: {} },
  trouble: {
    severity: 'error',
    detail: 'Its prober was last heard at 2027-01-15 07:59:40 UTC.',
    consequence: '2 of 3 regions decide meanwhile.',
    remedy: 'Start a prober there.',
  },
  regions: ['ap'],
  expectedRegions: ['ap', 'eu', 'us'],
  votes: [],
} satisfies Partial<Alert>;
