/** The embedded log as the conformance suite sees it: in one process, in a directory of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogEngine, LogStorage, OpenedLog } from '../conformance/engine.stage.ts';
import { systemClock } from '../local/clock.ts';
import { LocalLog } from '../local/local-log.ts';
import { commitGapMs, openStore, upkeepEveryMsDefault } from './open-embedded-log.ts';

/** One process: the log that is open is given again. A kill takes the thread away and leaves the rest hanging. */
async function createStorage(): Promise<LogStorage> {
  const directory = await mkdtemp(join(tmpdir(), 'quorate-log-'));
  let opened: OpenedLog | null = null;
  const open = async (): Promise<OpenedLog> => {
    const store = await openStore({ directory, onFatal: () => undefined });
    const log = new LocalLog({
      ...{ engine: 'embedded', store, clock: systemClock, commitGapMs, upkeepEveryMs: upkeepEveryMsDefault },
      report: () => undefined,
    });
    const kill = async () => {
      opened = null;
      await store.abandon();
      // Nothing reaches the file any more; this ends the dead process's timers.
      void log.close();
    };
    return { log, kill };
  };
  return {
    open: async () => (opened ??= await open()),
    remove: async () => {
      await opened?.log.close();
      await rm(directory, { recursive: true });
    },
  };
}

export const embeddedEngine: LogEngine = {
  name: 'embedded',
  traits: ['stores-outside'],
  patienceMs: 10_000,
  quietMs: 50,
  createStorage,
};
