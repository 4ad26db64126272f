/**
 * Any HTTP endpoint, signed as Standard Webhooks says. The reference to imitate for a new channel type.
 * `webhook-id` is the same for each try, so that a receiver can drop what it has seen.
 */
import { createHmac } from 'node:crypto';
import type { Alert, ChannelRecord, Delivery, Instant, Transition } from '@quorate/contracts';
import type { ChannelCall, ChannelType, Message } from './channel-call.ts';
import { cut } from './cut.ts';
import { certificateFacts, certificatesSeen, isoTime, platformFacts, voteFacts } from './evidence.ts';
import { headline } from './headline.ts';
import { judgeStatus } from './judgement.ts';
import { memberFacts, stormCounts } from './storm-words.ts';

const bodyBytesMax = 20_000;
const textCharactersMax = 200;
const nameCharactersMax = 60;

type Webhook = Extract<ChannelRecord, { type: 'webhook' }>;

const types: Readonly<Record<Transition, string>> = {
  opened: 'incident.opened',
  acknowledged: 'incident.acknowledged',
  reminder: 'incident.reminder',
  updated: 'storm.updated',
  resolved: 'incident.resolved',
  test: 'channel.test',
  pulse: 'dead-mans-switch.pulse',
};

/**
 * Quorate's own trouble, certificates and storms have types of their own: who counts outages must not count them.
 */
function typeOf({ subject, transition }: Alert): string {
  if (subject === 'certificate' && transition === 'opened') return 'certificate.expiring';
  return subject === 'monitor' ? types[transition] : `${subject}.${transition}`;
}

/** Headers that the exchange itself sets. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
]);

/** Who is in trouble: a monitor's target, many at once, or Quorate itself. */
function aboutOf({ alert, storm }: Delivery): Record<string, unknown> {
  if (storm !== null) return { monitor: null, storm: stormCounts(storm) };
  const platform = platformFacts(alert);
  if (platform !== null) return { monitor: null, platform };
  const { name, type, target } = alert.monitor;
  const { certificate } = alert;
  return {
    monitor: { id: alert.monitorId, name, type, target },
    ...(certificate !== undefined && { certificate: certificateFacts(certificate) }),
  };
}

/** What is always there, and small. */
function coreOf({ delivery, traceId, publicUrl }: Message): Record<string, unknown> {
  const { alert, late } = delivery;
  return {
    subject: alert.subject,
    alertId: alert.alertId,
    incidentId: alert.incidentId,
    transition: alert.transition,
    headline: headline(delivery, textCharactersMax),
    ...aboutOf(delivery),
    firstFailureAt: isoTime(alert.firstFailureAt),
    openedAt: isoTime(alert.openedAt),
    resolvedAt: isoTime(alert.resolvedAt),
    resolveCause: alert.resolveCause,
    acknowledgedBy: alert.acknowledgedBy,
    late,
    traceId,
    ...(publicUrl !== null && { publicUrl }),
  };
}

/** From the whole truth to the least that explains itself. */
function dataInOrder(message: Message): (() => Record<string, unknown>)[] {
  const { alert, storm } = message.delivery;
  const core = coreOf(message);
  if (storm !== null) {
    const names = storm.members.map(({ incidentId, name, state }) => ({
      incidentId,
      name: cut(name, nameCharactersMax),
      state,
    }));
    return [
      () => ({ ...core, members: storm.members.map(memberFacts) }),
      () => ({ ...core, members: names, shortened: true }),
      () => ({ ...core, members: [], shortened: true }),
    ];
  }
  if (alert.subject === 'platform') return [() => core];
  const { tags } = alert.monitor;
  const { regions, expectedRegions } = alert;
  return [
    () => ({ ...core, tags, regions, expectedRegions, ...evidenceOf(alert) }),
    () => {
      const votes = alert.votes.map(({ region, outcome, reason }) => ({ region, outcome, reason }));
      return { ...core, tags, regions, expectedRegions, votes, shortened: true };
    },
    () => ({ ...core, regionCount: regions.length, expectedRegionCount: expectedRegions.length, shortened: true }),
  ];
}

function evidenceOf(alert: Alert): Record<string, unknown> {
  return alert.subject === 'certificate' ? { seen: certificatesSeen(alert) } : { votes: alert.votes.map(voteFacts) };
}

function bodyOf(message: Message): string {
  const { alert } = message.delivery;
  let body = '';
  for (const data of dataInOrder(message)) {
    body = JSON.stringify({ type: typeOf(alert), timestamp: isoTime(alert.at), data: data() });
    if (Buffer.byteLength(body) < bodyBytesMax) break;
  }
  return body;
}

/** `v1,` and the HMAC-SHA256 of `id.timestamp.body`; the secret is `whsec_` and the key in base64. */
function signatureOf(secret: string, signed: { id: string; timestamp: string; body: string }): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const { id, timestamp, body } = signed;
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function signatureHeaders(secret: string, { id, body, now }: { id: string; body: string; now: Instant }) {
  const timestamp = String(Math.floor(now / 1_000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatureOf(secret, { id, timestamp, body }),
  };
}

function wantedHeaders({ webhook }: Webhook): Record<string, string> {
  const lowerCase = Object.entries(webhook.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(lowerCase.filter(([name]) => !ownHeaders.has(name)));
}

export const webhookChannel: ChannelType<Webhook> = {
  budget: null,
  call: (channel: Webhook, message: Message): ChannelCall => {
    const body = bodyOf(message);
    const signed = signatureHeaders(channel.webhook.secret, {
      id: message.delivery.deliveryId,
      body,
      now: message.now,
    });
    return { method: 'POST', url: channel.webhook.url, headers: { ...wantedHeaders(channel), ...signed }, body };
  },
  judge: ({ statusCode }) => judgeStatus(statusCode),
};
