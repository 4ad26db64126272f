/** The simulated cluster as an engine under test: its time is moved on while the storage is there. */
import { SimulatedCluster, SimulatedHost } from '@quorate/testing';
import type { LogEngine, LogStorage } from './engine.stage.ts';

/** How long a member may be silent. */
const sessionMsMax = 300;
/** Time runs up to ten times as fast as the spec's own. */
const tickMs = 10;
const tickEveryMs = 1;

function createStorage(): LogStorage {
  const timings = { heartbeatMs: 20, idleGatherMs: null };
  const cluster = new SimulatedCluster({ now: Date.UTC(2026, 10, 21, 10), sessionMsMax, timings });
  const hosts: SimulatedHost[] = [];
  let moving: Promise<void> = Promise.resolve();
  let isRemoved = false;
  const advance = (durationMs: number) => (moving = moving.then(() => cluster.time.run(cluster.time.now + durationMs)));
  const move = () => {
    if (!isRemoved) void advance(tickMs).then(() => setTimeout(move, tickEveryMs));
  };
  move();
  return {
    open: (clockAheadMs) => {
      const host = new SimulatedHost(`process-${hosts.length + 1}`, cluster.time, clockAheadMs);
      hosts.push(host);
      return Promise.resolve({
        log: cluster.open(host),
        kill: () => Promise.resolve(host.kill()),
        freeze: async () => {
          host.freeze();
          await advance(2 * sessionMsMax);
        },
        thaw: () => Promise.resolve(host.thaw()),
      });
    },
    remove: async () => {
      for (const host of hosts) host.kill();
      isRemoved = true;
      await moving;
    },
  };
}

export const clusterEngine: LogEngine = {
  name: 'simulated cluster',
  traits: ['several-processes', 'freezes', 'clocks-differ'],
  patienceMs: 5_000,
  quietMs: 50,
  createStorage: () => Promise.resolve(createStorage()),
};
