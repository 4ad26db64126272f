/** Rows as the file holds them, and their checksums. Runs in the worker. */
import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { StoredRow } from '../local/store.ts';

/** Rows of one query; a reader of large ones stops between two. */
const rowsPerQuery = 100;

export interface FileRow {
  readonly off: number;
  readonly ts: number;
  readonly crc: number;
  readonly data: string;
}

export interface RowLimits {
  rowsLeft: number;
  charactersLeft: number;
}

/** Null for the text of a row that is not what was written. */
export function storedRow({ off, ts, crc, data }: FileRow): StoredRow {
  return { offset: off, at: ts, text: crc32(data) === crc ? data : null };
}

/** `query` takes from, to and a row count, and answers in offset order. Uses up `limits`. */
export function readRows(
  query: (from: number, count: number) => FileRow[],
  from: number,
  limits: RowLimits,
): StoredRow[] {
  const rows: StoredRow[] = [];
  for (let next = from; limits.rowsLeft > 0 && limits.charactersLeft >= 0;) {
    const count = Math.min(rowsPerQuery, limits.rowsLeft);
    const found = query(next, count);
    for (const row of found) {
      rows.push(storedRow(row));
      limits.charactersLeft -= row.data.length;
      limits.rowsLeft--;
      next = row.off + 1;
      if (limits.charactersLeft < 0) break;
    }
    if (found.length < count) break;
  }
  return rows;
}

/** `.all()`: an iterator that is left unfinished would hold back checkpoints and dropped tables. */
export function allRows(statement: StatementSync, ...parameters: (number | string)[]): FileRow[] {
  return statement.all(...parameters) as unknown as FileRow[];
}
