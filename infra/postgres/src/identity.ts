/** The operating system's user that PostgreSQL runs as. PostgreSQL refuses to run as root. */
import { execFile } from 'node:child_process';
import { chown } from 'node:fs/promises';
import { promisify } from 'node:util';
import { PostgresStartError } from './errors.ts';

const run = promisify(execFile);
const userName = 'postgres';

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

async function lookUp(): Promise<Identity | null> {
  const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, userName]))).catch(() => null);
  if (ids === null) return null;
  const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number.parseInt(stdout, 10));
  return { uid, gid };
}

async function create(): Promise<Identity | null> {
  await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', userName]);
  return lookUp();
}

/** Whom to become, or null to stay who we are. As root a system user `postgres` is made where there is none. */
export async function serverIdentity(): Promise<Identity | null> {
  if (process.getuid?.() !== 0) return null;
  const found = (await lookUp()) ?? (await create().catch(() => null));
  if (found !== null) return found;
  throw new PostgresStartError(
    'PostgreSQL does not run as root, there is no user named postgres, and useradd could not make one. ' +
      'Start Quorate as another user, make the user, or set DATABASE_URL to a server of your own',
  );
}

export async function handOver(directory: string, identity: Identity | null): Promise<void> {
  if (identity !== null) await chown(directory, identity.uid, identity.gid);
}
