/** PagerDuty, Events API v2: a trigger, an acknowledgement or a resolve, all of one incident under one key. */
import { decidingVote } from '@quorate/alerting';
import type { Alert, ChannelRecord, Delivery } from '@quorate/contracts';
import type { ChannelAnswer, ChannelCall, ChannelType, Judgement, Message } from './channel-call.ts';
import {
  certificateFacts,
  certificatesSeen,
  isoTime,
  outstandingRegions,
  platformFacts,
  voteFacts,
} from './evidence.ts';
import { headline } from './headline.ts';
import { judgeStatus } from './judgement.ts';
import { memberFacts, stormCounts } from './storm-words.ts';

const summaryCharactersMax = 1_024;
const dedupKeyCharactersMax = 255;
const eventBytesMax = 512_000;

type Pagerduty = Extract<ChannelRecord, { type: 'pagerduty' }>;
type EventAction = 'trigger' | 'acknowledge' | 'resolve';

/**
 * 120 events within any minute, sliding: a burst and what flows in during the same minute stay below it together. It is
 * counted by channel, so two channels with the same routing key may meet a 429, which only makes them wait.
 */
const budget = { burstMax: 30, perMinute: 90 };

function actionOf({ transition }: Alert): EventAction {
  if (transition === 'resolved') return 'resolve';
  return transition === 'acknowledged' ? 'acknowledge' : 'trigger';
}

function outageDetails(alert: Alert): Record<string, unknown> {
  return {
    monitor: { id: alert.monitorId, ...alert.monitor },
    first_failure_at: isoTime(alert.firstFailureAt),
    regions_down: alert.regions,
    regions_expected: alert.expectedRegions,
    votes: alert.votes.map(voteFacts),
    regions_outstanding: outstandingRegions(alert),
  };
}

function certificateDetails(alert: Alert): Record<string, unknown> | null {
  if (alert.certificate === undefined) return null;
  return {
    monitor: { id: alert.monitorId, ...alert.monitor },
    certificate: certificateFacts(alert.certificate),
    regions_warned: alert.regions,
    regions_expected: alert.expectedRegions,
    seen: certificatesSeen(alert),
  };
}

function stormDetails({ storm }: Delivery): Record<string, unknown> | null {
  if (storm === null) return null;
  return { storm: stormCounts(storm), monitors: storm.members.map(memberFacts) };
}

function detailsOf({ delivery, traceId }: Message): Record<string, unknown> {
  const { alert, late } = delivery;
  return {
    ...(stormDetails(delivery) ?? platformFacts(alert) ?? certificateDetails(alert) ?? outageDetails(alert)),
    incident: alert.incidentId,
    opened_at: isoTime(alert.openedAt),
    trace_id: traceId,
    ...(late && { late: 'The incident was resolved before this could be sent' }),
  };
}

/** What is in trouble, in PagerDuty's words. */
function affectedBy({ alert, storm }: Delivery): Record<string, unknown> {
  const { monitor, trouble } = alert;
  if (storm !== null) {
    return { source: 'quorate', severity: storm.topic === 'outages' ? 'critical' : 'warning', class: 'storm' };
  }
  if (trouble !== null)
    return { source: 'quorate', severity: trouble.severity, component: 'Quorate', class: 'platform' };
  const group = monitor.tags['team'] ?? monitor.tags['group'];
  return {
    source: monitor.target,
    component: monitor.name,
    ...(group !== undefined && { group }),
    ...gravityOf(alert),
  };
}

function gravityOf(alert: Alert): { severity: string; class: string } {
  if (alert.subject === 'certificate') return { severity: 'warning', class: 'certificate' };
  const severity = alert.transition === 'test' ? 'info' : 'critical';
  return { severity, class: decidingVote(alert)?.reason ?? alert.monitor.type };
}

function payloadOf(message: Message, details: Record<string, unknown>): Record<string, unknown> {
  const { alert } = message.delivery;
  return {
    summary: headline(message.delivery, summaryCharactersMax),
    timestamp: isoTime(alert.firstFailureAt),
    ...affectedBy(message.delivery),
    custom_details: details,
  };
}

function linksOf({ delivery: { alert }, publicUrl }: Message): Record<string, unknown> {
  if (publicUrl === null) return { client: 'Quorate' };
  const id = encodeURIComponent(alert.incidentId);
  const [path, text] =
    alert.subject === 'storm'
      ? [`api/v1/deliveries?stormId=${id}`, 'The incidents of the storm in Quorate']
      : [`api/v1/incidents/${id}`, 'The incident in Quorate'];
  const href = new URL(path, `${publicUrl.replace(/\/+$/, '')}/`).href;
  return { client: 'Quorate', client_url: publicUrl, links: [{ href, text }] };
}

function eventOf({ pagerduty }: Pagerduty, message: Message, details: Record<string, unknown>): string {
  const { alert } = message.delivery;
  const action = actionOf(alert);
  return JSON.stringify({
    routing_key: pagerduty.routingKey,
    event_action: action,
    dedup_key: alert.incidentId.slice(0, dedupKeyCharactersMax),
    ...linksOf(message),
    ...(action === 'trigger' && { payload: payloadOf(message, details) }),
  });
}

/** PagerDuty drops what is larger than its limit; a page without details is better than none. */
function bodyOf(channel: Pagerduty, message: Message): string {
  const whole = eventOf(channel, message, detailsOf(message));
  if (Buffer.byteLength(whole) <= eventBytesMax) return whole;
  const note = `Details were left out: the event would have been larger than ${eventBytesMax} bytes`;
  return eventOf(channel, message, { note, trace_id: message.traceId });
}

/** What PagerDuty says of a bad event: `{status, message, errors}`. */
function saidBy(text: string): string {
  try {
    const { message, errors } = JSON.parse(text) as { message?: unknown; errors?: unknown };
    return [message, ...(Array.isArray(errors) ? (errors as unknown[]) : [])]
      .filter((said) => typeof said === 'string')
      .join('; ');
  } catch {
    // Not PagerDuty's own answer (a proxy's page): it would explain nothing.
    return '';
  }
}

export const pagerdutyChannel: ChannelType<Pagerduty> = {
  budget,
  call: (channel: Pagerduty, message: Message): ChannelCall => ({
    method: 'POST',
    url: channel.pagerduty.url,
    headers: {},
    body: bodyOf(channel, message),
  }),
  judge: ({ statusCode, text }: ChannelAnswer): Judgement => judgeStatus(statusCode, saidBy(text)),
};
