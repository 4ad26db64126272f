/** The settings of the installation over HTTP, in the database and on the log. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { directoryKeyOfInstallation, installationRecordSchema, type InstallationRecord } from '@quorate/contracts';
import type { ProblemBody } from './api-client.ts';
import { ApiSystem, until } from './api-system.ts';

const path = '/api/v1/settings';

interface Settings {
  version: number;
  platformChannelIds: string[];
}

describe('the settings of the installation', () => {
  let system: ApiSystem;
  let channelId: string;
  beforeAll(async () => {
    system = await ApiSystem.start();
    const channel = { name: 'Operators', type: 'pagerduty', pagerduty: { routingKey: 'R0UT1NG' } };
    channelId = (await system.client.post<{ id: string }>('/api/v1/channels', channel)).body.id;
  }, 60_000);
  afterAll(() => system.remove());

  async function published(): Promise<InstallationRecord[]> {
    const records = (await system.records('directory')).filter(({ key }) => key === directoryKeyOfInstallation);
    return records.map(({ value }) => installationRecordSchema.parse(JSON.parse(value!)));
  }

  it('name nobody at first, and nothing is told of them', async () => {
    const { status, headers, body } = await system.client.get<Settings>(path);
    expect({ status, body }).toEqual({ status: 200, body: { version: 1, platformChannelIds: [] } });
    expect(headers.get('etag')).toBe('"1"');
    expect(await published()).toEqual([]);
  });

  it('name channels that exist, and say so on the log', async () => {
    const { status, headers, body } = await system.client.patch<Settings>(path, { platformChannelIds: [channelId] });
    expect({ status, body }).toEqual({ status: 200, body: { version: 2, platformChannelIds: [channelId] } });
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
    expect(body).toEqual({ version: 3, platformChannelIds: [] });
    expect((await system.client.delete(`/api/v1/channels/${channelId}`)).status).toBe(204);
  });
});
