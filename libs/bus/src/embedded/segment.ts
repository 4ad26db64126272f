/** One segment of a topic: a table of its own, dropped whole when its newest record has outlived the retention. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { StoreAppend, StoredRow } from '../local/store.ts';
import { allRows, readRows, storedRow, type RowLimits } from './rows.ts';

/** Dropping this many takes about 15 ms. */
export const segmentRowsMax = 50_000;

interface Statements {
  readonly insert: StatementSync;
  readonly read: StatementSync;
  readonly last: StatementSync;
  readonly end: StatementSync;
}

export class Segment {
  readonly id: number;
  readonly createdAt: number;
  readonly #database: DatabaseSync;
  #statements: Statements | null = null;
  #rowCount: number;
  /** Per partition, the offset behind its last record here. */
  readonly #ends = new Map<number, number>();

  constructor(database: DatabaseSync, { id, created }: { id: number; created: number }) {
    this.id = id;
    this.createdAt = created;
    this.#database = database;
    this.#rowCount = this.#number(`SELECT coalesce(max(id), 0) AS value FROM seg_${id}`);
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get newestAt(): number {
    return this.#number(`SELECT coalesce((SELECT ts FROM seg_${this.id} ORDER BY id DESC LIMIT 1), 0) AS value`);
  }

  insert({ partition, base, texts }: StoreAppend, at: number): void {
    const { insert } = this.#prepared();
    let offset = base;
    for (const text of texts) insert.run(partition, offset++, at, crc32(text), text);
  }

  /** The commit that held `insert` succeeded. */
  inserted({ partition, base, texts }: StoreAppend): void {
    this.#rowCount += texts.length;
    this.#ends.set(partition, base + texts.length);
  }

  read({ partition, from, to }: { partition: number; from: number; to: number }, limits: RowLimits): StoredRow[] {
    if (this.#end(partition) <= from) return [];
    const { read } = this.#prepared();
    return readRows((next, count) => allRows(read, partition, next, to, count), from, limits);
  }

  last(partition: number): StoredRow | null {
    const [row] = allRows(this.#prepared().last, partition);
    return row === undefined ? null : storedRow(row);
  }

  #end(partition: number): number {
    const known = this.#ends.get(partition);
    if (known !== undefined) return known;
    const { end } = this.#prepared().end.get(partition) as { end: number };
    this.#ends.set(partition, end);
    return end;
  }

  #number(sql: string): number {
    return (this.#database.prepare(sql).get() as { value: number }).value;
  }

  #prepared(): Statements {
    const table = `seg_${this.id}`;
    const prepare = (sql: string) => this.#database.prepare(sql);
    return (this.#statements ??= {
      insert: prepare(`INSERT INTO ${table}(p, off, ts, crc, data) VALUES(?, ?, ?, ?, ?)`),
      read: prepare(
        `SELECT off, ts, crc, data FROM ${table} WHERE p = ? AND off >= ? AND off < ? ORDER BY off LIMIT ?`,
      ),
      last: prepare(`SELECT off, ts, crc, data FROM ${table} WHERE p = ? ORDER BY off DESC LIMIT 1`),
      end: prepare(`SELECT coalesce(max(off) + 1, 0) AS end FROM ${table} WHERE p = ?`),
    });
  }
}
