/** Probes of databases and brokers against the real servers. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeSchema, type Evidence } from '@quorate/contracts';
import { sharedKafka } from '@quorate/kafka-broker';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@quorate/postgres';
import { performProbe } from './probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
const guard = new AddressGuard(allowLoopback);
const surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal });
const timeoutMs = 20_000;

async function look(type: string, settings: object): Promise<Evidence> {
  const startedAt = Date.now();
  const probe = probeSchema.parse({ type, [type]: settings });
  return await performProbe(probe, { ...surroundings, monitorKey: 'm', startedAt, timeoutMs, dueAt: startedAt });
}

describe('a real PostgreSQL', () => {
  let home = '';
  let postgres: EmbeddedPostgres;
  let settings: object;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'quorate-probe-'));
    // Too long a path for a Unix socket: it listens on loopback.
    const directory = join(home, 'a-long-way-down-'.repeat(6));
    await mkdir(directory);
    postgres = await startEmbeddedPostgres({ directory });
    const { host, port, user, password, database } = postgres.connection;
    settings = { host, port, username: user, password, database };
  });
  afterAll(async () => {
    await postgres?.stop();
    await rm(home, { recursive: true, force: true });
  });

  it.each<[string, object]>([
    ['lets in the right password', {}],
    ['answers a query', { query: { sql: 'select count(*) from generate_series(1, 20000)', equals: '20000' } }],
  ])('is up: it %s', async (_what, changes) => {
    expect(await look('postgresql', { ...settings, ...changes })).toMatchObject({ outcome: 'up', message: null });
  });

  it.each<[string, object, string, RegExp]>([
    ['wrong password', { password: 'wrong' }, 'auth.refused', /password authentication failed.*\(28P01\)/],
    ['wrong database', { database: 'nowhere' }, 'service.unavailable', /database "nowhere" does not exist/],
    ['TLS that it lacks', { tls: 'require' }, 'tls.protocol', /does not offer TLS/],
    ['another value', { query: { sql: 'select 1', equals: '2' } }, 'query.mismatch', /the query gave "1"/],
    ['a bad query', { query: { sql: 'select from where' } }, 'query.mismatch', /syntax error/],
    ['a query that goes on', { query: { sql: 'commit; create table x ()' } }, 'query.mismatch', /multiple commands/],
    ['a query that writes', { query: { sql: 'create table x ()' } }, 'query.mismatch', /read-only transaction/],
  ])('is down: %s', async (_what, changes, reason, message) => {
    const evidence = await look('postgresql', { ...settings, ...changes });
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });
});

const kafkaSuite = sharedKafka().available ? describe : describe.skip;

kafkaSuite('a real Kafka', () => {
  const { brokers } = sharedKafka();

  it('is up, and knows its own topic', async () => {
    expect(await look('kafka', { brokers })).toMatchObject({ outcome: 'up', message: null });
  });

  it.each<[string, object, string, RegExp]>([
    ['a topic that it lacks, and is not made to have', { topic: 'no-such-topic' }, 'service.unavailable', /no topic/],
    [
      'a log-in that it does not know',
      { sasl: { mechanism: 'plain', username: 'watcher', password: 'secret' } },
      'auth.refused',
      /log-in/,
    ],
    ['TLS that it does not speak', { tls: 'require' }, 'tls.handshake', /TLS/],
  ])('is down: %s', async (_what, changes, reason, message) => {
    const evidence = await look('kafka', { brokers, ...changes });
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });
});
