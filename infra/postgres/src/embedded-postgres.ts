/** A real PostgreSQL in a folder: made at the first start, the same at the next. */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from './binaries.ts';
import { ensureCluster, roleName } from './cluster.ts';
import { PostgresStartError } from './errors.ts';
import { serverIdentity } from './identity.ts';
import { launcherFor } from './launcher.ts';
import { listeningFor } from './listening.ts';
import { keptPassword } from './password.ts';
import { stopPredecessor } from './predecessor.ts';
import { Server } from './server.ts';

export interface EmbeddedPostgresSettings {
  /** Where the cluster and its password are kept. The caller must be its only user. */
  readonly directory: string;
  /** The server died by itself; it is being started again. */
  onDeath?(reason: string): void;
}

export interface PostgresConnection {
  /** A socket's folder, or an address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgres {
  readonly connection: PostgresConnection;
  /** The same as a URL, for `DATABASE_URL`. */
  readonly url: string;
  stop(): Promise<void>;
}

const tuning = ['shared_buffers=64MB', 'max_connections=60', 'log_min_messages=warning', 'timezone=UTC'];

function urlOf({ host, port, user, password, database }: PostgresConnection): string {
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  if (!host.startsWith('/')) return `postgres://${credentials}@${host}:${port}/${database}`;
  return `postgres://${credentials}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

async function makeDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true });
    return await realpath(directory);
  } catch (cause) {
    throw new PostgresStartError(`${directory} can not be made. Name a directory that Quorate may write to`, { cause });
  }
}

/** @throws PostgresStartError with the remedy in its message. */
export async function startEmbeddedPostgres(settings: EmbeddedPostgresSettings): Promise<EmbeddedPostgres> {
  const home = await makeDirectory(settings.directory);
  const directory = join(home, 'cluster');
  const binaries = findBinaries();
  const identity = await serverIdentity();
  const launch = await launcherFor(identity, { ...binaries, data: directory });
  const password = await keptPassword(join(home, 'password'));
  await ensureCluster({ directory, binaries, identity, launch, password });
  await stopPredecessor(directory);
  const { host, port, flags } = await listeningFor(directory);
  const connection = { host, port, user: roleName, password, database: roleName };
  const tuned = tuning.flatMap((assignment) => ['-c', assignment]);
  const server = new Server({
    connection,
    launch: () => launch(binaries.postgres, ['-D', directory, '-p', String(port), ...flags, ...tuned], 'ignore'),
    onDeath: (reason) => settings.onDeath?.(reason),
  });
  await server.start();
  return { connection, url: urlOf(connection), stop: () => server.stop() };
}
