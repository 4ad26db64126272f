/**
 * Publishes the outbox: one instance at a time (an advisory lock), in the order in which the rows were written. A row
 * is deleted after its record was acknowledged; a crash in between publishes it again, which its readers expect. Should
 * the lock be lost in the middle of an append, records of a successor may come before it: readers ignore the older
 * version, and what stands is said again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { partitionOf } from '@quorate/contracts';
import type { DurableLog, OutgoingRecord } from '@quorate/bus';
import { metrics, type Logger } from '@quorate/telemetry';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { isDatabaseUnavailable } from '../database/database-error.ts';
import { DoubtfulAppends } from './doubtful-appends.ts';
import { OutboxEntity } from './outbox.entity.ts';
import { Signal } from './signal.ts';
import { enqueueStanding } from './standing-record.ts';

const batchRowsMax = 500;
/** How often it looks without being woken: for rows of another instance that died before it published them. */
const pollMs = 1_000;
const failurePauseMsMin = 100;
const failurePauseMsMax = 5_000;
/** A number of our own among PostgreSQL's advisory locks: who publishes. */
const relayLock = 7_415_002;

/** Twice as long as the log tries an append before it gives it up. */
export const appendSettleMsDefault = 30_000;

interface Collaborators {
  readonly database: DataSource;
  readonly log: DurableLog;
  readonly logger: Logger;
  /** How long after it was given up an append may still come. */
  readonly appendSettleMs: number;
}

export class OutboxRelay {
  readonly #collaborators: Collaborators;
  readonly #stopping = new AbortController();
  readonly #signal = new Signal();
  readonly #doubtful: DoubtfulAppends;
  #running: Promise<void> = Promise.resolve();
  #failure: string | null = null;

  constructor(collaborators: Collaborators) {
    this.#collaborators = collaborators;
    this.#doubtful = new DoubtfulAppends(collaborators.appendSettleMs);
  }

  /** Why nothing is published just now; null when all is well. */
  get failure(): string | null {
    return this.#failure;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** To be called after a commit: what it wrote is published at once. */
  wake(): void {
    this.#signal.raise();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failurePauseMs = failurePauseMsMin;
    while (!signal.aborted) {
      try {
        await this.#publishAll(signal);
        await this.#restate();
        this.#recovered();
        failurePauseMs = failurePauseMsMin;
        await this.#signal.wait(pollMs, signal);
      } catch (error) {
        this.#failed(error);
        await sleep(failurePauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
        failurePauseMs = Math.min(failurePauseMs * 2, failurePauseMsMax);
      }
    }
  }

  async #publishAll(signal: AbortSignal): Promise<void> {
    let publishedCount = batchRowsMax;
    while (publishedCount === batchRowsMax && !signal.aborted) {
      publishedCount = await this.#publishTransaction();
    }
  }

  async #publishTransaction(): Promise<number> {
    const appended: OutgoingRecord[] = [];
    try {
      return await this.#collaborators.database.transaction((manager) => this.#publishBatch(manager, appended));
    } catch (error) {
      this.#doubtful.add(appended, performance.now());
      throw error;
    }
  }

  /** Says again what stands of the entities whose appends may have come late. */
  async #restate(): Promise<void> {
    const entities = this.#doubtful.settled(performance.now());
    if (entities.length === 0) return;
    await this.#collaborators.database.transaction(async (manager) => {
      for (const entity of entities) await enqueueStanding(manager, entity);
    });
    this.#doubtful.forget(entities);
    this.#signal.raise();
    this.#collaborators.logger.info('What may have been overtaken is told again', { entityCount: entities.length });
  }

  /**
   * How many rows were published; none while another instance does it. Before each append it makes sure that it still
   * has its connection, and so the lock. `appended` takes what was begun to be appended.
   */
  async #publishBatch(manager: EntityManager, appended: OutgoingRecord[]): Promise<number> {
    const sql = 'SELECT pg_try_advisory_xact_lock($1) AS mine';
    const [lock] = await manager.query<{ mine: boolean }[]>(sql, [relayLock]);
    if (lock?.mine !== true) return 0;
    const rows = await manager.find(OutboxEntity, { order: { id: 'ASC' }, take: batchRowsMax });
    for (const records of Map.groupBy(rows.map(this.#recordOf), partitionName).values()) {
      await manager.query('SELECT 1');
      appended.push(...records);
      await this.#collaborators.log.append(records);
    }
    if (rows.length > 0) await manager.delete(OutboxEntity, { id: In(rows.map(({ id }) => id)) });
    metrics.outboxPublished.add(rows.length);
    return rows.length;
  }

  readonly #recordOf = ({ topic, key, partitionKey, value, headers }: OutboxEntity): OutgoingRecord => {
    const partition = partitionOf(partitionKey, this.#collaborators.log.partitionCount(topic));
    return { topic, partition, key, value, headers };
  };

  #failed(error: unknown): void {
    if (this.#failure === null) this.#collaborators.logger.warn('The outbox cannot be published; retrying', { error });
    const reason = isNativeError(error) ? error.message : String(error);
    const what = isDatabaseUnavailable(error) ? 'The database cannot be reached' : 'Changes cannot be published';
    this.#failure = `${what}: ${reason}`;
  }

  #recovered(): void {
    if (this.#failure !== null) this.#collaborators.logger.info('The outbox is published again');
    this.#failure = null;
  }
}

function partitionName({ topic, partition }: OutgoingRecord): string {
  return `${topic}/${partition}`;
}
