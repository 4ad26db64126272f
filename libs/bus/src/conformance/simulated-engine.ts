/** The simulated log as an engine under test: its clock is moved on while the storage is there. */
import type { DurableLog } from '../log.ts';
import type { LogEngine, LogStorage } from './engine.ts';

/** What the suite needs of a simulated log; `@quorate/testing` has it, and only specs may import that. */
export interface Simulation extends DurableLog {
  advance(durationMs: number): Promise<void>;
  crash(): Simulation;
}

/** The clock runs up to five times as fast as the spec's own. */
const tickMs = 5;
const tickEveryMs = 1;

function createStorage(create: () => Simulation): LogStorage {
  let log: Simulation | null = null;
  let next = create();
  let moving: Promise<void> = Promise.resolve();
  let isRemoved = false;
  const move = () => {
    moving = moving.then(() => log?.advance(tickMs)).then(() => void (isRemoved || setTimeout(move, tickEveryMs)));
  };
  move();
  return {
    open: () => {
      const opened = (log ??= next);
      const kill = () => {
        next = opened.crash();
        log = null;
        return Promise.resolve();
      };
      return Promise.resolve({ log: opened, kill });
    },
    remove: async () => {
      await log?.close();
      isRemoved = true;
      await moving;
    },
  };
}

/** `create` makes an empty log. */
export function simulatedEngine(create: () => Simulation, times = { patienceMs: 5_000, quietMs: 50 }): LogEngine {
  return { name: 'simulated', traits: [], ...times, createStorage: () => Promise.resolve(createStorage(create)) };
}
