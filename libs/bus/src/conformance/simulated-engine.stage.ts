/** The simulated log as an engine under test: its clock is moved on while the storage is there. */
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import type { LogEngine, LogStorage } from './engine.stage.ts';

/** The clock runs up to five times as fast as the spec's own. */
const tickMs = 5;
const tickEveryMs = 1;

function createStorage(): LogStorage {
  let log: SimulatedLog | null = null;
  let next = createSimulatedLog({ now: Date.UTC(2026, 10, 21, 10) });
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

export const simulatedEngine: LogEngine = {
  name: 'simulated',
  traits: [],
  patienceMs: 5_000,
  quietMs: 50,
  createStorage: () => Promise.resolve(createStorage()),
};
