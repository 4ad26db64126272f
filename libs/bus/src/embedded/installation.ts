/** Whose file this is, and which opening of it. Runs in the worker. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { StoreRefusal } from './refusal.ts';
import { applicationId, createLayout, formatVersion } from './schema.ts';

export interface Installation {
  readonly id: string;
  /** Counts the openings: whoever finds a higher one has been ousted. */
  readonly epoch: number;
}

function pragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get() as Record<string, number>;
  return row[name] ?? 0;
}

function checkHeader(database: DatabaseSync): void {
  if (pragma(database, 'application_id') !== applicationId) {
    throw new StoreRefusal('foreign', 'log.db is a database of something else.');
  }
  const version = pragma(database, 'user_version');
  if (version > formatVersion)
    throw new StoreRefusal('newer', `log.db has format ${version}; this is ${formatVersion}.`);
}

/** Lays out an empty file; takes possession of one that belongs to `expectedId`. @throws StoreRefusal */
export function openInstallation(database: DatabaseSync, expectedId: string | null): Installation {
  if (pragma(database, 'page_count') === 0) {
    if (expectedId !== null) throw new StoreRefusal('foreign', 'log.db is empty, and this directory had a log.');
    createLayout(database, randomUUID());
  } else {
    checkHeader(database);
  }
  const found = database.prepare('SELECT id FROM installation').get() as { id: string } | undefined;
  if (found === undefined || (expectedId !== null && found.id !== expectedId)) {
    throw new StoreRefusal('foreign', 'log.db is the log of another installation.');
  }
  const taken = database.prepare('UPDATE installation SET epoch = epoch + 1 RETURNING id, epoch').get();
  return taken as unknown as Installation;
}
