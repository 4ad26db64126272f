/** The settings of the installation over HTTP, in the database and on the log. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  channelRecordSchema,
  directoryKeyOfChannel,
  directoryKeyOfInstallation,
  installationRecordSchema,
  type InstallationRecord,
  type MonitorRecord,
} from '@quorate/contracts';
import type { ProblemBody } from './api-client.ts';
import { ApiSystem, until } from './api-system.ts';
import { ReadModel } from './read-model.ts';
import { alertOf, alertTold, deliveryOf, deliveryTold, startAt } from './records.ts';

const path = '/api/v1/settings';

interface Settings {
  version: number;
  platformChannelIds: string[];
  deadMansSwitch: { url: string; monitorId: string; drillMonitorId: string | null; channelId: string } | null;
}

let system: ApiSystem;
let channelId: string;

async function newChannel(): Promise<string> {
  const channel = { name: 'Operators', type: 'pagerduty', pagerduty: { routingKey: 'R0UT1NG' } };
  return (await system.client.post<{ id: string }>('/api/v1/channels', channel)).body.id;
}

beforeAll(async () => {
  system = await ApiSystem.start();
  channelId = await newChannel();
}, 60_000);
afterAll(() => system.remove());

describe('the settings of the installation', () => {
  async function published(): Promise<InstallationRecord[]> {
    const records = (await system.records('directory')).filter(({ key }) => key === directoryKeyOfInstallation);
    return records.map(({ value }) => installationRecordSchema.parse(JSON.parse(value!)));
  }

  it('name nobody at first, and nothing is told of them', async () => {
    const { status, headers, body } = await system.client.get<Settings>(path);
    expect({ status, body }).toEqual({
      status: 200,
      body: { version: 1, platformChannelIds: [], deadMansSwitch: null },
    });
    expect(headers.get('etag')).toBe('"1"');
    expect(await published()).toEqual([]);
  });

  it('name channels that exist, and say so on the log', async () => {
    const { status, headers, body } = await system.client.patch<Settings>(path, { platformChannelIds: [channelId] });
    expect({ status, body }).toEqual({
      status: 200,
      body: { version: 2, platformChannelIds: [channelId], deadMansSwitch: null },
    });
    expect(headers.get('etag')).toBe('"2"');
    expect((await system.client.get(path)).body).toEqual(body);
    await until(async () => (await published()).length > 0);
    expect(await published()).toEqual([{ v: 1, entity: 'installation', version: 2, platformChannelIds: [channelId] }]);
  });

  it('are not changed by a patch that says what they are', async () => {
    const { body } = await system.client.patch<Settings>(path, { platformChannelIds: [channelId] });
    expect(body.version).toBe(2);
    expect(await published()).toHaveLength(1);
  });

  it('refuse a channel that there is not, and say which', async () => {
    const unknown = randomUUID();
    const { status, body } = await system.client.patch<ProblemBody>(path, { platformChannelIds: [channelId, unknown] });
    expect({ status, code: body.code, errors: body.errors }).toEqual({
      status: 400,
      code: 'QRT_BODY_INVALID',
      errors: [{ pointer: '/platformChannelIds/1', message: 'names no channel; create the channel first' }],
    });
  });

  it('refuse what they do not know', async () => {
    const { body } = await system.client.patch<ProblemBody>(path, { platformChannels: [] });
    expect(body.errors).toEqual([{ pointer: '/platformChannels', message: 'is not a known name; remove it' }]);
  });

  it('honour If-Match', async () => {
    const { status } = await system.client.patch(path, { platformChannelIds: [] }, { 'if-match': '"1"' });
    expect(status).toBe(412);
  });

  it('keep a channel that they name from being deleted, until they are set to their defaults', async () => {
    const refused = await system.client.delete<ProblemBody>(`/api/v1/channels/${channelId}`);
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: 'QRT_CHANNEL_IN_USE' });
    expect(refused.body.detail).toContain('platformChannelIds');
    const { body } = await system.client.patch<Settings>(path, { platformChannelIds: null }, { 'if-match': '"2"' });
    expect(body).toEqual({ version: 3, platformChannelIds: [], deadMansSwitch: null });
    expect((await system.client.delete(`/api/v1/channels/${channelId}`)).status).toBe(204);
  });
});

describe('the dead man’s switch', () => {
  const url = 'https://hc-ping.com/8f14e45f-ceea-467f-a8f3-0e1f2d3c4b5a';
  const drill = () => ({ everyMinutes: 60, downSeconds: 60, channelIds: [channelId] });
  let model: ReadModel;
  beforeAll(async () => {
    model = new ReadModel(system);
    channelId = await newChannel();
  });

  const set = (deadMansSwitch: object | null) => system.client.patch<Settings>(path, { deadMansSwitch });

  /** The newest form of each record of a topic; a tombstone is null. */
  async function newest<Value>(topic: string): Promise<Map<string, Value | null>> {
    await until(async () => (await model.query('SELECT id FROM outbox')).length === 0);
    const records = await system.records(topic);
    return new Map(records.map(({ key, value }) => [key, value === null ? null : (JSON.parse(value) as Value)]));
  }

  async function monitorOf(id: string): Promise<MonitorRecord | null | undefined> {
    return (await newest<MonitorRecord>('monitors')).get(id);
  }

  it('is a monitor that goes the whole way, and a channel that only the dispatcher can open', async () => {
    const { status, body } = await set({ url, intervalSeconds: 30 });
    const { monitorId = '', channelId: ownChannelId = '', ...shown } = body.deadMansSwitch ?? {};
    expect({ status, shown }).toEqual({
      status: 200,
      shown: { url: '[redacted]', method: 'GET', intervalSeconds: 30, drill: null, drillMonitorId: null },
    });
    expect(await monitorOf(monitorId)).toMatchObject({
      type: 'self',
      self: { drill: null },
      regions: ['*'],
      intervalSeconds: 30,
      channelIds: [ownChannelId],
      checkAtOnce: true,
    });
    const key = directoryKeyOfChannel(ownChannelId);
    const channel = channelRecordSchema.parse((await newest('directory')).get(key));
    if (channel.type !== 'heartbeat') throw new Error('It is another channel');
    const place = { entity: 'channel', id: ownChannelId, field: '/heartbeat/url' } as const;
    expect(system.secretBox.open(channel.heartbeat.url, place)).toBe(url);
    expect(JSON.stringify([...(await newest('directory'))])).not.toContain(url);
  });

  it('gets a drill that begins at once and pages whom it names, and leaves the rest as it was', async () => {
    const before = await newest<MonitorRecord>('monitors');
    const { body } = await set({ drill: drill() });
    const { monitorId = '', drillMonitorId } = body.deadMansSwitch ?? {};
    const record = await monitorOf(drillMonitorId ?? '');
    expect(record).toMatchObject({
      type: 'self',
      self: { drill: { startsAt: record?.changedAt, periodSeconds: 3_600, downSeconds: 60 } },
      intervalSeconds: 30,
      channelIds: [channelId],
    });
    expect(await monitorOf(monitorId)).toEqual(before.get(monitorId));
  });

  it('goes on with a drill whose rhythm stays', async () => {
    const { drillMonitorId } = (await system.client.get<Settings>(path)).body.deadMansSwitch ?? {};
    const before = await monitorOf(drillMonitorId ?? '');
    const { body } = await set({ drill: { channelIds: [channelId, await newChannel()] }, url: '[redacted]' });
    const after = await monitorOf(drillMonitorId ?? '');
    expect(after).toMatchObject({ self: before?.type === 'self' ? before.self : {}, version: body.version });
    expect(after?.channelIds).toHaveLength(2);
  });

  it.each([
    ['a URL of another kind', { url: 'ftp://example.com' }, '/deadMansSwitch/url'],
    ['no URL', { url: null }, '/deadMansSwitch/url'],
    ['an outage too short to be confirmed', { drill: { downSeconds: 20 } }, '/deadMansSwitch/drill/downSeconds'],
    [
      'an outage of more than half the time',
      { drill: { everyMinutes: 5, downSeconds: 151 } },
      '/deadMansSwitch/drill/downSeconds',
    ],
    ['a drill that nobody hears', { drill: { channelIds: [] } }, '/deadMansSwitch/drill/channelIds'],
    ['a channel that there is not', { drill: { channelIds: [randomUUID()] } }, '/deadMansSwitch/drill/channelIds/0'],
  ])('refuses %s', async (_what, deadMansSwitch, pointer) => {
    const { status, body } = await system.client.patch<ProblemBody>(path, { deadMansSwitch });
    expect({ status, pointers: body.errors.map((error) => error.pointer) }).toEqual({
      status: 400,
      pointers: [pointer],
    });
  });

  it('is read by its IDs, left out of lists, and changed by its settings only', async () => {
    const { client } = system;
    const {
      monitorId,
      drillMonitorId,
      channelId: ownChannelId,
    } = (await client.get<Settings>(path)).body.deadMansSwitch!;
    const [monitor, channel] = [`/api/v1/monitors/${drillMonitorId}`, `/api/v1/channels/${ownChannelId}`];
    expect((await client.get(`/api/v1/monitors/${monitorId}`)).body).toMatchObject({
      type: 'self',
      self: { drill: null },
    });
    expect((await client.get(channel)).body).toMatchObject({ heartbeat: { url: '[redacted]', method: 'GET' } });
    for (const list of ['monitors', 'channels']) {
      expect(JSON.stringify((await client.get(`/api/v1/${list}`)).body)).not.toContain('Dead man');
    }
    const answers = await Promise.all([
      client.patch<ProblemBody>(monitor, { name: 'Mine' }),
      client.delete<ProblemBody>(monitor),
      client.post<ProblemBody>(`${monitor}/pause`, undefined),
      client.post<ProblemBody>(`${monitor}/resume`, undefined),
      client.patch<ProblemBody>(channel, { name: 'Mine' }),
      client.delete<ProblemBody>(channel),
      client.post<ProblemBody>(`${channel}/test`, undefined),
    ]);
    for (const { status, body } of answers)
      expect({ status, code: body.code }).toEqual({ status: 409, code: 'QRT_BUILT_IN' });
    const mine = { name: 'Mine', type: 'http', http: { url: 'https://example.com' }, channelIds: [ownChannelId] };
    expect((await client.post('/api/v1/monitors', mine)).status).toBe(400);
    const used = await client.delete<ProblemBody>(`/api/v1/channels/${channelId}`);
    expect(used.body.detail).toContain('deadMansSwitch.drill.channelIds');
  });

  it('leaves no trace of its signs of life but those of the last minutes, and none in the incidents', async () => {
    const { monitorId, channelId: ownChannelId } = (await system.client.get<Settings>(path)).body.deadMansSwitch!;
    const pulse = alertOf(monitorId, { transition: 'pulse', channelIds: [ownChannelId], expiresAt: startAt + 60_000 });
    const delivery = deliveryOf(pulse, ownChannelId, { state: 'delivered' });
    await system.say(alertTold(pulse), deliveryTold(delivery));
    await until(async () => (await model.deliveriesOf(ownChannelId)).length === 1);
    const { body } = await system.client.get<{ items: { id: string }[] }>('/api/v1/deliveries');
    expect(body.items.map(({ id }) => id)).not.toContain(delivery.deliveryId);
    await system.say({ ...deliveryTold(delivery), value: null });
    await until(async () => (await model.deliveriesOf(ownChannelId)).length === 0);
    await model.takenIn(monitorId);
    expect(await model.query('SELECT id FROM incidents')).toEqual([]);
  });

  it('shows the drill’s incidents to those who ask for them', async () => {
    const drillMonitorId = (await system.client.get<Settings>(path)).body.deadMansSwitch?.drillMonitorId ?? '';
    await system.say(alertTold(alertOf(drillMonitorId)));
    const listed = async (query: string) =>
      (await system.client.get<{ items: object[] }>(`/api/v1/incidents${query}`)).body.items.length;
    await until(async () => (await listed(`?monitorId=${drillMonitorId}`)) === 1);
    expect(await listed('')).toBe(0);
  });

  it('is gone when it is unset, and its versions count on when it is set again', async () => {
    const {
      monitorId,
      drillMonitorId,
      channelId: ownChannelId,
    } = (await system.client.get<Settings>(path)).body.deadMansSwitch!;
    expect((await set(null)).body.deadMansSwitch).toBeNull();
    expect([await monitorOf(monitorId), await monitorOf(drillMonitorId ?? '')]).toEqual([null, null]);
    expect((await newest('directory')).get(directoryKeyOfChannel(ownChannelId))).toBeNull();
    expect((await system.client.get(`/api/v1/monitors/${monitorId}`)).status).toBe(404);
    const { version } = (await set({ url })).body;
    expect(await monitorOf(monitorId)).toMatchObject({ version });
    expect(version).toBeGreaterThan(5);
  });
});
