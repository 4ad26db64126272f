/** Looks at a directory before anything in it is opened, and refuses what is not a log's or is not whole. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BusConfigurationError } from '../errors.ts';
import { applicationId } from './schema.ts';

const ourFiles = /^(log\.db|lock\.db)(-wal|-shm|-journal)?$|^(installation|owner)\.json$|^ballast$/;
/** What file systems put into a new directory. */
const strayFiles = /^(lost\+found|\.DS_Store)$/;
const headerBytes = 100;
const applicationIdAt = 68;
const magic = 'SQLite format 3\0';

const remedy = 'Choose another directory (QUORATE_DATA_DIR), or restore this one from a backup.';

interface InstallationFile {
  readonly id: string;
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

function createDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    const cause = { cause: error };
    throw new BusConfigurationError(`${directory} cannot be a directory (${errorCode(error)}). ${remedy}`, cause);
  }
}

function readInstallationId(directory: string): string | null {
  const file = join(directory, 'installation.json');
  if (!existsSync(file)) return null;
  try {
    const { id } = JSON.parse(readFileSync(file, 'utf8')) as Partial<InstallationFile>;
    if (typeof id === 'string') return id;
  } catch (cause) {
    throw new BusConfigurationError(`${file} cannot be read. ${remedy}`, { cause });
  }
  throw new BusConfigurationError(`${file} names no installation. ${remedy}`);
}

/** Only while no log of this process has the file open: closing it would drop SQLite's lock on it. */
function readHeader(file: string): Buffer {
  const header = Buffer.alloc(headerBytes);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, headerBytes, 0);
  } finally {
    closeSync(descriptor);
  }
  return header;
}

function checkLogFile(directory: string, installationId: string | null): void {
  const file = join(directory, 'log.db');
  const size = existsSync(file) ? statSync(file).size : 0;
  if (size === 0) {
    if (installationId === null) return;
    throw new BusConfigurationError(`${file} is missing or empty, and this directory had a log. ${remedy}`);
  }
  const header = readHeader(file);
  if (header.toString('latin1', 0, magic.length) !== magic) {
    throw new BusConfigurationError(`${file} is not a log: its first bytes are something else. ${remedy}`);
  }
  if (header.readUInt32BE(applicationIdAt) !== applicationId) {
    throw new BusConfigurationError(`${file} is a database of something else. ${remedy}`);
  }
}

/** Makes the directory where it is missing; returns whose it is. @throws BusConfigurationError */
export function inspectDirectory(directory: string): { readonly installationId: string | null } {
  createDirectory(directory);
  const names = readdirSync(directory).filter((name) => !strayFiles.test(name));
  if (names.length > 0 && !names.some((name) => ourFiles.test(name))) {
    throw new BusConfigurationError(`${directory} holds other files (${names[0]}) and no log. ${remedy}`);
  }
  const installationId = readInstallationId(directory);
  checkLogFile(directory, installationId);
  return { installationId };
}

/** Outside log.db, so that an emptied one is not taken for a new one. */
export async function writeInstallationId(directory: string, id: string): Promise<void> {
  const file = join(directory, 'installation.json');
  await mkdir(directory, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify({ id })}\n`, { flush: true });
  await rename(`${file}.new`, file);
}

/** Who holds the directory, for whoever is refused. */
export async function writeOwner(directory: string): Promise<void> {
  const owner = { pid: process.pid, since: new Date().toISOString() };
  await writeFile(join(directory, 'owner.json'), `${JSON.stringify(owner)}\n`);
}

export function describeOwner(directory: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8')) as Record<string, unknown>;
    return `process ${String(pid)} since ${String(since)}`;
  } catch {
    return 'a process that did not say its name';
  }
}
