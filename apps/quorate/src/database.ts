/** The database of the read model and the configuration: the user's, or our own in the data directory. */
import { join } from 'node:path';
import type { DatabaseOptions } from '@quorate/api';
import { startEmbeddedPostgres } from '@quorate/postgres';
import type { Logger } from '@quorate/telemetry';

export interface Database {
  readonly options: DatabaseOptions;
  readonly kind: 'embedded' | 'external';
  close(): Promise<void>;
}

/** @throws PostgresStartError when our own can't be started. */
export async function openDatabase(
  url: string | undefined,
  { directory, logger }: { directory: string; logger: Logger },
): Promise<Database> {
  if (url !== undefined) return { options: url, kind: 'external', close: () => Promise.resolve() };
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    onDeath: (reason) => logger.error('PostgreSQL ended and is being started again', { reason }),
  });
  return { options: postgres.connection, kind: 'embedded', close: () => postgres.stop() };
}
