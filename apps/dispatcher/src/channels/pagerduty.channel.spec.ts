import { describe, expect, it } from '@jest/globals';
import { newDelivery } from '@quorate/alerting';
import type { Alert } from '@quorate/contracts';
import { castVoteOf, silentRegion, type PagerDutyEvent } from '@quorate/testing';
import { buildAlert, channelId, incidentId, monitorId, pagerduty, startedAt, traceId } from '../alert.stage.ts';
import type { Message } from './channel-call.ts';
import { pagerdutyChannel } from './pagerduty.channel.ts';

function bodyOf(alert: Alert, changes: Partial<Message> = {}): string {
  const delivery = newDelivery(alert, channelId, startedAt);
  const message = { delivery, traceId: null, publicUrl: null, now: startedAt, ...changes };
  return pagerdutyChannel.call(pagerduty, message).body ?? '';
}

const eventOf = (alert: Alert, changes: Partial<Message> = {}) => JSON.parse(bodyOf(alert, changes)) as PagerDutyEvent;

describe('an event for PagerDuty', () => {
  it.each<[Alert['transition'], string]>([
    ['opened', 'trigger'],
    ['acknowledged', 'acknowledge'],
    ['resolved', 'resolve'],
    ['test', 'trigger'],
  ])('says of an alert that is %s: %s', (transition, action) => {
    expect(eventOf(buildAlert(transition)).event_action).toBe(action);
  });

  it('has the same key for all that is said of an incident, and another for the next incident', () => {
    const keys = (['opened', 'acknowledged', 'resolved'] as const).map(
      (transition) => eventOf(buildAlert(transition)).dedup_key,
    );
    expect(new Set(keys)).toEqual(new Set([incidentId]));
    expect(eventOf(buildAlert('opened', { incidentId: `${monitorId}:1` })).dedup_key).toBe(`${monitorId}:1`);
    expect(keys[0]?.length).toBeLessThanOrEqual(255);
  });

  it('names the regions whose answer was still on its way when the majority was complete', () => {
    const alert = buildAlert('opened');
    const withoutOne = { ...alert, votes: alert.votes.filter(({ region }) => region !== 'ap') };
    expect(eventOf(withoutOne).payload?.custom_details).toMatchObject({ regions_outstanding: ['ap'] });
  });

  it('carries the vote of every region with its evidence', () => {
    const details = eventOf(buildAlert('opened'), { traceId }).payload?.custom_details;
    expect(details).toMatchObject({
      trace_id: traceId,
      regions_down: ['eu', 'us'],
      regions_expected: ['eu', 'us', 'ap'],
      regions_outstanding: [],
    });
    expect(details?.['votes']).toContainEqual({
      region: 'eu',
      outcome: 'down',
      reason: 'status.unexpected',
      message: 'got 503, expected 200-299',
      statusCode: 503,
      address: '203.0.113.7',
      startedAt: '2027-01-15T08:00:00.000Z',
      timings: { dnsMs: 1, connectMs: 2, tlsMs: 3, ttfbMs: 4, transferMs: 5, totalMs: 15 },
    });
  });

  it('links to the incident only where people can reach this installation', () => {
    expect(eventOf(buildAlert('opened'))).not.toHaveProperty('links');
    expect(eventOf(buildAlert('opened'), { publicUrl: 'https://quorate.example/status/' })).toMatchObject({
      client_url: 'https://quorate.example/status/',
      links: [{ href: `https://quorate.example/status/api/v1/incidents/${encodeURIComponent(incidentId)}` }],
    });
  });

  it('cuts a summary that is too long, and not in the middle of an emoji', () => {
    const name = `${'😀'.repeat(100)}`;
    const vote = { ...castVoteOf('eu', 'down', 0), message: '👩‍👩‍👧‍👧'.repeat(90) };
    const summary = eventOf(
      buildAlert('opened', { monitor: { name, type: 'http', target: 't', tags: {} }, votes: [vote] }),
    ).payload?.summary;
    expect(summary?.length).toBeLessThanOrEqual(1_024);
    expect(summary?.length).toBeGreaterThan(1_000);
    expect(summary).toMatch(/👧…$/u);
  });

  it('leaves out the details of an event that PagerDuty would drop for its size', () => {
    const votes = Array.from({ length: 1_000 }, (_, index) => ({
      ...castVoteOf(`region-${index}`, 'down', 0),
      message: 'x'.repeat(1_000),
    }));
    const alert = buildAlert('opened', { votes, regions: votes.map(({ region }) => region) });
    const body = bodyOf(alert, { traceId });
    expect(Buffer.byteLength(body)).toBeLessThan(512_000);
    const event = JSON.parse(body) as PagerDutyEvent;
    expect(event.payload?.custom_details).toEqual({
      note: 'Details were left out: the event would have been larger than 512000 bytes',
      trace_id: traceId,
    });
  });

  it('tells of trouble in Quorate itself what is wrong, what it means and what to do, and accuses no target', () => {
    const { payload } = eventOf(buildAlert('opened', silentRegion), { traceId });
    expect(payload).toEqual({
      summary: 'Quorate: Region ap is silent. Its prober was last heard at 2027-01-15 07:59:40 UTC.',
      source: 'quorate',
      severity: 'error',
      component: 'Quorate',
      class: 'platform',
      timestamp: '2027-01-15T07:59:40.000Z',
      custom_details: {
        condition: 'region-silent:ap',
        title: 'Region ap is silent',
        since: '2027-01-15T07:59:40.000Z',
        regions: ['ap'],
        ...silentRegion.trouble,
        incident: incidentId,
        opened_at: '2027-01-15T08:00:00.000Z',
        trace_id: traceId,
      },
    });
    const resolved = eventOf(buildAlert('resolved', silentRegion));
    expect(resolved).toMatchObject({ event_action: 'resolve', dedup_key: incidentId });
  });

  it('says something even when no vote does', () => {
    expect(eventOf(buildAlert('opened', { votes: [] })).payload).toMatchObject({
      summary: 'Shop is down: no answer as expected (2 of 3 regions: eu, us)',
      class: 'http',
    });
  });
});

describe("PagerDuty's answer", () => {
  const said = (text: string) => pagerdutyChannel.judge({ statusCode: 400, text }).error;

  it('explains why an event was refused', () => {
    expect(
      said('{"status":"invalid event","message":"Event object is invalid","errors":["Length of key is incorrect"]}'),
    ).toBe('answered 400: Event object is invalid; Length of key is incorrect');
  });

  it.each([['<html>Bad gateway</html>'], [''], ['null'], ['[1]'], ['{"message":{"a":1},"errors":"none"}']])(
    'explains nothing when it is %s',
    (text) => {
      expect(said(text)).toBe('answered 400');
    },
  );
});
