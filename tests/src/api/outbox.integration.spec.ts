/** Changes reach the log once they are saved, in their order, whatever stops in between. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi } from '@quorate/api';
import { BusUnavailableError } from '@quorate/bus';
import { monitorRecordSchema } from '@quorate/contracts';
import { silentLogger } from '@quorate/telemetry';
import { Client } from 'pg';
import { adminKey, ApiSystem, until } from './api-system.ts';
import { alertOf, alertTold, roundOf, startAt, verdictTold } from './records.ts';

const path = '/api/v1/monitors';
const settings = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com/health' } };

describe('the outbox', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  async function create(): Promise<string> {
    return (await system.client.post<{ id: string }>(path, settings)).body.id;
  }

  async function versionsOf(id: string): Promise<(number | null)[]> {
    const records: (string | null)[] = [];
    const follower = system.log.follow(['monitors'], 'start', (arrived) =>
      records.push(...arrived.filter(({ key }) => key === id).map(({ value }) => value)),
    );
    await follower.caughtUp;
    await follower.close();
    return records.map((value) => (value === null ? null : monitorRecordSchema.parse(JSON.parse(value)).version));
  }

  it('publishes the changes of one monitor in their order', async () => {
    const id = await create();
    const seen: number[] = [];
    const follower = system.log.follow(['monitors'], 'now', (records) => {
      for (const { key, value } of records) {
        if (key === id && value !== null) seen.push(monitorRecordSchema.parse(JSON.parse(value)).version);
      }
    });
    await follower.caughtUp;
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => system.client.patch(`${path}/${id}`, { name: `Shop ${index}` })),
    );
    await until(() => seen.includes(21));
    await follower.close();
    const distinct = [...new Set(seen)];
    expect(distinct).toEqual(distinct.toSorted((one, other) => one - other));
  });

  it('keeps a change while the log cannot be written, and publishes it afterwards', async () => {
    const append = system.log.append.bind(system.log);
    system.log.append = () => Promise.reject(new BusUnavailableError('The disk is full'));
    const id = await create();
    await until(() => !system.api.health().ready);
    expect(system.api.health().detail).toContain('The disk is full');
    expect(await versionsOf(id)).toEqual([]);
    system.log.append = append;
    await until(async () => (await versionsOf(id)).includes(1));
    await until(() => system.api.health().ready);
  });

  it('publishes a row again when its record was written and the database then failed', async () => {
    const append = system.log.append.bind(system.log);
    let isFirst = true;
    system.log.append = async (records) => {
      await append(records);
      if (isFirst && records[0]?.topic === 'monitors') {
        isFirst = false;
        throw new BusUnavailableError('The answer was lost');
      }
    };
    const id = await create();
    await until(async () => !isFirst && (await versionsOf(id)).includes(1));
    await until(() => system.api.health().ready);
    system.log.append = append;
    await system.client.patch(`${path}/${id}`, { name: 'Store' });
    await until(async () => (await versionsOf(id)).at(-1) === 2);
  });

  /** The first append to `monitors` hangs until `release`. */
  function holdOneAppend(): { held: Promise<void>; release: () => void } {
    const append = system.log.append.bind(system.log);
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    system.log.append = async (records) => {
      if (records[0]?.topic === 'monitors') {
        system.log.append = append;
        held.resolve();
        await released.promise;
      }
      await append(records);
    };
    return { held: held.promise, release: released.resolve };
  }

  async function endConnectionThatPublishes(): Promise<void> {
    const client = new Client({ connectionString: system.databaseUrl });
    await client.connect();
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7415002 AND granted`,
    );
    await client.end();
  }

  it.each([
    ['a change', (id: string) => system.client.patch(`${path}/${id}`, { name: 'Store' }), 2],
    ['a deletion', (id: string) => system.client.delete(`${path}/${id}`), null],
  ])('tells %s again that was overtaken by an append of one who had lost its turn', async (_what, act, newest) => {
    await system.stopApi();
    await system.startApi({ appendSettleMs: 100 });
    const another = await system.startAnotherApi({ appendSettleMs: 100 });
    const seen: (number | null)[] = [];
    const follower = system.log.follow(['monitors'], 'now', (records) => {
      for (const { value } of records) {
        seen.push(value === null ? null : monitorRecordSchema.parse(JSON.parse(value)).version);
      }
    });
    await follower.caughtUp;

    const { held, release } = holdOneAppend();
    const id = await create();
    await held;
    await endConnectionThatPublishes();
    await until(() => seen.includes(1));
    await act(id);
    await until(() => seen.includes(newest));
    expect(seen).toEqual([1, newest]);
    release();
    await until(() => seen.length === 4);
    expect(seen).toEqual([1, newest, 1, newest]);
    await follower.close();
    await another.close();
  });

  it('is published by whichever instance is left', async () => {
    const another = await system.startAnotherApi();
    await system.stopApi();
    await system.startApi();
    const id = await create();
    await another.close();
    await system.client.patch(`${path}/${id}`, { name: 'Store' });
    await until(async () => (await versionsOf(id)).at(-1) === 2);
  });

  it('survives the database being away: requests say so, and everything catches up', async () => {
    const id = await create();
    await until(async () => (await versionsOf(id)).includes(1));
    await system.stopDatabase();
    const refused = await system.client.get(`${path}/${id}`);
    expect({ status: refused.status, code: refused.body['code'] }).toEqual({
      status: 503,
      code: 'QRT_DATABASE_UNAVAILABLE',
    });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await system.client.patch(`${path}/${id}`, { name: 'Store' })).status).toBe(503);
    await until(async () => (await system.client.get('/readyz')).status === 503);
    expect((await system.client.get('/healthz')).status).toBe(200);

    const opened = alertOf(id);
    await system.say(verdictTold(roundOf(id, { dueAt: startAt })), alertTold(opened));
    await system.startDatabase();
    await until(async () => (await system.client.get('/readyz')).status === 200);
    await until(async () => (await system.client.get(`/api/v1/incidents/${opened.incidentId}`)).status === 200);
    expect((await system.client.get(`${path}/${id}`)).body).toMatchObject({ name: 'Shop', version: 1 });
    expect((await system.client.patch(`${path}/${id}`, { name: 'Store' })).status).toBe(200);
    await until(async () => (await versionsOf(id)).at(-1) === 2);
  }, 60_000);

  it('waits at the start for a database that comes late', async () => {
    const id = await create();
    await system.stopApi();
    await system.stopDatabase();
    const starting = system.startApi();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await system.startDatabase();
    await starting;
    expect((await system.client.get(`${path}/${id}`)).status).toBe(200);
  }, 60_000);

  it('does not start on a password that the database refuses, and does not wait for it', async () => {
    const url = new URL(system.databaseUrl);
    url.password = 'wrong';
    url.pathname = '/nothing';
    const starting = startApi({
      log: system.log,
      logger: silentLogger,
      database: url.href,
      httpHost: '127.0.0.1',
      httpPort: 0,
      adminKey,
      secretBox: system.secretBox,
      version: '0.0.0',
      answerPing: () => false,
    });
    await expect(starting).rejects.toMatchObject({ code: 'QRT_DATABASE_REFUSED', retryable: false });
  });

  it('does not start on a port that another process holds, and lets the database go', async () => {
    const { port } = new URL(system.api.url);
    const starting = startApi({
      log: system.log,
      logger: silentLogger,
      database: system.databaseUrl,
      httpHost: '127.0.0.1',
      httpPort: Number(port),
      adminKey,
      secretBox: system.secretBox,
      version: '0.0.0',
      answerPing: () => false,
    });
    await expect(starting).rejects.toMatchObject({ code: 'QRT_CONFIGURATION' });
  });
});
