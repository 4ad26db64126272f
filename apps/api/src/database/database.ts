/** Opens the database: waits for it, within limits, and brings its schema up to date. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@quorate/telemetry';
import { DataSource, type QueryRunner } from 'typeorm';
import { isDatabaseUnavailable } from './database-error.ts';
import { DatabaseRefusedError, DatabaseUnreachableError } from './errors.ts';
import { entities } from './entities.ts';
import { migrations } from './migrations/index.ts';

/** A URL, or what `pg` takes; `host` may be a directory with a Unix socket. */
export type DatabaseOptions =
  | string
  | {
      readonly host: string;
      readonly port?: number;
      readonly user?: string;
      readonly password?: string;
      readonly database?: string;
    };

/** How long a start waits for a database that cannot be reached; afterwards it fails. */
const databaseWaitMsMax = 20_000;
const retryPauseMs = 1_000;
const lockPauseMs = 200;
const connectTimeoutMs = 3_000;
const statementTimeoutMs = 10_000;
const poolSizeMax = 12;
/** A number of our own among PostgreSQL's advisory locks: who migrates. */
const migrationLock = 7_415_001;

/** @throws DatabaseUnreachableError when it does not come in time, DatabaseRefusedError when waiting cannot help. */
export async function openDatabase(options: DatabaseOptions, logger: Logger): Promise<DataSource> {
  const dataSource = createDataSource(options, logger);
  const giveUpAt = performance.now() + databaseWaitMsMax;
  await connect(dataSource, { giveUpAt, logger });
  try {
    await migrate(dataSource, giveUpAt);
  } catch (cause) {
    await dataSource.destroy();
    throw isDatabaseUnavailable(cause) ? new DatabaseUnreachableError(databaseWaitMsMax, cause) : cause;
  }
  return dataSource;
}

function createDataSource(options: DatabaseOptions, logger: Logger): DataSource {
  return new DataSource({
    type: 'postgres',
    entities: [...entities],
    migrations: [...migrations],
    synchronize: false,
    installExtensions: false,
    parseInt8: true,
    logging: false,
    poolErrorHandler: (error: unknown) => logger.warn('A database connection was lost', { error }),
    extra: {
      ...(typeof options === 'string' ? { connectionString: options } : options),
      application_name: 'quorate-api',
      max: poolSizeMax,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + connectTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs * 3,
      keepAlive: true,
    },
  });
}

async function connect(dataSource: DataSource, wait: { giveUpAt: number; logger: Logger }): Promise<void> {
  for (;;) {
    try {
      await dataSource.initialize();
      return;
    } catch (cause) {
      if (!isDatabaseUnavailable(cause)) throw new DatabaseRefusedError(cause);
      if (performance.now() + retryPauseMs > wait.giveUpAt)
        throw new DatabaseUnreachableError(databaseWaitMsMax, cause);
      wait.logger.warn('The database cannot be reached; waiting for it', { error: cause });
      await sleep(retryPauseMs);
    }
  }
}

/** Several instances may start at once: one migrates, the others wait and find nothing left to do. */
async function migrate(dataSource: DataSource, giveUpAt: number): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await lockMigrations(runner, giveUpAt);
    await dataSource.runMigrations({ transaction: 'each' });
    await runner.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
  } finally {
    await runner.release();
  }
}

async function lockMigrations(runner: QueryRunner, giveUpAt: number): Promise<void> {
  while (performance.now() < giveUpAt) {
    const sql = 'SELECT pg_try_advisory_lock($1) AS mine';
    const [row] = await runner.manager.query<{ mine: boolean }[]>(sql, [migrationLock]);
    if (row?.mine === true) return;
    await sleep(lockPauseMs);
  }
  throw new DatabaseUnreachableError(databaseWaitMsMax, new Error('another instance is still changing the schema'));
}
