/** Starts that can't succeed: they end soon, name every fault and its remedy, and leave the data as it was. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { killAll, startProcess } from './processes.ts';
import { SingleProcess } from './single-process.ts';

const endMsMax = 30_000;

let home = '';
let taken: Server | null = null;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'quorate-bad-start-'));
});
afterEach(async () => {
  taken?.close();
  taken = null;
  await rm(home, { recursive: true, force: true });
});
afterAll(killAll);

/** What a start said that ended by itself, non-zero, in time and without a stack trace. */
async function faultsOf(environment: Record<string, string>, program = 'quorate'): Promise<string> {
  const startedAt = performance.now();
  const process = startProcess(`apps/${program}/dist/main.js`, { QUORATE_HTTP_PORT: '0', ...environment });
  const { code, signal } = await process.exit;
  expect(signal).toBeNull();
  expect(code).not.toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(endMsMax);
  expect(process.output()).not.toMatch(/^\s+at .+\d+:\d+\)?$/m);
  return process.output();
}

/** Every file below a folder, with what it holds. */
async function contentsOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = files.map(async (file) => [
    file,
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  ]);
  return Object.fromEntries((await Promise.all(hashes)) as [string, string][]);
}

async function unchanged(directory: string, fault: RegExp): Promise<void> {
  const before = await contentsOf(directory);
  expect(await faultsOf({ QUORATE_DATA_DIR: directory })).toMatch(fault);
  expect(await contentsOf(directory)).toEqual(before);
}

describe('a start with bad settings', () => {
  it('names each of them, what they contradict, and what was meant', async () => {
    const said = await faultsOf({
      QUORATE_HTTP_PROT: '3000',
      QUORATE_REGIONS: 'eu,eu',
      QUORATE_SECRET_KEY: 'n0tAkey',
      KAFKA_BROKERS: 'kafka:9092',
    });
    expect(said).toContain('4 faults');
    expect(said).toMatch(/QUORATE_HTTP_PROT is not a setting of Quorate. Did you mean QUORATE_HTTP_PORT\?/);
    expect(said).toMatch(/QUORATE_REGIONS names a region twice. Set it to/);
    expect(said).toMatch(/QUORATE_SECRET_KEY is not 32 bytes of base64. Set it to/);
    expect(said).toMatch(/KAFKA_BROKERS contradicts npm start.* Remove it/);
    expect(said).not.toContain('n0tAkey');
  }, 60_000);

  it.each([
    ['prober', /QUORATE_REGION is not set[^]*QUORATE_SECRET_KEY is not set/],
    ['dispatcher', /QUORATE_SECRET_KEY is not set/],
    ['api', /DATABASE_URL is not set[^]*QUORATE_ADMIN_KEY is not set[^]*QUORATE_SECRET_KEY is not set/],
  ])(
    'of the %s alone names what it misses',
    async (program, missing) => {
      const said = await faultsOf({}, program);
      expect(said).toMatch(/KAFKA_BROKERS is not set/);
      expect(said).toMatch(missing);
    },
    60_000,
  );

  it('names brokers that do not answer', async () => {
    expect(await faultsOf({ KAFKA_BROKERS: '127.0.0.1:9' }, 'scheduler')).toMatch(/Kafka.*127\.0\.0\.1:9/);
  }, 60_000);

  it('names a port that is taken, and makes no data directory', async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = String((taken.address() as AddressInfo).port);
    const said = await faultsOf({ QUORATE_DATA_DIR: join(home, 'data'), QUORATE_HTTP_PORT: port });
    expect(said).toContain(`QUORATE_HTTP_PORT names port ${port} of 127.0.0.1, which another process holds`);
    expect(await readdir(home)).toEqual([]);
  }, 60_000);
});

describe('a start on a bad data directory', () => {
  it('says when it holds something else', async () => {
    await writeFile(join(home, 'thesis.txt'), 'mine');
    await unchanged(home, /QUORATE_DATA_DIR names a directory that holds files of something else/);
  }, 60_000);

  it('says when it is no directory', async () => {
    await writeFile(join(home, 'file'), '');
    const said = await faultsOf({ QUORATE_DATA_DIR: join(home, 'file') });
    expect(said).toMatch(/QUORATE_DATA_DIR names something that is not a directory/);
  }, 60_000);

  it('says when its log is garbage', async () => {
    const mark = { kind: 'quorate-data', v: 1, secretKeyId: null };
    await writeFile(join(home, 'quorate.json'), JSON.stringify(mark));
    await mkdir(join(home, 'log'));
    await writeFile(join(home, 'log/log.db'), 'garbage'.repeat(1_000));
    await unchanged(home, /log\.db is not a log.*QUORATE_DATA_DIR/);
  }, 60_000);

  it('says when another process uses it', async () => {
    const system = await SingleProcess.start();
    const said = await faultsOf({ QUORATE_DATA_DIR: join(system.directory, 'data') });
    expect(said).toMatch(/is in use by process \d+/);
    expect((await fetch(`${system.url}/healthz`)).status).toBe(200);
    await system.remove();
  }, 60_000);

  it('says when its secrets were sealed with another key', async () => {
    const system = await SingleProcess.start();
    await system.kill();
    const QUORATE_SECRET_KEY = Buffer.alloc(32, 9).toString('base64');
    const said = await faultsOf({ QUORATE_DATA_DIR: join(system.directory, 'data'), QUORATE_SECRET_KEY });
    expect(said).toMatch(/QUORATE_SECRET_KEY is not the key that sealed the secrets in this data directory/);
    await system.startAgain();
    await system.remove();
  }, 60_000);
});
