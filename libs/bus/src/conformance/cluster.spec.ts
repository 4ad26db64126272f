/** The simulated cluster, on which the whole product is simulated, keeps the contract of the real engines. */
import { SimulatedCluster, SimulatedHost } from '@quorate/testing';
import { clusterEngine, type Cluster } from './cluster-engine.ts';
import { describeDurableLog } from './describe-durable-log.ts';

const sessionMsMax = 300;

function createCluster(): Cluster {
  const timings = { heartbeatMs: 20, idleGatherMs: null };
  const cluster = new SimulatedCluster({ now: Date.UTC(2026, 10, 21, 10), sessionMsMax, timings });
  return {
    sessionMsMax,
    start: (name, clockAheadMs) => {
      const host = new SimulatedHost(name, cluster.time, clockAheadMs);
      return {
        log: cluster.open(host),
        kill: () => host.kill(),
        freeze: () => host.freeze(),
        thaw: () => host.thaw(),
      };
    },
    advance: (durationMs) => cluster.time.run(cluster.time.now + durationMs),
  };
}

describeDurableLog(clusterEngine(createCluster));
