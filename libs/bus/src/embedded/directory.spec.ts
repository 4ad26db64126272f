/** What the embedded log refuses to open, in which words, and that it leaves everything as it was. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BusConfigurationError } from '../errors.ts';
import type { LocalLog } from '../local/local-log.ts';
import { openEmbeddedLog } from './open-embedded-log.ts';

let root: string;
let directory: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'quorate-directory-'));
  directory = join(root, 'log');
});

afterEach(() => rm(root, { recursive: true }));

const open = (): Promise<LocalLog> => openEmbeddedLog({ directory, onFatal: () => undefined });

/** A log with one record, closed again. */
async function makeLog(): Promise<void> {
  const log = await open();
  await log.ensureTopics([{ name: 'topic', partitionCount: 1, retention: { compacted: false, retentionMs: 60_000 } }]);
  await log.append([{ topic: 'topic', partition: 0, key: 'key', value: '1' }]);
  await log.close();
}

/** Every file with its content. */
async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(directory)).toSorted();
  const files = names.map(async (name) => [name, await readFile(join(directory, name), 'latin1')] as const);
  return Object.fromEntries(await Promise.all(files));
}

async function expectRefusal(words: RegExp): Promise<void> {
  const before = await contents();
  const refusal = await open().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(BusConfigurationError);
  expect((refusal as Error).message).toMatch(words);
  expect((refusal as Error).message).toContain('QUORATE_DATA_DIR');
  expect(await contents()).toEqual(before);
}

/** Changes the closed file as a stranger might. */
function tamper(sql: string, file = 'log.db'): void {
  const database = new DatabaseSync(join(directory, file));
  database.exec(sql);
  database.close();
}

describe('the directory of an embedded log', () => {
  it('is made where it is missing, and found again with everything in it', async () => {
    directory = join(root, 'a', 'b', 'c');
    await makeLog();
    const log = await open();
    expect((await log.last('topic', 0))?.value).toBe('1');
    await log.close();
  });

  it('may be a new file system with nothing but what that brings', async () => {
    await mkdir(join(directory, 'lost+found'), { recursive: true });
    await (await open()).close();
    await rm(join(directory, 'lost+found'), { recursive: true });
  });

  it('is refused when it is a file', async () => {
    await writeFile(directory, 'not a directory');
    await expect(open()).rejects.toThrow(BusConfigurationError);
    await expect(open()).rejects.toThrow('cannot be a directory');
    expect(await readFile(directory, 'utf8')).toBe('not a directory');
  });

  it('is refused when it holds something else', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'photo.jpg'), 'a photo');
    await expectRefusal(/holds other files \(photo\.jpg\) and no log/);
  });

  it('is refused when its file is garbage', async () => {
    await mkdir(directory);
    await writeFile(join(directory, 'log.db'), 'garbage '.repeat(2_000));
    await expectRefusal(/log\.db is not a log/);
  });

  it('is refused when its file was turned into garbage', async () => {
    await makeLog();
    await writeFile(join(directory, 'log.db'), 'garbage '.repeat(2_000));
    await expectRefusal(/log\.db is not a log/);
  });

  it('is refused when its file is garbage behind its header', async () => {
    await makeLog();
    const file = await readFile(join(directory, 'log.db'));
    await writeFile(join(directory, 'log.db'), file.fill(0x5a, 200));
    await expectRefusal(/is damaged|holds a file that is not a log/);
  });

  it('is refused when its file is a database of something else', async () => {
    await mkdir(directory);
    tamper('CREATE TABLE recipe(name TEXT)');
    await expectRefusal(/database of something else/);
  });

  it('is refused when its file was emptied, and when it is gone', async () => {
    await makeLog();
    await writeFile(join(directory, 'log.db'), '');
    await expectRefusal(/log\.db is missing or empty, and this directory had a log/);
    await rm(join(directory, 'log.db'));
    await expectRefusal(/log\.db is missing or empty, and this directory had a log/);
  });

  it('is refused when its file is that of another installation', async () => {
    await makeLog();
    await writeFile(join(directory, 'installation.json'), '{"id":"another"}');
    await expectRefusal(/another installation/);
  });

  it('is refused when what names its installation cannot be read', async () => {
    await makeLog();
    await writeFile(join(directory, 'installation.json'), '{"id":');
    await expectRefusal(/installation\.json cannot be read/);
  });

  it('is opened when only the name of its installation was lost', async () => {
    await makeLog();
    await rm(join(directory, 'installation.json'));
    const log = await open();
    expect((await log.last('topic', 0))?.value).toBe('1');
    await log.close();
    expect(await readdir(directory)).toContain('installation.json');
  });

  it('is refused when a newer Quorate wrote it, naming that remedy', async () => {
    await makeLog();
    tamper('PRAGMA user_version = 2');
    const refusal = open();
    await expect(refusal).rejects.toThrow(BusConfigurationError);
    await expect(refusal).rejects.toThrow('Start the newer Quorate');
  });

  it('is refused while this process has it open, and free after its close', async () => {
    const log = await open();
    await expect(open()).rejects.toThrow('in use by this very process');
    await log.close();
    await (await open()).close();
  });

  it('is refused while another process has it open, saying who', async () => {
    await makeLog();
    const lock = new DatabaseSync(join(directory, 'lock.db'));
    lock.exec('BEGIN EXCLUSIVE');
    await writeFile(join(directory, 'owner.json'), '{"pid":4711,"since":"2026-11-21T10:00:00.000Z"}');
    await expect(open()).rejects.toThrow('in use by process 4711 since 2026-11-21T10:00:00.000Z. Stop it');
    lock.close();
    await (await open()).close();
  });

  it('is refused when it cannot be written', async () => {
    await makeLog();
    await chmod(root, 0o755);
    for (const name of await readdir(directory)) await chmod(join(directory, name), 0o444);
    await chmod(directory, 0o555);
    const before = await stat(join(directory, 'log.db'));
    expect(openAsNobody()).toMatch(/BusConfigurationError.*QUORATE_DATA_DIR/);
    expect(await stat(join(directory, 'log.db'))).toEqual({
      ...before,
      atime: expect.anything(),
      atimeMs: expect.anything(),
    });
    await chmod(directory, 0o755);
  });
});

const sourceOf = (path: string) => new URL(path, import.meta.url).href;

/** Root may write anything, so a process of somebody else tries; it needs no build. What it prints is the error. */
function openAsNobody(): string {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const program = `
    import { registerHooks } from 'node:module';
    const contracts = ${JSON.stringify(sourceOf('../../../contracts/src/index.ts'))};
    const resolve = (name, context, next) => next(name === '@quorate/contracts' ? contracts : name, context);
    registerHooks({ resolve });
    const { openEmbeddedLog } = await import(${JSON.stringify(sourceOf('./open-embedded-log.ts'))});
    await openEmbeddedLog({ directory: ${JSON.stringify(directory)}, onFatal: () => undefined })
      .then((log) => log.close(), (error) => console.log(error.name, error.message));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    ...nobody,
    encoding: 'utf8',
  });
  return stdout + stderr;
}
