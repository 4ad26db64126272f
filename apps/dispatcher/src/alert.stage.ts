/** What specs of deliveries tell of: alerts as the aggregator would write them, of one incident of one monitor. */
import { alertIdOf, type Alert, type CastVote } from '@quorate/contracts';

export const startedAt = 1_800_000_000_000;
export const monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
export const channelId = '11111111-1111-4111-8111-111111111111';
export const incidentId = `${monitorId}:${startedAt - 10_000}`;
export const routingKey = 'R0123456789ABCDEF0123456789ABCDE';
export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

export function buildVote(region: string, outcome: CastVote['outcome'], at: number): CastVote {
  return {
    region,
    proberId: `${region}-1`,
    outcome,
    reason: outcome === 'down' ? 'status.unexpected' : null,
    message: outcome === 'down' ? 'got 503, expected 200-299' : null,
    startedAt: at,
    phases: { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 4, transferMs: 5, totalMs: 15 },
    statusCode: outcome === 'down' ? 503 : 200,
    address: '203.0.113.7',
    connection: 'fresh',
    certificate: null,
    excerpt: null,
    redirects: 0,
    late: false,
  };
}

export function buildAlert(transition: Alert['transition'], changes: Partial<Alert> = {}, at = startedAt): Alert {
  return {
    v: 1,
    subject: 'monitor',
    trouble: null,
    alertId: alertIdOf(changes.incidentId ?? incidentId, transition, 0),
    incidentId,
    monitorId,
    transition,
    sequence: 0,
    at,
    monitor: { name: 'Shop', type: 'http', target: 'https://shop.example/', tags: { team: 'web' } },
    channelIds: [channelId],
    firstFailureAt: startedAt - 20_000,
    openedAt: startedAt,
    resolvedAt: transition === 'resolved' ? at : null,
    resolveCause: transition === 'resolved' ? 'recovered' : null,
    acknowledgedBy: null,
    regions: ['eu', 'us'],
    expectedRegions: ['eu', 'us', 'ap'],
    votes: [buildVote('eu', 'down', at), buildVote('us', 'down', at), buildVote('ap', 'up', at)],
    ...changes,
  };
}

/** What makes of an alert one about Quorate itself. */
export const platformTrouble: Partial<Alert> = {
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
};
