/** The layout of the log's file. Runs in the worker. */
import type { DatabaseSync } from 'node:sqlite';

/** In the file's header, so that it can be told from other SQLite files: `QRTE`. */
export const applicationId = 0x51525445;
/** Of the layout below; a file of a higher one was written by a newer Quorate. */
export const formatVersion = 1;

const pageBytes = 8_192;
const walBytesKept = 16 * 1_024 * 1_024;

/** Written into the main file before it goes to WAL, so that the header alone says whose file this is. */
export function createLayout(database: DatabaseSync, installationId: string): void {
  database.exec(`
    PRAGMA page_size = ${pageBytes};
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${formatVersion};
    BEGIN IMMEDIATE;
    CREATE TABLE installation(id TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT;
    CREATE TABLE topic(
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL, retention INTEGER
    ) STRICT;
    CREATE TABLE segment(id INTEGER PRIMARY KEY, topic INTEGER NOT NULL, created INTEGER NOT NULL) STRICT;
    CREATE TABLE tail(
      topic INTEGER NOT NULL, p INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY(topic, p)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE consumed(
      grp TEXT NOT NULL, topic INTEGER NOT NULL, p INTEGER NOT NULL, off INTEGER NOT NULL, PRIMARY KEY(grp, topic, p)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE compacted(
      topic INTEGER NOT NULL, p INTEGER NOT NULL, key TEXT NOT NULL, off INTEGER NOT NULL, ts INTEGER NOT NULL,
      tombstone INTEGER NOT NULL, crc INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY(topic, p, key)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX compacted_off ON compacted(topic, p, off);
    CREATE INDEX compacted_tombstone ON compacted(topic, p, off) WHERE tombstone = 1;
  `);
  database.prepare('INSERT INTO installation(id, epoch) VALUES(?, 0)').run(installationId);
  database.exec('COMMIT');
}

/** FULL, as NORMAL moves the disk's waiting into checkpoints, which then take longer than every commit together. */
export function prepareConnection(database: DatabaseSync, fileBytesMax: number | null): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 500;
    PRAGMA journal_size_limit = ${walBytesKept};
    PRAGMA cache_size = -16384;
    PRAGMA temp_store = MEMORY;
  `);
  if (fileBytesMax !== null) database.exec(`PRAGMA max_page_count = ${Math.ceil(fileBytesMax / pageBytes)}`);
}

export function createSegmentTable(database: DatabaseSync, id: number): void {
  database.exec(`
    CREATE TABLE seg_${id}(
      id INTEGER PRIMARY KEY, p INTEGER NOT NULL, off INTEGER NOT NULL, ts INTEGER NOT NULL, crc INTEGER NOT NULL,
      data TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX seg_${id}_off ON seg_${id}(p, off);
  `);
}
