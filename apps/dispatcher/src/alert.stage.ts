/** What specs of deliveries tell of: alerts as the aggregator would write them, of one incident of one monitor. */
import { alertIdOf, type Alert, type ChannelRecord } from '@quorate/contracts';
import { castVoteOf } from '@quorate/testing';

export const startedAt = 1_800_000_000_000;
export const monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
export const channelId = '11111111-1111-4111-8111-111111111111';
export const backupId = '22222222-2222-4222-8222-222222222222';
export const incidentId = `${monitorId}:${startedAt - 10_000}`;
export const routingKey = 'R0123456789ABCDEF0123456789ABCDE';
export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

const channel = {
  v: 1,
  entity: 'channel',
  id: channelId,
  version: 1,
  name: 'On call',
  fallbackChannelId: null,
  stormBrake: { enabled: true, openedMax: 10, windowSeconds: 60 },
} as const;
export const pagerduty = {
  ...channel,
  type: 'pagerduty',
  pagerduty: { routingKey, url: 'https://events.pagerduty.com/v2/enqueue' },
} satisfies ChannelRecord;
export const webhook = {
  ...channel,
  type: 'webhook',
  webhook: { url: 'https://hooks.example/', secret: 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz', headers: {} },
} satisfies ChannelRecord;

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
    votes: [castVoteOf('eu', 'down', at), castVoteOf('us', 'down', at), castVoteOf('ap', 'up', at)],
    ...changes,
  };
}
