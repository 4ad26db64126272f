/** Opens the log of a single-process installation: one directory, one owner. */
import { resolve } from 'node:path';
import { BusConfigurationError } from '../errors.ts';
import { systemClock } from '../local/clock.ts';
import { LocalLog } from '../local/local-log.ts';
import { describeOwner, inspectDirectory, writeInstallationId, writeOwner } from './directory.ts';
import type { Failure } from './protocol.ts';
import { OpeningFailure, WorkerStore } from './worker-store.ts';

export const commitGapMs = 5;
export const upkeepEveryMsDefault = 60_000;

export interface EmbeddedLogOptions {
  /** The log's own; made where it is missing. */
  readonly directory: string;
  /** The log is lost for good; the process should end and be started again. */
  readonly onFatal: (error: Error) => void;
  /** What went wrong inside and was dealt with. */
  readonly report?: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** How large the file may grow; as large as the disk unless it is said. */
  readonly fileBytesMax?: number | null;
  readonly upkeepEveryMs?: number;
}

export interface StoreOptions {
  readonly directory: string;
  readonly onFatal: (error: Error) => void;
  readonly fileBytesMax?: number | null;
}

/** SQLite's primary codes. */
const sqliteFaults: Readonly<Record<number, string>> = {
  8: 'is read-only',
  10: 'cannot be read or written',
  11: 'is damaged',
  13: 'is on a full disk',
  14: 'cannot be written',
  26: 'holds a file that is not a log',
};
const sqliteBusy = 5;

/** Directories that this process has open: the lock of the operating system does not keep a process from itself. */
const openDirectories = new Set<string>();

function openingError(directory: string, { message, errcode, code, refusal }: Failure): BusConfigurationError {
  const primary = (errcode ?? 0) & 0xff;
  if (primary === sqliteBusy) return heldError(directory, describeOwner(directory));
  if (refusal === 'newer') {
    return new BusConfigurationError(`${directory}: ${message} Start the newer Quorate that wrote it.`);
  }
  const fault =
    refusal === null ? `${sqliteFaults[primary] ?? 'cannot be opened'} (${code ?? ''} ${message})` : message;
  return new BusConfigurationError(
    `${directory}: ${fault}. Make it writable, restore a backup, or choose another directory (QUORATE_DATA_DIR).`,
  );
}

function heldError(directory: string, holder: string): BusConfigurationError {
  return new BusConfigurationError(
    `${directory} is in use by ${holder}. Stop it, or choose another directory (QUORATE_DATA_DIR).`,
  );
}

/** @throws BusConfigurationError naming the fault and its remedy; what the directory held is as it was. */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<LocalLog> {
  const store = await openStore(options);
  return new LocalLog({
    engine: 'embedded',
    store,
    clock: systemClock,
    commitGapMs,
    upkeepEveryMs: options.upkeepEveryMs ?? upkeepEveryMsDefault,
    report: options.report ?? (() => undefined),
  });
}

/** The file and its thread, without a log over it. @throws BusConfigurationError */
export async function openStore({ directory, onFatal, fileBytesMax = null }: StoreOptions): Promise<WorkerStore> {
  const place = resolve(directory);
  if (openDirectories.has(place)) throw heldError(directory, 'this very process');
  openDirectories.add(place);
  const onEnd = (error: Error | null) => {
    openDirectories.delete(place);
    if (error !== null) onFatal(error);
  };
  try {
    const { installationId } = inspectDirectory(directory);
    const store = await WorkerStore.open({ directory, installationId, fileBytesMax, onEnd });
    await writeInstallationId(directory, store.installationId);
    await writeOwner(directory);
    return store;
  } catch (error) {
    openDirectories.delete(place);
    throw error instanceof OpeningFailure ? openingError(directory, error.failure) : error;
  }
}
