/** The folder in which PostgreSQL keeps its files: made whole or not at all, and never touched when it isn't ours. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { PostgresStartError } from './errors.ts';
import { handOver, type Identity } from './identity.ts';
import type { Launch } from './launcher.ts';

const majorVersion = '18';
/** The role and the database that the server is for; nobody else can log in. */
export const roleName = 'quorate';

const hostBasedAuthentication = `# Written by Quorate: only the role ${roleName} may log in, with its password.
local all ${roleName} scram-sha-256
host  all ${roleName} 127.0.0.1/32 scram-sha-256
`;

export interface ClusterSettings {
  readonly directory: string;
  readonly binaries: Binaries;
  readonly identity: Identity | null;
  readonly launch: Launch;
  /** Letters and digits only. */
  readonly password: string;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function remedyFor(output: string): string {
  if (/No space left/i.test(output)) return 'Make room on the disk';
  if (/Permission denied/i.test(output)) return 'Check who may write to the data directory';
  return 'Look at what it said, or set DATABASE_URL to a server of your own';
}

/** What a program said last, for a person. */
export function saidLast(output: string): string {
  const lines = output.split('\n').filter((line) => /FATAL|ERROR|PANIC|error:|DETAIL/i.test(line));
  return lines.slice(-3).join(' ').trim() || output.trim().slice(-300) || 'nothing';
}

export function programFailed(program: string, output: string): PostgresStartError {
  return new PostgresStartError(`${program} failed and said: ${saidLast(output)}. ${remedyFor(output)}`);
}

async function finish(child: ChildProcess, program: string): Promise<void> {
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw programFailed(program, output);
}

async function initialise({ binaries, launch }: ClusterSettings, directory: string): Promise<void> {
  const flags = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await finish(launch(binaries.initdb, ['-D', directory, ...flags, ...locale], 'ignore'), 'initdb');
}

/** Without a running server: there is no moment at which somebody could log in without a password. */
async function createRole({ binaries, launch, password }: ClusterSettings, directory: string): Promise<void> {
  const child = launch(binaries.postgres, ['--single', '-D', directory, 'postgres'], 'pipe');
  child.stdin?.end(
    `CREATE ROLE ${roleName} LOGIN CREATEDB PASSWORD '${password}'\nCREATE DATABASE ${roleName} OWNER ${roleName}\n`,
  );
  await finish(child, 'postgres --single');
}

async function checkVersion(directory: string): Promise<void> {
  const version = await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version?.trim() === majorVersion) return;
  const found = version === null ? 'is no PostgreSQL data' : `is of PostgreSQL ${version.trim().slice(0, 10)}`;
  throw new PostgresStartError(
    `${directory} ${found}, and this Quorate brings PostgreSQL ${majorVersion}. ` +
      'Start the Quorate that made it, or name another data directory',
  );
}

/** @throws PostgresStartError */
export async function ensureCluster(settings: ClusterSettings): Promise<void> {
  const { directory, identity } = settings;
  if (await exists(directory)) return checkVersion(directory);
  const unfinished = `${directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await handOver(unfinished, identity);
  await initialise(settings, unfinished);
  await createRole(settings, unfinished);
  await writeFile(join(unfinished, 'pg_hba.conf'), hostBasedAuthentication);
  await rename(unfinished, directory);
}
