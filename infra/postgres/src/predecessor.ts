/** A server that outlived its Quorate is stopped before a new one starts on its files. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PostgresStartError } from './errors.ts';

const run = promisify(execFile);
const stopMsMax = 8_000;
const pollMs = 50;

/** The command line of a process, or null when there is none. */
async function commandOf(pid: number): Promise<string | null> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // Not Linux, or it is gone.
    return run('ps', ['-o', 'args=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => null,
    );
  }
}

async function isServerOf(directory: string, pid: number): Promise<boolean> {
  const command = await commandOf(pid);
  return command !== null && command.includes('postgres') && command.includes(directory);
}

async function endsWithin(directory: string, pid: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < stopMsMax; waitedMs += pollMs) {
    if (!(await isServerOf(directory, pid))) return true;
    await delay(pollMs);
  }
  return false;
}

/** SIGINT is a fast shutdown, SIGQUIT one that leaves recovery to the next start. */
async function stop(directory: string, pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    process.kill(pid, signal);
    if (await endsWithin(directory, pid)) return;
  }
  throw new PostgresStartError(`PostgreSQL of an earlier start (process ${pid}) does not end. End it by hand`);
}

/** The caller must be the only one that uses `directory`. */
export async function stopPredecessor(directory: string): Promise<void> {
  const lockFile = join(directory, 'postmaster.pid');
  const lock = await readFile(lockFile, 'utf8').catch(() => null);
  if (lock === null) return;
  const pid = Number.parseInt(lock, 10);
  if (pid > 1 && (await isServerOf(directory, pid))) return stop(directory, pid);
  await rm(lockFile, { force: true });
}
