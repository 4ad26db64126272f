/** What PagerDuty and webhooks are told of a certificate that is about to expire. */
import { describe, expect, it } from '@jest/globals';
import { newDelivery } from '@quorate/alerting';
import type { Alert, Delivery, Transition } from '@quorate/contracts';
import { castVoteOf, type PagerDutyEvent } from '@quorate/testing';
import { buildAlert, channelId, monitorId, pagerduty, startedAt, webhook } from '../alert.stage.ts';
import { pagerdutyChannel } from './pagerduty.channel.ts';
import { webhookChannel } from './webhook.channel.ts';

const certificate: NonNullable<Alert['certificate']> = {
  notAfter: Date.UTC(2026, 11, 4, 12),
  daysLeft: 13,
  issuer: 'CN=Example CA',
  subject: 'CN=shop.example',
  firstToExpire: 'CN=shop.example',
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  warning: true,
};
const facts = {
  notAfter: '2026-12-04T12:00:00.000Z',
  daysLeft: 13,
  subject: 'CN=shop.example',
  issuer: 'CN=Example CA',
  firstToExpire: 'CN=shop.example',
};

function alertOf(transition: Transition, changes: Partial<Alert> = {}): Alert {
  const incidentId = `${monitorId}:certificate:${startedAt}`;
  const seen = { ...castVoteOf('eu', 'up', startedAt), certificate };
  const votes = [seen, castVoteOf('us', 'up', startedAt)];
  const about = { subject: 'certificate', certificate, incidentId, regions: ['eu'], votes } as const;
  return buildAlert(transition, { ...about, votes, regions: ['eu'], ...changes });
}

const messageOf = (delivery: Delivery) => ({ delivery, traceId: null, publicUrl: null, now: startedAt });
const deliveryOf = (alert: Alert) => newDelivery(alert, channelId, startedAt);
const bodyOf = (text: string | null): unknown => JSON.parse(text ?? '{}');
const eventOf = (alert: Alert) =>
  bodyOf(pagerdutyChannel.call(pagerduty, messageOf(deliveryOf(alert))).body) as PagerDutyEvent;
const hookOf = (alert: Alert) =>
  bodyOf(webhookChannel.call(webhook, messageOf(deliveryOf(alert))).body) as { type: string; data: object };

describe('a certificate that is about to expire, to PagerDuty', () => {
  it('is a warning under a key of its own, with what each region saw', () => {
    const event = eventOf(alertOf('opened'));
    expect(event).toMatchObject({
      event_action: 'trigger',
      dedup_key: `${monitorId}:certificate:${startedAt}`,
      payload: {
        summary: 'Certificate of Shop expires in 13 days (2026-12-04)',
        severity: 'warning',
        class: 'certificate',
        source: 'https://shop.example/',
        component: 'Shop',
        group: 'web',
        custom_details: { certificate: facts, regions_warned: ['eu'], seen: [{ region: 'eu', ...facts }] },
      },
    });
    expect(event.payload?.custom_details).not.toHaveProperty('regions_down');
  });

  it('is acknowledged and resolved under that key', () => {
    expect(eventOf(alertOf('acknowledged'))).toMatchObject({ event_action: 'acknowledge' });
    expect(eventOf(alertOf('resolved', { resolveCause: 'renewed' }))).toMatchObject({
      event_action: 'resolve',
      dedup_key: `${monitorId}:certificate:${startedAt}`,
    });
  });
});

describe('a certificate that is about to expire, to a webhook', () => {
  it.each<[Transition, Partial<Alert>, string, string]>([
    ['opened', {}, 'certificate.expiring', 'Certificate of Shop expires in 13 days (2026-12-04)'],
    ['acknowledged', {}, 'certificate.acknowledged', 'Certificate of Shop expires in 13 days (2026-12-04)'],
    ['resolved', { resolveCause: 'renewed' }, 'certificate.resolved', 'Certificate of Shop was renewed'],
    ['resolved', { resolveCause: 'edited' }, 'certificate.resolved', 'Certificate of Shop is no longer watched'],
  ])('that is %s has a type and a sentence of its own', (transition, changes, type, headline) => {
    expect(hookOf(alertOf(transition, changes))).toMatchObject({
      type,
      data: {
        subject: 'certificate',
        headline,
        monitor: { id: monitorId, name: 'Shop' },
        certificate: facts,
        regions: ['eu'],
        seen: [{ region: 'eu', ...facts }],
      },
    });
  });

  it('names the authority whose own certificate is the first of the chain to expire', () => {
    const above = { ...certificate, firstToExpire: 'CN=R3' };
    expect(hookOf(alertOf('opened', { certificate: above })).data).toMatchObject({
      headline: 'Certificate "CN=R3" above that of Shop expires in 13 days (2026-12-04)',
    });
  });
});

describe('many certificates at once', () => {
  const stormId = `storm:${channelId}:certificates:${startedAt}`;
  function told(transition: Transition, openCount: number): Delivery {
    const counts = { openCount, acknowledgedCount: 0, resolvedCount: 40 - openCount };
    const members = [{ name: 'Shop', state: 'open' as const }].slice(0, openCount).map((member) => ({
      ...member,
      incidentId: 'i',
      monitorId: monitorId,
      target: 'https://shop.example/',
      why: null,
      openedAt: startedAt,
      acknowledgedBy: null,
      resolvedAt: null,
      resolveCause: null,
    }));
    const storm = { channelId, topic: 'certificates' as const, openedMax: 10, windowSeconds: 86_400 };
    const alert = buildAlert(transition, { subject: 'storm', incidentId: stormId, votes: [], regions: [] });
    return { ...deliveryOf(alert), storm: { ...storm, ...counts, members } };
  }
  const summaryOf = (delivery: Delivery) =>
    (bodyOf(pagerdutyChannel.call(pagerduty, messageOf(delivery)).body) as PagerDutyEvent).payload;

  it('are a warning too, and no outage', () => {
    expect(summaryOf(told('opened', 40))).toMatchObject({
      summary: 'The certificates of 40 monitors expire soon, told here together: Shop and 39 more',
      severity: 'warning',
      class: 'storm',
    });
    expect(summaryOf(told('updated', 1))?.summary).toBe(
      'The certificate of 1 monitor expires soon, told here together: Shop',
    );
    const hook = bodyOf(webhookChannel.call(webhook, messageOf(told('resolved', 0))).body);
    expect(hook).toMatchObject({
      type: 'storm.resolved',
      data: { headline: 'No certificate of these 40 monitors expires soon any more', storm: { topic: 'certificates' } },
    });
  });
});
