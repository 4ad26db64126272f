import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Alert } from '@quorate/contracts';
import { castVoteOf, silentRegion } from '@quorate/testing';
import { channelId, incidentId, startedAt, traceId } from '../alert.stage.ts';
import { openDeliveryStage, type DeliveryStage } from '../delivery.stage.ts';

const key = Buffer.alloc(32, 5);
const secret = `whsec_${key.toString('base64')}`;

interface Call {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let stage: DeliveryStage;
let receiver: Server;
let calls: Call[];
let answer: (response: ServerResponse, callCount: number) => void;

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  calls.push({ path: request.url, headers: request.headers, body });
  answer(response, calls.length);
}

async function run(webhook: Record<string, unknown> = {}): Promise<void> {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/quorate`;
  await stage.saveChannel({ type: 'webhook', webhook: { url, secret, ...webhook } });
  await stage.run({}, null);
}

interface Body {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
}

const bodies = () => calls.map(({ body }) => JSON.parse(body) as Body);

function expectSigned({ headers, body }: Call): void {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const signature = createHmac('sha256', key).update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
}

beforeEach(async () => {
  stage = await openDeliveryStage();
  calls = [];
  answer = (response) => void response.writeHead(204).end();
  receiver = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await stage.end();
});

describe('a webhook', () => {
  it('is signed as Standard Webhooks says, over the very bytes of its body', async () => {
    await run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expectSigned(calls[0]!);
    expect(calls[0]?.path).toBe('/hooks/quorate');
    expect(calls[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': `${incidentId}:opened:0:${channelId}`,
      'user-agent': expect.stringMatching(/^Quorate\//),
    });
    expect(Number(calls[0]?.headers['webhook-timestamp'])).toBe(Math.floor(startedAt / 1_000));
  });

  it('tells type, time and facts, with the trace', async () => {
    await run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(bodies()[0]).toMatchObject({
      type: 'incident.opened',
      timestamp: '2027-01-15T08:00:00.000Z',
      data: {
        incidentId: incidentId,
        headline: 'Shop is down: got 503, expected 200-299 (2 of 3 regions: eu, us)',
        monitor: { name: 'Shop', target: 'https://shop.example/' },
        traceId: traceId,
        regions: ['eu', 'us'],
        late: false,
      },
    });
  });

  it('keeps its id over every try, and signs each with its own time', async () => {
    answer = (response, callCount) => void response.writeHead(callCount < 3 ? 500 : 200).end();
    await run();
    await stage.raise('opened');
    await stage.reach(['opened delivered'], 1_000);
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(calls.map(({ headers }) => headers['webhook-timestamp'])).size).toBeGreaterThan(1);
    calls.forEach(expectSigned);
  });

  it('comes back when the receiver asked it to, not before', async () => {
    answer = (response, callCount) =>
      void response.writeHead(callCount === 1 ? 429 : 200, { 'retry-after': '120' }).end();
    await run();
    await stage.raise('opened');
    await stage.reach(['opened delivered'], 5_000);
    const [first, second] = (await stage.deliveries())[0]?.attempts ?? [];
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(120_000);
  });

  it('follows no redirect', async () => {
    answer = (response, callCount) =>
      void response.writeHead(callCount === 1 ? 307 : 200, { location: '/elsewhere' }).end();
    await run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(calls.map(({ path }) => path)).toEqual(['/hooks/quorate', '/hooks/quorate']);
  });

  it('is given up when its receiver is gone for good', async () => {
    answer = (response) => void response.writeHead(410).end();
    await run();
    await stage.raise('opened');
    await stage.reach(['opened dead']);
    expect(calls).toHaveLength(1);
  });

  it('does not wait for an answer that never ends', async () => {
    answer = (response, callCount) => {
      if (callCount > 1) response.writeHead(200).end();
      else response.writeHead(200).write('{"a":');
    };
    await run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect((await stage.deliveries())[0]?.attempts[0]?.error).toBe('no complete answer within 300 ms');
  });

  it('reads only the beginning of a huge answer', async () => {
    answer = (response) => void response.writeHead(200).end(Buffer.alloc(4 * 1024 * 1024, 'x'));
    await run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(calls).toHaveLength(1);
  });

  it('carries the headers of its owner, opened, but none that would break the exchange', async () => {
    await run({
      headers: { Authorization: 'Bearer owner-token', 'X-Team': 'web', Host: 'evil.example', 'Webhook-Id': 'forged' },
    });
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(calls[0]?.headers).toMatchObject({ authorization: 'Bearer owner-token', 'x-team': 'web' });
    expect(calls[0]?.headers.host).toMatch(/^127\.0\.0\.1:/);
    expect(calls[0]?.headers['webhook-id']).not.toBe('forged');
    const written = JSON.stringify([
      ...(await stage.log.records('deliveries')),
      ...(await stage.log.records('directory')),
    ]);
    expect(written).not.toContain('owner-token');
  });

  it('says when an incident was resolved, acknowledged, or is still open', async () => {
    await run();
    const alerts: [Alert['transition'], number][] = [
      ['opened', 0],
      ['acknowledged', 1],
      ['reminder', 2],
      ['resolved', 0],
    ];
    for (const [transition, sequence] of alerts) {
      await stage.raise(transition, { sequence, alertId: `${incidentId}:${transition}:${sequence}` });
      await stage.log.advance(1_000);
    }
    await stage.until(() => calls.length === 4);
    expect(bodies().map(({ type }) => type)).toEqual([
      'incident.opened',
      'incident.acknowledged',
      'incident.reminder',
      'incident.resolved',
    ]);
  });

  it('tells of trouble in Quorate itself under types of its own', async () => {
    await run();
    await stage.raise('opened', silentRegion);
    await stage.raise('resolved', silentRegion);
    await stage.reach(['opened delivered', 'resolved delivered']);
    expect(bodies().map(({ type, data }) => [type, data['headline']])).toEqual([
      ['platform.opened', 'Quorate: Region ap is silent. Its prober was last heard at 2027-01-15 07:59:40 UTC.'],
      ['platform.resolved', 'Quorate: over: Region ap is silent'],
    ]);
    expect(bodies()[0]?.data).toMatchObject({
      subject: 'platform',
      monitor: null,
      platform: { condition: 'region-silent:ap', regions: ['ap'], ...silentRegion.trouble },
    });
    expect(bodies()[0]?.data).not.toHaveProperty('votes');
  });

  it.each([
    ['many regions with much to say', 30, 1_000],
    ['very many regions', 1_000, 1_000],
  ])('stays below 20 kB with %s', async (_situation, regionCount, messageLength) => {
    await run();
    const votes = Array.from({ length: regionCount }, (_, index) => ({
      ...castVoteOf(`region-${index}`, 'down', startedAt),
      message: '☎'.repeat(messageLength),
    }));
    await stage.raise('opened', { votes, regions: votes.map(({ region }) => region) });
    await stage.reach(['opened delivered']);
    expect(Buffer.byteLength(calls[0]?.body ?? '')).toBeLessThan(20_000);
    expect(bodies()[0]?.data).toMatchObject({ incidentId, shortened: true });
  });
});
