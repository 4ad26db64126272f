/** PostgreSQL from npm, for real: starts that go well, starts that can't, and what a killed predecessor leaves. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { PostgresStartError } from './errors.ts';

let home = '';
let running: EmbeddedPostgres[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'quorate-postgres-'));
});
afterEach(async () => {
  await Promise.all(running.map((postgres) => postgres.stop()));
  running = [];
  await rm(home, { recursive: true, force: true });
});

async function start(directory = join(home, 'postgres')): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ directory });
  running.push(postgres);
  return postgres;
}

async function query(postgres: Pick<EmbeddedPostgres, 'url'>, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A process of its own that starts PostgreSQL and stays. */
async function startElsewhere(directory: string): Promise<ChildProcess> {
  const built = new URL('../dist/index.js', import.meta.url).href;
  const script = `import { startEmbeddedPostgres } from ${JSON.stringify(built)};
    await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)} });
    process.send('ready');
    setInterval(() => undefined, 1_000);`;
  const file = join(home, 'elsewhere.mjs');
  await writeFile(file, script);
  const elsewhere = fork(file, { stdio: 'inherit' });
  await once(elsewhere, 'message');
  return elsewhere;
}

describe('an embedded PostgreSQL', () => {
  it('keeps what was written over a stop and a start, in a folder that only its user may enter', async () => {
    await chmod(home, 0o700);
    const first = await start();
    await query(first, 'create table kept (id int); insert into kept values (7)');
    await first.stop();
    expect(await query(await start(), 'select id from kept')).toEqual([{ id: 7 }]);
  });

  it('lets nobody in without the password', async () => {
    const { connection } = await start();
    const stranger = new Client({ ...connection, password: 'guessed' });
    await expect(stranger.connect()).rejects.toThrow('password authentication failed');
    const superuser = new Client({ ...connection, user: 'postgres' });
    await expect(superuser.connect()).rejects.toThrow('no pg_hba.conf entry');
  });

  it('listens on loopback where the path is too long for a socket', async () => {
    const { connection } = await start(join(home, 'a'.repeat(100)));
    expect(connection.host).toBe('127.0.0.1');
  });

  it('starts on the files of one whose process was killed', async () => {
    const directory = join(home, 'postgres');
    const elsewhere = await startElsewhere(directory);
    elsewhere.kill('SIGKILL');
    await once(elsewhere, 'exit');
    expect(await query(await start(directory), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is started again when the server dies', async () => {
    const directory = join(home, 'postgres');
    const died = new Promise<string>((resolve) => {
      void startEmbeddedPostgres({ directory, onDeath: resolve }).then(async (postgres) => {
        running.push(postgres);
        process.kill(Number.parseInt(await readFile(join(directory, 'cluster/postmaster.pid'), 'utf8'), 10), 'SIGKILL');
      });
    });
    await died;
    const [postgres] = running as [EmbeddedPostgres];
    const answers = async (): Promise<unknown> => query(postgres, 'select 1 as one').catch(() => answers());
    expect(await answers()).toEqual([{ one: 1 }]);
  });

  it('leaves files that are not its own as they were, and says so', async () => {
    const cluster = join(home, 'postgres/cluster');
    await mkdir(cluster, { recursive: true });
    await writeFile(join(cluster, 'thesis.txt'), 'mine');
    await expect(start()).rejects.toThrow(/is no PostgreSQL data.*name another data directory/);
    expect(await readdir(cluster)).toEqual(['thesis.txt']);
  });

  it('names the version when another one made the files', async () => {
    const cluster = join(home, 'postgres/cluster');
    await mkdir(cluster, { recursive: true });
    await writeFile(join(cluster, 'PG_VERSION'), '12\n');
    await expect(start()).rejects.toThrow(/is of PostgreSQL 12, and this Quorate brings PostgreSQL 18/);
  });

  it('names a folder that can not be made', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(start(join(home, 'file/postgres'))).rejects.toThrow(PostgresStartError);
  });
});
