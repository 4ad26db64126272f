/** Channels over HTTP, in the database and on the log. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { channelRecordSchema, commandSchema, directoryKeyOfChannel, type ChannelRecord } from '@quorate/contracts';
import type { ProblemBody } from './api-client.ts';
import { ApiSystem, until } from './api-system.ts';

const path = '/api/v1/channels';
const pagerduty = { name: 'On call', type: 'pagerduty', pagerduty: { routingKey: 'R0UT1NG' } };
const webhook = { name: 'Hook', type: 'webhook', webhook: { url: 'https://hook.example.com' } };

interface Channel {
  id: string;
  version: number;
  webhook: { secret: string; url: string };
}

describe('channels', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  async function create(channel: object, headers: object = {}): Promise<Channel> {
    const { status, body } = await system.client.post<Channel>(path, channel, headers);
    expect(status).toBe(201);
    return body;
  }

  async function published(id: string, version: number): Promise<ChannelRecord> {
    let record: ChannelRecord | undefined;
    await until(async () => {
      const newest = await newestOf(id);
      record = newest === null || newest === undefined ? undefined : channelRecordSchema.parse(JSON.parse(newest));
      return record?.version === version;
    });
    return record!;
  }

  async function newestOf(id: string): Promise<string | null | undefined> {
    return (await system.records('directory')).filter(({ key }) => key === directoryKeyOfChannel(id)).at(-1)?.value;
  }

  it('never show a routing key, and seal it on the log', async () => {
    const { id, ...shown } = await create(pagerduty);
    expect(shown).toMatchObject({ pagerduty: { routingKey: '[redacted]' }, fallbackChannelId: null, version: 1 });
    expect((await system.client.get(`${path}/${id}`)).body).toMatchObject({ pagerduty: { routingKey: '[redacted]' } });
    const record = (await published(id, 1)) as ChannelRecord & { type: 'pagerduty' };
    const place = { entity: 'channel', id, field: '/pagerduty/routingKey' } as const;
    expect(system.secretBox.open(record.pagerduty.routingKey, place)).toBe('R0UT1NG');
  });

  it('get a signing secret made, and show it once', async () => {
    const { id, webhook: shown } = await create(webhook);
    expect(shown.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect((await system.client.get(`${path}/${id}`)).body).toMatchObject({ webhook: { secret: '[redacted]' } });
    const record = (await published(id, 1)) as ChannelRecord & { type: 'webhook' };
    const place = { entity: 'channel', id, field: '/webhook/secret' } as const;
    expect(system.secretBox.open(record.webhook.secret, place)).toBe(shown.secret);
  });

  it('do not repeat a signing secret that was given', async () => {
    const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    const { webhook: shown } = await create({ ...webhook, webhook: { ...webhook.webhook, secret } });
    expect(shown.secret).toBe('[redacted]');
  });

  it('show the made secret again to a repeat of the same request only', async () => {
    const first = await create(webhook, { 'idempotency-key': 'hook-1' });
    const repeat = await create(webhook, { 'idempotency-key': 'hook-1' });
    expect(repeat).toEqual(first);
    expect(repeat.webhook.secret).toMatch(/^whsec_/);
  });

  it('keep the stored secret through a patch of something else', async () => {
    const { id, webhook: shown } = await create(webhook);
    const patched = await system.client.patch(`${path}/${id}`, { webhook: { url: 'https://other.example.com' } });
    expect(patched.body).toMatchObject({
      version: 2,
      webhook: { url: 'https://other.example.com', secret: '[redacted]' },
    });
    const record = (await published(id, 2)) as ChannelRecord & { type: 'webhook' };
    const place = { entity: 'channel', id, field: '/webhook/secret' } as const;
    expect(system.secretBox.open(record.webhook.secret, place)).toBe(shown.secret);
  });

  it('refuse to stand in for themselves', async () => {
    const { id } = await create(pagerduty);
    const answer = await system.client.patch<ProblemBody>(`${path}/${id}`, { fallbackChannelId: id });
    expect(answer.body.errors).toEqual([{ pointer: '/fallbackChannelId', message: 'must name another channel' }]);
  });

  it('cannot be deleted while a monitor or a channel names them', async () => {
    const { id } = await create(pagerduty);
    const { id: standIn } = await create({ ...pagerduty, name: 'Primary', fallbackChannelId: id });
    const monitor = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com' }, channelIds: [id] };
    const { body } = await system.client.post<{ id: string }>('/api/v1/monitors', monitor);
    const refused = await system.client.delete<ProblemBody>(`${path}/${id}`);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain(`monitor Shop (${body.id})`);
    expect(refused.body.detail).toContain(`channel Primary (${standIn})`);

    await system.client.delete(`/api/v1/monitors/${body.id}`);
    await system.client.patch(`${path}/${standIn}`, { fallbackChannelId: null });
    expect((await system.client.delete(`${path}/${id}`)).status).toBe(204);
    await until(async () => (await newestOf(id)) === null);
  });

  it('are listed newest first, page by page', async () => {
    const { id } = await create({ ...pagerduty, name: 'Newest' });
    const { body } = await system.client.get<{ items: Channel[]; nextCursor: string }>(`${path}?limit=1`);
    expect(body.items.map((channel) => channel.id)).toEqual([id]);
    const next = await system.client.get<{ items: Channel[] }>(`${path}?limit=1&cursor=${body.nextCursor}`);
    expect(next.body.items.map((channel) => channel.id)).not.toContain(id);
  });

  it('are tested by a command in their partition', async () => {
    const { id } = await create(pagerduty);
    const { status, body } = await system.client.post<{ deliveryId: string }>(`${path}/${id}/test`);
    expect(status).toBe(202);
    const told = (await system.records('commands')).find(({ key }) => key === id);
    const command = commandSchema.parse(JSON.parse(told?.value ?? ''));
    expect(command).toMatchObject({ type: 'test-channel', channelId: id });
    expect(body.deliveryId).toBe(`test:${command.type === 'test-channel' ? command.testId : ''}:test:0:${id}`);
  });
});
