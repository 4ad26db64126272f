/** The password of the database's only role: made once, kept beside the data, readable by us alone. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { PostgresStartError } from './errors.ts';

const passwordPattern = /^[0-9a-f]{48}$/;

async function make(path: string): Promise<string> {
  const password = randomBytes(24).toString('hex');
  await writeFile(path, `${password}\n`, { mode: 0o600, flag: 'wx' });
  return password;
}

export async function keptPassword(path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (kept === null) return make(path);
  if (passwordPattern.test(kept.trim())) return kept.trim();
  throw new PostgresStartError(`${path} holds no password of ours. Restore it from a backup`);
}
