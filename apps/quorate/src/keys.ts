/** The two keys of an installation: configured, or made at the first start and kept where only their owner reads. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, SecretBox, settings } from '@quorate/runtime';
import type { z } from 'zod';
import { writeMark, type DataDirectory } from './data-directory.ts';

export interface AdminKey {
  readonly key: string;
  /** Where it is kept; null when it was configured. */
  readonly file: string | null;
  /** Whether it was made just now, and has to be told once. */
  readonly isNew: boolean;
}

async function readKept(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parseKept<Schema extends z.ZodType>(file: string, schema: Schema, kept: string): z.output<Schema> {
  const parsed = schema.safeParse(kept);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError([{ subject: file, problem: 'holds no key', remedy: 'Restore it from a backup' }]);
}

async function keep(file: string, key: string): Promise<void> {
  await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
}

export async function adminKeyFor(directory: DataDirectory, configured: string | undefined): Promise<AdminKey> {
  if (configured !== undefined) return { key: configured, file: null, isNew: false };
  const file = join(directory.path, 'admin-key');
  const kept = await readKept(file);
  if (kept !== null)
    return { key: parseKept(file, settings.QUORATE_ADMIN_KEY.schema, kept) ?? kept, file, isNew: false };
  const key = `qrt_admin_${randomBytes(32).toString('base64url')}`;
  await keep(file, key);
  return { key, file, isNew: true };
}

async function secretKeyIn(directory: DataDirectory): Promise<Buffer> {
  const file = join(directory.path, 'secret-key');
  const kept = await readKept(file);
  if (kept !== null) return parseKept(file, settings.QUORATE_SECRET_KEY.schema, kept);
  if (directory.mark.secretKeyId !== null) throw otherKey('is not set, and its file secret-key is gone');
  const key = randomBytes(32);
  await keep(file, key.toString('base64'));
  return key;
}

function otherKey(problem: string): ConfigurationError {
  const remedy = 'Set it to the key that this data directory was made with';
  return new ConfigurationError([{ subject: 'QUORATE_SECRET_KEY', problem, remedy }]);
}

/** A hash that names a key and tells nothing of it. */
function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('quorate key id').update(key).digest('hex').slice(0, 16);
}

/** With another key the channels' secrets would be unreadable, and nobody would be paged: so that is no start. */
export async function secretBoxFor(directory: DataDirectory, configured: Buffer | undefined): Promise<SecretBox> {
  const key = configured ?? (await secretKeyIn(directory));
  const secretKeyId = keyIdOf(key);
  const { mark, path } = directory;
  if (mark.secretKeyId === null) await writeMark(path, { ...mark, secretKeyId });
  else if (mark.secretKeyId !== secretKeyId)
    throw otherKey('is not the key that sealed the secrets in this data directory');
  return new SecretBox(key);
}
