/** The compacted topics: the newest row of each key. Runs in the worker. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { isTombstoneText } from '../local/record-text.ts';
import type { StoreAppend, StoredRow } from '../local/store.ts';
import { allRows, readRows, storedRow, type RowLimits } from './rows.ts';

/** How long a tombstone stays for those whose position only they know. */
export const tombstoneKeptMs = 86_400_000;

export class CompactedRows {
  readonly #upsert: StatementSync;
  readonly #read: StatementSync;
  readonly #last: StatementSync;
  readonly #sweep: StatementSync;

  constructor(database: DatabaseSync) {
    this.#upsert = database.prepare(`
      INSERT INTO compacted(topic, p, key, off, ts, tombstone, crc, data) VALUES(?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET
        off = excluded.off, ts = excluded.ts, tombstone = excluded.tombstone,
        crc = excluded.crc, data = excluded.data`);
    this.#read = database.prepare(`
      SELECT off, ts, crc, data FROM compacted
      WHERE topic = ? AND p = ? AND off >= ? AND off < ? ORDER BY off LIMIT ?`);
    this.#last = database.prepare(`
      SELECT off, ts, crc, data FROM compacted WHERE topic = ? AND p = ? ORDER BY off DESC LIMIT 1`);
    this.#sweep = database.prepare(
      'DELETE FROM compacted WHERE topic = ? AND p = ? AND tombstone = 1 AND off < ? AND ts < ?',
    );
  }

  insert(topicId: number, { partition, base, texts, keys }: StoreAppend, at: number): void {
    for (const [index, text] of texts.entries()) {
      const tombstone = isTombstoneText(text) ? 1 : 0;
      this.#upsert.run(topicId, partition, keys?.[index] ?? '', base + index, at, tombstone, crc32(text), text);
    }
  }

  read(
    topicId: number,
    { partition, from, to }: { partition: number; from: number; to: number },
    limits: RowLimits,
  ): StoredRow[] {
    return readRows((next, count) => allRows(this.#read, topicId, partition, next, to, count), from, limits);
  }

  last(topicId: number, partition: number): StoredRow | null {
    const [row] = allRows(this.#last, topicId, partition);
    return row === undefined ? null : storedRow(row);
  }

  /** Removes the tombstones below `floor` that are old enough. */
  sweep(topicId: number, { partition, floor }: { partition: number; floor: number }, now: number): void {
    this.#sweep.run(topicId, partition, floor, now - tombstoneKeptMs);
  }
}
