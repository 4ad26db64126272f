/**
 * Takes records of one topic's partition into the read model, rows and position in one transaction. So each record
 * counts once, whatever dies when; a predecessor that still writes finds the position moved on and gives up.
 */
import type { DurableLog, TaskRecord } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import { metrics, type Logger } from '@quorate/telemetry';
import type { DataSource, EntityManager } from 'typeorm';
import { isDataFault } from '../database/database-error.ts';
import { PositionEntity } from './position.entity.ts';
import { PositionMovedError } from './position-moved.error.ts';
import { putAside } from './refused-record.ts';
import { Turns } from './turns.ts';

/** Writes the rows of some records; called again with single records when the database refuses one of them. */
export type Project<Value> = (manager: EntityManager, records: readonly TaskRecord<Value>[]) => Promise<void>;

/** Positions of one partition, by topic. A topic that was never read has none. */
export async function positionsOf(database: DataSource, partition: number): Promise<Record<string, number>> {
  const rows = await database.manager.find(PositionEntity, { where: { partition } });
  return Object.fromEntries(rows.map(({ topic, position }) => [topic, position]));
}

/** Transactions at a time: a backlog must leave connections for those who ask. */
const transactionsMax = 4;

export class Projection {
  readonly #database: DataSource;
  readonly #logger: Logger;
  readonly #now: () => Instant;
  readonly #turns = new Turns(transactionsMax);

  constructor({ database, logger, log }: { database: DataSource; logger: Logger; log: Pick<DurableLog, 'now'> }) {
    this.#database = database;
    this.#logger = logger;
    this.#now = () => log.now();
  }

  /** @throws PositionMovedError when another process has taken these records in. */
  take<Value>(records: readonly TaskRecord<Value>[], project: Project<Value>): Promise<void> {
    return this.#turns.take(() => this.#take(records, project));
  }

  async #take<Value>(records: readonly TaskRecord<Value>[], project: Project<Value>): Promise<void> {
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) return;
    try {
      await this.#database.transaction(async (manager) => {
        await advance(manager, first, last.offset + 1);
        await project(manager, records);
      });
    } catch (error) {
      if (!isDataFault(error)) throw error;
      await this.#takeOneByOne(records, project);
    }
    metrics.recordsProjected.add(records.length, { topic: first.topic });
  }

  /** A record that the database refuses for good must not stop those behind it: it is put aside, and said. */
  async #takeOneByOne<Value>(records: readonly TaskRecord<Value>[], project: Project<Value>): Promise<void> {
    for (const record of records) {
      await this.#database.transaction(async (manager) => {
        await advance(manager, record, record.offset + 1);
        await this.#takeOrPutAside(manager, record, project);
      });
    }
  }

  async #takeOrPutAside<Value>(
    manager: EntityManager,
    record: TaskRecord<Value>,
    project: Project<Value>,
  ): Promise<void> {
    try {
      await manager.transaction((savepoint) => project(savepoint, [record]));
    } catch (error) {
      if (!isDataFault(error)) throw error;
      const { topic, partition, offset, key } = record;
      const isTold = await putAside(manager, { record, error, at: this.#now() });
      metrics.deadLetters.add(1, { service: 'api', topic });
      const place = { topic, partition, offset, key };
      this.#logger.error('The database refused a record; it is put aside', { ...place, isTold, error });
    }
  }
}

/** Moves the position on from `record` or before it; never from behind it. */
async function advance(manager: EntityManager, record: TaskRecord<unknown>, position: number): Promise<void> {
  const { topic, partition, offset } = record;
  const moved: unknown[] = await manager.query(
    `INSERT INTO consumer_positions AS current (topic, partition, position) VALUES ($1, $2, $3)
      ON CONFLICT (topic, partition) DO UPDATE SET position = excluded.position WHERE current.position <= $4
      RETURNING position`,
    [topic, partition, position, offset],
  );
  if (moved.length === 0) throw new PositionMovedError(`${topic}/${partition}@${offset}`);
}
