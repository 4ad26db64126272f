/** Heartbeat monitors over HTTP: their tokens, their schedules, and pings with and without a database. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pingSchema, type Ping } from '@quorate/contracts';
import { ApiSystem, until } from './api-system.ts';
import type { Answer, ProblemBody } from './api-client.ts';

const path = '/api/v1/monitors';

interface Monitor {
  readonly id: string;
  readonly regions: readonly string[];
  readonly heartbeat: { readonly token: string; readonly cron: string | null };
  readonly timeToAlertSecondsMax: number;
}

describe('heartbeat monitors', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  const post = <Body>(heartbeat: object) =>
    system.client.post<Body>(path, { name: 'Backup', type: 'heartbeat', heartbeat });

  async function create(heartbeat: object = {}): Promise<Monitor> {
    const { status, body } = await post<Monitor>(heartbeat);
    expect(status).toBe(201);
    await until(async () => (await ping(body.heartbeat.token)).status === 200);
    return body;
  }

  const ping = (token: string, rest = ''): Promise<Answer<string>> =>
    system.client.send<string>('GET', `/heartbeats/${token}${rest}`);

  /** The newest word of each kind, in the order in which they came; null where it was taken back. */
  async function heardOf({ id }: Monitor): Promise<Map<string, Ping | null>> {
    const records = (await system.records('pings')).filter(({ key }) => key.startsWith(id));
    return new Map(
      records.map(({ key, value }) => [key.slice(37), value === null ? null : pingSchema.parse(JSON.parse(value))]),
    );
  }

  it('are created with a token that is shown, that works, and that the log has only sealed', async () => {
    const monitor = await create({ cron: '0 3 * * *', timeZone: 'Europe/Berlin' });
    const { token } = monitor.heartbeat;
    expect(token).toMatch(/^[A-Za-z0-9_-]{24}$/);
    expect(monitor).toMatchObject({ regions: ['gateway'], timeToAlertSecondsMax: 300 + 30 + 12 });
    expect((await system.client.get<Monitor>(`${path}/${monitor.id}`)).body.heartbeat.token).toBe(token);
    const log = [...(await system.records('monitors')), ...(await system.records('pings'))];
    expect(JSON.stringify(log)).not.toContain(token);
    expect([...(await heardOf(monitor)).keys()]).toEqual(['awaited', 'ended', 'started']);
  });

  it('keep their token over an edit, also where it is sent back as it was read', async () => {
    const { id, heartbeat } = await create();
    const edited = await system.client.patch<Monitor>(`${path}/${id}`, {
      heartbeat: { ...heartbeat, graceSeconds: 60 },
    });
    expect(edited.body.heartbeat).toEqual({ ...heartbeat, graceSeconds: 60 });
    expect((await ping(heartbeat.token)).status).toBe(200);
  });

  it('get a new token for null, and the old URL is void', async () => {
    const { id, heartbeat } = await create();
    const { body } = await system.client.patch<Monitor>(`${path}/${id}`, { heartbeat: { token: null } });
    expect(body.heartbeat.token).not.toBe(heartbeat.token);
    await until(async () => (await ping(body.heartbeat.token)).status === 200);
    expect((await ping(heartbeat.token)).status).toBe(404);
  });

  it.each([
    ['a token of one’s own', { token: 'my-own-token-that-is-long' }, '/heartbeat/token'],
    ['a token that reads redacted', { token: '[redacted]' }, '/heartbeat/token'],
    ['a crontab line that no daemon takes', { cron: '0 25 * * *' }, '/heartbeat/cron'],
    ['a crontab line that never comes', { cron: '0 0 30 2 *' }, '/heartbeat/cron'],
    ['an interval that is too short', { everySeconds: 1 }, '/heartbeat/everySeconds'],
  ])('refuse %s', async (_fault, heartbeat, pointer) => {
    const { status, body } = await post<ProblemBody>(heartbeat);
    expect([status, body.errors.map((error) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it('await a first ping anew when they are resumed, and are forgotten when they are deleted', async () => {
    const monitor = await create();
    const newestOf = async (kind: string) =>
      (await system.records('pings')).filter(({ key }) => key === `${monitor.id}/${kind}`).at(-1);
    const created = await newestOf('awaited');
    await system.client.post(`${path}/${monitor.id}/pause`);
    await system.client.post(`${path}/${monitor.id}/resume`);
    await until(async () => (await newestOf('awaited'))?.offset !== created?.offset);
    await system.client.send('DELETE', `${path}/${monitor.id}`);
    await until(async () => [...(await heardOf(monitor)).values()].every((heard) => heard === null));
    expect((await ping(monitor.heartbeat.token)).status).toBe(404);
  });

  it('are pinged without a key, with nothing that the API asks of others, and measured', async () => {
    const { heartbeat } = await create();
    const answer = await fetch(`${system.api.url}/heartbeats/${heartbeat.token}/1`, {
      method: 'POST',
      body: 'not JSON',
      headers: { 'content-type': 'text/x-anything', authorization: 'Bearer wrong' },
    });
    expect([answer.status, await answer.text()]).toEqual([200, 'OK\n']);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await (await fetch(`${system.api.url}/metrics`)).text()).toMatch(/quorate_pings_total\{kind="ended"\} \d/);
  });

  it('are pinged while the database is away', async () => {
    const monitor = await create();
    await system.stopDatabase();
    try {
      expect((await system.client.get(path)).status).toBe(503);
      expect((await ping(monitor.heartbeat.token, '/7')).status).toBe(200);
      expect((await heardOf(monitor)).get('ended')).toMatchObject({ failed: true, exitCode: 7 });
    } finally {
      await system.startDatabase();
    }
  });
});
