import { describe, expect, it } from '@jest/globals';
import { newDelivery } from '@quorate/alerting';
import type { Delivery, Storm, StormMember, Transition } from '@quorate/contracts';
import type { PagerDutyEvent } from '@quorate/testing';
import { buildAlert, channelId, pagerduty, webhook } from '../alert.stage.ts';
import { headline } from './headline.ts';
import { pagerdutyChannel } from './pagerduty.channel.ts';
import { webhookChannel } from './webhook.channel.ts';

const openedAt = 1_800_000_000_000;
const stormId = `storm:${channelId}:${openedAt}`;

function memberOf(name: string, changes: Partial<StormMember> = {}): StormMember {
  return {
    incidentId: `00000000-0000-4000-8000-000000000001:${name}`,
    monitorId: '00000000-0000-4000-8000-000000000001',
    name,
    target: `https://${name.slice(0, 20)}.example/`,
    state: 'open',
    why: 'got 503, expected 200-299',
    openedAt,
    acknowledgedBy: null,
    resolvedAt: null,
    resolveCause: null,
    ...changes,
  };
}

function stormOf(members: readonly StormMember[], moreCount = 0): Storm {
  const countOf = (state: StormMember['state']) => members.filter((member) => member.state === state).length;
  const [openCount, resolvedCount] = [countOf('open') + moreCount, countOf('resolved')];
  const brake = { openedMax: 10, windowSeconds: 60 };
  const acknowledgedCount = countOf('acknowledged');
  return { channelId, topic: 'outages', ...brake, openCount, acknowledgedCount, resolvedCount, members: [...members] };
}

function messageOf(transition: Transition, storm: Storm): Delivery {
  const monitor = { name: 'Many monitors at once', type: 'storm', target: 'quorate', tags: {} };
  const alertId = `${stormId}:${transition}:1`;
  const about = { subject: 'storm', incidentId: stormId, alertId, monitorId: channelId, monitor } as const;
  const alert = buildAlert(transition, { ...about, sequence: 1, regions: [], expectedRegions: [], votes: [] });
  return { ...newDelivery(alert, channelId, openedAt), storm };
}

const shop = memberOf('Shop');
const cart = memberOf('Cart', { state: 'acknowledged', acknowledgedBy: 'Ada' });
const mail = memberOf('Mail', { state: 'resolved', resolvedAt: openedAt + 60_000, resolveCause: 'recovered' });

describe('the headline of a storm', () => {
  it.each<[Transition, StormMember[], number, string]>([
    [
      'opened',
      [shop, memberOf('Blog')],
      0,
      'Many monitors at once (more than 10 down within 60 s), others are told here: Shop, Blog',
    ],
    ['updated', [shop, cart, mail], 0, '2 of the 3 monitors of this storm are down, 1 acknowledged: Shop, Cart'],
    ['updated', [shop, mail], 0, '1 of the 2 monitors of this storm is down: Shop'],
    ['updated', [shop, memberOf('Blog')], 38, '40 of the 40 monitors of this storm are down: Shop, Blog and 38 more'],
    ['acknowledged', [cart], 0, 'Acknowledged: 1 monitor of this storm: Cart'],
    ['resolved', [mail], 0, 'The storm is over: 1 monitor no longer down'],
  ])('says of one that is %s who is down', (transition, members, moreCount, expected) => {
    expect(headline(messageOf(transition, stormOf(members, moreCount)), 1_024)).toBe(expected);
  });

  it('names as many as fit, and always says how many more there are', () => {
    const members = Array.from({ length: 50 }, (_, index) => memberOf(`${'👩‍👩‍👧‍👧'.repeat(5)} site ${index}`));
    const summary = headline(messageOf('updated', stormOf(members, 950)), 1_024);
    expect(summary.length).toBeLessThanOrEqual(1_024);
    expect(summary.length).toBeGreaterThan(900);
    expect(summary).toMatch(/👧 sit… and 9\d\d more$/u);
    expect(headline(messageOf('updated', stormOf(members)), 60).length).toBeLessThanOrEqual(60);
  });
});

describe('a storm, to PagerDuty', () => {
  const eventOf = (transition: Transition, storm: Storm) => {
    const message = { delivery: messageOf(transition, storm), traceId: null, now: openedAt };
    const publicUrl = 'https://quorate.example';
    return JSON.parse(pagerdutyChannel.call(pagerduty, { ...message, publicUrl }).body ?? '') as PagerDutyEvent;
  };

  it('is one alert under one key: triggered, triggered again with a new list, acknowledged, resolved', () => {
    const events = (['opened', 'updated', 'acknowledged', 'resolved'] as const).map((transition) =>
      eventOf(transition, stormOf([shop])),
    );
    expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'trigger', 'acknowledge', 'resolve']);
    expect(new Set(events.map(({ dedup_key }) => dedup_key))).toEqual(new Set([stormId]));
  });

  it('lists its monitors, says how many it leaves out, and links to them', () => {
    const event = eventOf('updated', stormOf([shop, cart, mail], 7));
    expect(event.payload).toMatchObject({
      source: 'quorate',
      severity: 'critical',
      class: 'storm',
      custom_details: {
        storm: { openCount: 8, acknowledgedCount: 1, resolvedCount: 1, unlistedCount: 7, openedMax: 10 },
        monitors: [
          { name: 'Shop', state: 'open', why: 'got 503, expected 200-299', openedAt: '2027-01-15T08:00:00.000Z' },
          { name: 'Cart', state: 'acknowledged', acknowledgedBy: 'Ada' },
          { name: 'Mail', state: 'resolved', resolvedAt: '2027-01-15T08:01:00.000Z', resolveCause: 'recovered' },
        ],
      },
    });
    expect(event.links).toEqual([
      {
        href: `https://quorate.example/api/v1/deliveries?stormId=${encodeURIComponent(stormId)}`,
        text: 'The incidents of the storm in Quorate',
      },
    ]);
  });
});

describe('a storm, to a webhook', () => {
  const callOf = (transition: Transition, storm: Storm) => {
    const message = { delivery: messageOf(transition, storm), traceId: null, publicUrl: null, now: openedAt };
    return webhookChannel.call(webhook, message);
  };
  const bodyOf = (transition: Transition, storm: Storm) =>
    JSON.parse(callOf(transition, storm).body ?? '') as { type: string; data: Record<string, unknown> };

  it('has types of its own, and an idempotency key for each message', () => {
    const transitions = ['opened', 'updated', 'acknowledged', 'resolved'] as const;
    expect(transitions.map((transition) => bodyOf(transition, stormOf([shop])).type)).toEqual([
      'storm.opened',
      'storm.updated',
      'storm.acknowledged',
      'storm.resolved',
    ]);
    expect(callOf('updated', stormOf([shop])).headers['webhook-id']).toBe(`${stormId}:updated:1:${channelId}`);
  });

  it('carries the counts and the list', () => {
    expect(bodyOf('updated', stormOf([shop, cart], 3)).data).toMatchObject({
      subject: 'storm',
      incidentId: stormId,
      transition: 'updated',
      monitor: null,
      storm: { openCount: 4, acknowledgedCount: 1, resolvedCount: 0, unlistedCount: 3 },
      members: [{ name: 'Shop' }, { name: 'Cart' }],
    });
  });

  it.each([
    ['names and states', 120, 50],
    ['counts', 900, 0],
  ])('is cut down to %s when the whole would be too large', (_left, idCharacters, memberCount) => {
    const members = Array.from({ length: 50 }, (_, index) =>
      memberOf(`Site ${index}`, { why: 'x'.repeat(500), incidentId: 'i'.repeat(idCharacters) }),
    );
    const body = callOf('updated', stormOf(members)).body ?? '';
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    const { data } = JSON.parse(body) as { data: { shortened: boolean; members: object[]; storm: object } };
    expect(data.shortened).toBe(true);
    expect(data.members).toHaveLength(memberCount);
    expect(data.storm).toMatchObject({ openCount: 50 });
  });
});
