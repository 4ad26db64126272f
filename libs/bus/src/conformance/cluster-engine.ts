/** The simulated cluster as an engine under test: its time is moved on while the storage is there. */
import type { DurableLog } from '../log.ts';
import type { LogEngine, LogStorage } from './engine.ts';

/** One process of a cluster. */
interface ClusterProcess {
  readonly log: DurableLog;
  kill(): void;
  freeze(): void;
  thaw(): void;
}

/** What the suite needs of a simulated cluster; `@quorate/testing` has it, and only specs may import that. */
export interface Cluster {
  /** How long a member may be silent. */
  readonly sessionMsMax: number;
  start(name: string, clockAheadMs: number): ClusterProcess;
  advance(durationMs: number): Promise<void>;
}

/** Time runs up to ten times as fast as the spec's own. */
const tickMs = 10;
const tickEveryMs = 1;

function createStorage(cluster: Cluster): LogStorage {
  const processes: ClusterProcess[] = [];
  let moving: Promise<void> = Promise.resolve();
  let isRemoved = false;
  const advance = (durationMs: number) => (moving = moving.then(() => cluster.advance(durationMs)));
  const move = () => {
    if (!isRemoved) void advance(tickMs).then(() => setTimeout(move, tickEveryMs));
  };
  move();
  return {
    open: (clockAheadMs) => {
      const started = cluster.start(`process-${processes.length + 1}`, clockAheadMs);
      processes.push(started);
      return Promise.resolve({
        log: started.log,
        kill: () => Promise.resolve(started.kill()),
        freeze: async () => {
          started.freeze();
          await advance(2 * cluster.sessionMsMax);
        },
        thaw: () => Promise.resolve(started.thaw()),
      });
    },
    remove: async () => {
      for (const one of processes) one.kill();
      isRemoved = true;
      await moving;
    },
  };
}

/** `create` makes an empty cluster. */
export function clusterEngine(create: () => Cluster): LogEngine {
  return {
    name: 'simulated cluster',
    traits: ['several-processes', 'freezes', 'clocks-differ'],
    patienceMs: 5_000,
    quietMs: 50,
    createStorage: () => Promise.resolve(createStorage(create())),
  };
}
