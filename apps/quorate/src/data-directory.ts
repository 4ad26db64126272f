/** The folder that holds everything of a single-process installation, and the mark by which it is known as ours. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@quorate/runtime';
import { z } from 'zod';

const markName = 'quorate.json';
const layoutVersion = 1;

const markSchema = z.object({
  kind: z.literal('quorate-data'),
  v: z.literal(layoutVersion),
  /** Names the key that seals this installation's secrets. */
  secretKeyId: z.string().nullable(),
});
export type DataMark = z.infer<typeof markSchema>;

export interface DataDirectory {
  readonly path: string;
  readonly mark: DataMark;
}

function fault(problem: string, remedy: string): ConfigurationError {
  return new ConfigurationError([{ subject: 'QUORATE_DATA_DIR', problem, remedy }]);
}

function problemOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'names a directory that this user may not write to';
    case 'EROFS':
      return 'names a directory on a file system that is read-only';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'names something that is not a directory';
    case 'ENOSPC':
      return 'names a directory on a disk without room';
    default:
      return `names a directory that can not be used (${error.code ?? error.message})`;
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw fault(problemOf(error as NodeJS.ErrnoException), 'Name a directory that Quorate may write to, or make room');
  }
}

function parseMark(text: string): DataMark {
  try {
    return markSchema.parse(JSON.parse(text));
  } catch {
    throw fault(
      `names a directory whose ${markName} this Quorate can not read`,
      'Restore it from a backup, start the Quorate that wrote it, or name another directory',
    );
  }
}

async function readMark(path: string): Promise<DataMark | null> {
  const names = await readdir(path);
  if (names.includes(markName)) return parseMark(await readFile(join(path, markName), 'utf8'));
  if (names.length === 0) return null;
  throw fault(
    'names a directory that holds files of something else',
    'Name an empty directory, or one that is not there yet',
  );
}

/** Whole or not at all, also when the machine dies meanwhile. */
export async function writeMark(path: string, mark: DataMark): Promise<void> {
  const unfinished = join(path, `${markName}.new`);
  await writeFile(unfinished, `${JSON.stringify(mark)}\n`);
  const file = await open(unfinished);
  await file.sync();
  await file.close();
  await rename(unfinished, join(path, markName));
}

async function checkWritable(path: string): Promise<void> {
  const probe = join(path, `.probe-${randomUUID()}`);
  await writeFile(probe, '', { flag: 'wx' });
  await rm(probe);
}

/**
 * Finds or makes the folder; what lies in a foreign one stays as it was.
 * @throws ConfigurationError
 */
export async function openDataDirectory(configured: string): Promise<DataDirectory> {
  return translated(async () => {
    await mkdir(configured, { recursive: true, mode: 0o755 });
    const path = await realpath(configured);
    const known = await readMark(path);
    await checkWritable(path);
    const mark = known ?? { kind: 'quorate-data', v: layoutVersion, secretKeyId: null };
    if (known === null) await writeMark(path, mark);
    return { path, mark };
  });
}
