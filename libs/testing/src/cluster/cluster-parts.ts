/** What the parts of one process' log share. */
import type { LogClock } from '@quorate/bus';
import type { Network } from './network.ts';
import type { SimulatedBroker } from './simulated-broker.ts';
import type { SimulatedHost } from './simulated-host.ts';

export type Report = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** The rhythms of a cluster's clients. */
export interface ClientTimings {
  readonly heartbeatMs: number;
  /**
   * How long a task that nothing has arrived for waits for its next step; null: as long as its definition says. What
   * arrives is still handed over within the definition's time.
   */
  readonly idleGatherMs: number | null;
}

export interface ClusterParts {
  readonly host: SimulatedHost;
  readonly broker: SimulatedBroker;
  readonly network: Network;
  readonly clock: LogClock;
  readonly timings: ClientTimings;
  /** How many records of one topic a step is given this time. */
  readonly takenMax: () => number;
  readonly report: Report;
}

/** Waits on the host's own timers. */
export function wait({ host }: Pick<ClusterParts, 'host'>, durationMs: number): Promise<void> {
  return new Promise((resolve) => void host.after(durationMs, resolve));
}
