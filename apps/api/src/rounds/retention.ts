/** Deletes what is no longer kept, little by little: rounds, and the answers of old Idempotency-Keys. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@quorate/telemetry';
import type { DataSource } from 'typeorm';

const dayMs = 86_400_000;
const roundsKeptMs = 30 * dayMs;
const idempotencyKeysKeptMs = dayMs;
/** So few that no statement holds its locks for long. */
const batchRowsMax = 5_000;
const periodMs = 60_000;

export class Retention {
  readonly #database: DataSource;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(database: DataSource, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#sweep().catch((error: unknown) => this.#logger.warn('Old rounds could not be deleted', { error }));
      await sleep(periodMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #sweep(): Promise<void> {
    const now = Date.now();
    while ((await deleteRounds(this.#database, now - roundsKeptMs)) === batchRowsMax) {
      if (this.#stopping.signal.aborted) return;
    }
    await this.#database.query('DELETE FROM idempotency_keys WHERE created_at < $1', [
      new Date(now - idempotencyKeysKeptMs),
    ]);
  }
}

/** How many rounds were deleted, at most `batchRowsMax`. Rows that another instance is deleting are left to it. */
async function deleteRounds(database: DataSource, dueBefore: number): Promise<number> {
  const [, count] = await database.query<[unknown, number]>(
    `DELETE FROM rounds WHERE (monitor_id, due_at, kind) IN (
      SELECT monitor_id, due_at, kind FROM rounds WHERE due_at < $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [new Date(dueBefore), batchRowsMax],
  );
  return count;
}
