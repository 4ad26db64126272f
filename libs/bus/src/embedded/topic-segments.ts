/** The segments of each topic that is not compacted, oldest first. Runs in the worker. */
import type { DatabaseSync } from 'node:sqlite';
import type { ReadRequest, StoredRow, StoredTopic } from '../local/store.ts';
import type { RowLimits } from './rows.ts';
import { createSegmentTable } from './schema.ts';
import { Segment, segmentRowsMax } from './segment.ts';
import { inTransaction } from './transaction.ts';

/** A segment takes records for this part of the retention, so that at most as much more is kept. */
const segmentsPerRetention = 8;

export class TopicSegments {
  readonly #database: DatabaseSync;
  readonly #segments = new Map<number, Segment[]>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    const found = database.prepare('SELECT id, topic, created FROM segment ORDER BY id').all();
    for (const { id, topic, created } of found as unknown as { id: number; topic: number; created: number }[]) {
      this.#of(topic).push(new Segment(database, { id, created }));
    }
  }

  /** The segment that takes new records, made in a transaction of its own where it is due. */
  current(topicId: number, { retentionMs }: StoredTopic, now: number): Segment {
    const newest = this.#of(topicId).at(-1);
    const takesMs = (retentionMs ?? Infinity) / segmentsPerRetention;
    if (newest !== undefined && newest.rowCount < segmentRowsMax && newest.createdAt > now - takesMs) return newest;
    return this.#add(topicId, now);
  }

  read(topicId: number, request: ReadRequest, limits: RowLimits): StoredRow[] {
    const rows: StoredRow[] = [];
    for (const segment of this.#of(topicId)) {
      const from = (rows.at(-1)?.offset ?? request.from - 1) + 1;
      rows.push(...segment.read({ ...request, from }, limits));
      if (limits.rowsLeft <= 0 || limits.charactersLeft < 0) break;
    }
    return rows;
  }

  last(topicId: number, partition: number): StoredRow | null {
    for (const segment of this.#of(topicId).toReversed()) {
      const row = segment.last(partition);
      if (row !== null) return row;
    }
    return null;
  }

  /** Drops the oldest segment if it has outlived the retention; whether it did. The newest stays. */
  dropOldest(topicId: number, { retentionMs }: StoredTopic, now: number): boolean {
    const [oldest, ...others] = this.#of(topicId);
    if (oldest === undefined || retentionMs === null) return false;
    const isNew = others.length === 0 && oldest.rowCount === 0;
    if (isNew || oldest.newestAt >= now - retentionMs) return false;
    inTransaction(this.#database, () => {
      this.#database.exec(`DROP TABLE seg_${oldest.id}; DELETE FROM segment WHERE id = ${oldest.id}`);
    });
    this.#segments.set(topicId, others);
    return true;
  }

  #add(topicId: number, created: number): Segment {
    const id = inTransaction(this.#database, () => {
      const insert = this.#database.prepare('INSERT INTO segment(topic, created) VALUES(?, ?)');
      const segmentId = Number(insert.run(topicId, created).lastInsertRowid);
      createSegmentTable(this.#database, segmentId);
      return segmentId;
    });
    const segment = new Segment(this.#database, { id, created });
    this.#of(topicId).push(segment);
    return segment;
  }

  #of(topicId: number): Segment[] {
    const segments = this.#segments.get(topicId) ?? [];
    this.#segments.set(topicId, segments);
    return segments;
  }
}
