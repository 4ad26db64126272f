/**
 * Keeps a second process out of the directory: a lock of the operating system, which drops it when the process dies.
 * Nobody may open `lock.db` but SQLite: whichever way the owner closes it, the lock is gone.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** @throws SQLite's error 5 when another process holds it. */
export function lockDirectory(directory: string): DatabaseSync {
  const lock = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}
