/** Monitors over HTTP, in the database and on the log. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mapProbeSecrets, monitorRecordSchema, type MonitorRecord } from '@quorate/contracts';
import { castVoteOf, createAuthority } from '@quorate/testing';
import { ApiSystem, until } from './api-system.ts';
import type { Answer } from './api-client.ts';
import { roundOf, startAt, statusOf, verdictTold } from './records.ts';

const path = '/api/v1/monitors';
const settings = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com/health' } };

interface Monitor {
  id: string;
  version: number;
  status: string;
  statusSince: string;
  http: { headers: Record<string, string>; auth: Record<string, string>; tls: object };
  lastRound: { dueAt: string; verdict: string } | null;
}

describe('monitors', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  async function create(change: object = {}): Promise<Monitor> {
    const { status, body } = await system.client.post<Monitor>(path, { ...settings, ...change });
    expect(status).toBe(201);
    return body;
  }

  /** What the log says of a monitor once it says this version. */
  async function published(id: string, version: number): Promise<MonitorRecord> {
    let record: MonitorRecord | undefined;
    await until(async () => {
      const newest = (await system.records('monitors')).filter(({ key }) => key === id).at(-1)?.value ?? null;
      record = newest === null ? undefined : monitorRecordSchema.parse(JSON.parse(newest));
      return record?.version === version;
    });
    return record!;
  }

  it('are created with every default, named by Location and published with a round at once', async () => {
    const { status, body, headers } = await system.client.post<Monitor>(path, settings);
    expect(status).toBe(201);
    expect(headers.get('etag')).toBe('"1"');
    expect(headers.get('location')).toBe(`${path}/${body.id}`);
    expect(body).toMatchObject({
      name: 'Shop',
      intervalSeconds: 30,
      timeoutSeconds: 10,
      regions: ['*'],
      decision: { quorum: 'majority', confirmations: 3 },
      status: 'pending',
      timeToAlertSecondsMax: 76,
      lastRound: null,
      version: 1,
    });
    expect(await published(body.id, 1)).toMatchObject({ id: body.id, paused: false, checkAtOnce: true });
  });

  it('keep their secrets sealed in the log and redacted in answers', async () => {
    const http = {
      url: 'https://shop.example.com/health',
      auth: { type: 'bearer', token: 'open-sesame' },
      headers: { 'X-Api-Key': 'hush', accept: 'text/plain' },
    };
    const monitor = await create({ http });
    expect(monitor.http.auth).toEqual({ type: 'bearer', token: '[redacted]' });
    expect(monitor.http.headers).toEqual({ 'X-Api-Key': '[redacted]', accept: 'text/plain' });
    const record = await published(monitor.id, 1);
    expect(JSON.stringify(record)).not.toMatch(/open-sesame|hush/);
    const token = (record as { http: { auth: { token: string } } }).http.auth.token;
    const place = { entity: 'monitor', id: monitor.id, field: '/http/auth/token' } as const;
    expect(system.secretBox.open(token, place)).toBe('open-sesame');
  });

  it('keep a stored secret that a patch sends back redacted, and take a new one', async () => {
    const { id } = await create({
      http: { ...settings.http, auth: { type: 'basic', username: 'u', password: 'first' } },
    });
    const place = { entity: 'monitor', id, field: '/http/auth/password' } as const;
    const passwordIn = (record: MonitorRecord) =>
      system.secretBox.open((record as { http: { auth: { password: string } } }).http.auth.password, place);

    await system.client.patch(`${path}/${id}`, { http: { auth: { username: 'v', password: '[redacted]' } } });
    expect(passwordIn(await published(id, 2))).toBe('first');
    await system.client.patch(`${path}/${id}`, { http: { auth: { password: 'second' } } });
    expect(passwordIn(await published(id, 3))).toBe('second');
  });

  it('keep the secrets of credentials and client certificates that a patch leaves out', async () => {
    const { cert, key } = await (await createAuthority()).issue({ names: ['the prober'] });
    const auth = { type: 'oauth2', tokenUrl: 'https://login.example.com/', clientId: 'c', clientSecret: 'hush' };
    const tls = { clientCertificate: { certificate: cert, key } };
    const monitor = await create({ http: { ...settings.http, auth, tls } });
    expect(JSON.stringify(monitor)).not.toMatch(/hush|PRIVATE KEY/);
    expect(monitor.http.tls).toMatchObject({
      clientCertificate: { certificate: cert, key: '[redacted]', passphrase: null },
    });

    const patch = { http: { auth: { scope: 'read' }, tls: { verify: false } } };
    expect((await system.client.patch(`${path}/${monitor.id}`, patch)).status).toBe(200);
    const record = await published(monitor.id, 2);
    expect(JSON.stringify(record)).not.toMatch(/hush|PRIVATE KEY/);
    const opened = mapProbeSecrets(record, (secret, field) =>
      system.secretBox.open(secret, { entity: 'monitor', id: monitor.id, field }),
    );
    expect(opened).toMatchObject({
      http: { auth: { clientSecret: 'hush', scope: 'read' }, tls: { verify: false, clientCertificate: { key } } },
    });
  });

  it('refuse a client certificate whose key is another’s, or was not sent along', async () => {
    const authority = await createAuthority();
    const [one, other] = await Promise.all(['one', 'other'].map((name) => authority.issue({ names: [name] })));
    const at = '/http/tls/clientCertificate/key';
    const pointersOf = ({ body }: { body: { errors: { pointer: string }[] } }) =>
      body.errors.map(({ pointer }) => pointer);
    type Refusal = { errors: { pointer: string }[] };
    const http = (certificate: object) => ({ ...settings.http, tls: { clientCertificate: certificate } });
    const mixed = { ...settings, http: http({ certificate: one!.cert, key: other!.key }) };
    expect(pointersOf(await system.client.post<Refusal>(path, mixed))).toEqual([at]);
    const { id } = await create({ http: http({ certificate: one!.cert, key: one!.key }) });
    const renewal = { http: { tls: { clientCertificate: { certificate: other!.cert } } } };
    expect(pointersOf(await system.client.patch<Refusal>(`${path}/${id}`, renewal))).toEqual([at]);
  });

  it('refuse a redacted secret where none is stored', async () => {
    const answer = await system.client.post<{ errors: object[] }>(path, {
      ...settings,
      http: { ...settings.http, auth: { type: 'bearer', token: '[redacted]' } },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { pointer: '/http/auth/token', message: 'must be the secret itself: none is stored that could be kept' },
    ]);
  });

  it('change by a merge patch: what is left out stays, null sets the default', async () => {
    const { id } = await create({ tags: { team: 'web', tier: '1' }, timeoutSeconds: 20 });
    const patch = { name: 'Store', tags: { tier: null, zone: 'b' }, timeoutSeconds: null };
    const { status, body, headers } = await system.client.patch(`${path}/${id}`, patch);
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"2"');
    expect(body).toMatchObject({ name: 'Store', tags: { team: 'web', zone: 'b' }, timeoutSeconds: 10, version: 2 });
    expect(await published(id, 2)).toMatchObject({ name: 'Store', checkAtOnce: true });
  });

  it('keep their version when a patch changes nothing', async () => {
    const { id } = await create();
    const { body } = await system.client.patch(`${path}/${id}`, { name: 'Shop' });
    expect(body).toMatchObject({ version: 1 });
  });

  it('refuse a change that was made from another version', async () => {
    const { id } = await create();
    await system.client.patch(`${path}/${id}`, { name: 'Second' }, { 'if-match': '"1"' });
    const outdated = await system.client.patch(`${path}/${id}`, { name: 'Third' }, { 'if-match': '"1"' });
    expect(outdated.status).toBe(412);
    expect(outdated.body).toMatchObject({ code: 'QRT_VERSION_OUTDATED' });
    expect((await system.client.get(`${path}/${id}`)).body).toMatchObject({ name: 'Second', version: 2 });
  });

  it('let one of two changes from the same version through', async () => {
    const { id } = await create();
    const change = (name: string) => system.client.patch(`${path}/${id}`, { name }, { 'if-match': '"1"' });
    const answers = await Promise.all([change('one'), change('other')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('pause and resume, each once', async () => {
    const { id } = await create();
    const paused = await system.client.post(`${path}/${id}/pause`);
    expect(paused.body).toMatchObject({ status: 'paused', version: 2 });
    expect((await system.client.post(`${path}/${id}/pause`)).body).toMatchObject({ version: 2 });
    expect(await published(id, 2)).toMatchObject({ paused: true, checkAtOnce: false });
    const resumed = await system.client.post(`${path}/${id}/resume`);
    expect(resumed.body).toMatchObject({ status: 'pending', version: 3 });
    expect(await published(id, 3)).toMatchObject({ paused: false, checkAtOnce: true });
  });

  it('are deleted with their rounds, and end in a tombstone', async () => {
    const { id } = await create();
    await system.say(verdictTold(roundOf(id)));
    await until(async () => (await system.client.get<Monitor>(`${path}/${id}`)).body.lastRound !== null);
    expect((await system.client.delete(`${path}/${id}`)).status).toBe(204);
    expect((await system.client.get(`${path}/${id}`)).status).toBe(404);
    expect((await system.client.get(`${path}/${id}/rounds`)).status).toBe(404);
    await until(async () => (await system.records('monitors')).filter(({ key }) => key === id).at(-1)?.value === null);
  });

  it('show the status and the last round that the log tells of', async () => {
    const { id } = await create();
    const down = roundOf(id, {
      verdict: 'down',
      dueAt: startAt + 30_000,
      ...{ absentRegions: ['sa'], quarantinedRegions: ['ap'], missedRoundCount: 2 },
      votes: [castVoteOf('eu', 'down', startAt), castVoteOf('us', 'down', startAt)],
    });
    const manual = roundOf(id, { kind: 'manual', dueAt: startAt + 60_000 });
    await system.say(verdictTold(roundOf(id)), verdictTold(down), verdictTold(manual));
    const flapping = { ...statusOf(id, 'down', startAt + 31_000), flapping: true };
    await system.say(verdictTold(statusOf(id, 'up')), verdictTold(flapping));
    await until(async () => (await system.client.get<Monitor>(`${path}/${id}`)).body.status === 'down');
    const { body } = await system.client.get<Monitor>(`${path}/${id}`);
    expect(body).toMatchObject({ statusSince: '2026-11-21T10:00:31.000Z', flapping: true });
    expect(body.lastRound).toMatchObject({ dueAt: '2026-11-21T10:00:30.000Z', verdict: 'down', kind: 'scheduled' });
    expect(body.lastRound).toMatchObject({ absentRegions: ['sa'], quarantinedRegions: ['ap'], missedRoundCount: 2 });
  });

  it('have their rounds listed newest first, between two instants and page by page', async () => {
    const { id } = await create();
    const dueAts = [0, 1, 2, 3, 4].map((index) => startAt + index * 30_000);
    for (const dueAt of dueAts) await system.say(verdictTold(roundOf(id, { dueAt })));
    await until(async () => (await rounds(`${path}/${id}/rounds`)).body.items.length === 5);

    const first = await rounds(`${path}/${id}/rounds?limit=2`);
    expect(first.body.items.map(({ dueAt }) => dueAt)).toEqual([
      '2026-11-21T10:02:00.000Z',
      '2026-11-21T10:01:30.000Z',
    ]);
    const second = await rounds(`${path}/${id}/rounds?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body.items.map(({ dueAt }) => dueAt)).toEqual([
      '2026-11-21T10:01:00.000Z',
      '2026-11-21T10:00:30.000Z',
    ]);
    const between = await rounds(`${path}/${id}/rounds?from=2026-11-21T10:00:30Z&to=2026-11-21T11:01:30%2B01:00`);
    expect(between.body.items).toHaveLength(2);
    expect(between.body.nextCursor).toBeNull();
  });

  function rounds(url: string): Promise<Answer<{ items: { dueAt: string }[]; nextCursor: string | null }>> {
    return system.client.get(url);
  }

  describe('in lists', () => {
    const names = async (query: string) => {
      const { body } = await system.client.get<{ items: { name: string }[] }>(`${path}?${query}`);
      return body.items.map(({ name }) => name);
    };
    beforeAll(async () => {
      await create({ name: 'listed a', tags: { list: 'x', 'a:b': 'c' } });
      await create({ name: 'listed b', tags: { list: 'y' }, http: { url: 'https://LISTED.example.com/100%_sure' } });
      const { id } = await create({ name: 'listed c', tags: { list: 'y' } });
      await system.client.post(`${path}/${id}/pause`);
    });

    it('come newest first', async () => expect(await names('tag=list')).toEqual(['listed c', 'listed b', 'listed a']));
    it('are found by a tag with its value', async () =>
      expect(await names('tag=list:y')).toEqual(['listed c', 'listed b']));
    it('are found by a part of the target, in any case', async () =>
      expect(await names('q=listed.EXAMPLE')).toEqual(['listed b']));
    it('take the characters of a pattern as they are', async () => {
      expect(await names('q=100%25_')).toEqual(['listed b']);
      expect(await names('q=%25&tag=list')).toEqual(['listed b']);
    });
    it('are found by status', async () => {
      expect(await names('tag=list&status=paused')).toEqual(['listed c']);
      expect(await names('tag=list&status=pending')).toEqual(['listed b', 'listed a']);
    });
    it('come page by page', async () => {
      const url = `${path}?tag=list&limit=2`;
      const { body } = await system.client.get<{ items: object[]; nextCursor: string }>(url);
      const next = await system.client.get<{ items: object[]; nextCursor: null }>(`${url}&cursor=${body.nextCursor}`);
      expect([body.items.length, next.body.items.length, next.body.nextCursor]).toEqual([2, 1, null]);
    });
  });
});
