/**
 * Several processes over one set of brokers, in virtual time: sessions and rebalances, fences, transactions, committed
 * offsets and compacted tables, with a network between them. What becomes of a request is told by `conditions`.
 */
import { LogClock } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import { ClusterLog } from './cluster-log.ts';
import type { ClientTimings, Report } from './cluster-parts.ts';
import { calmNetwork, Network, type NetworkConditions } from './network.ts';
import { SimulatedBroker, type BrokerSettings } from './simulated-broker.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { VirtualTime } from './virtual-time.ts';

const sessionMsMaxDefault = 10_000;
const takenMaxDefault = 2_000;
const timingsDefault: ClientTimings = { heartbeatMs: 500, idleGatherMs: null };

export interface ClusterSettings {
  readonly now: Instant;
  readonly conditions?: NetworkConditions;
  readonly timings?: ClientTimings;
  readonly sessionMsMax?: number;
  /** How many records of one topic a step is given; asked each time. */
  readonly takenMax?: () => number;
  readonly onWritten?: BrokerSettings['onWritten'];
}

export class SimulatedCluster {
  readonly time: VirtualTime;
  readonly broker: SimulatedBroker;
  readonly network: Network;
  readonly #timings: ClientTimings;
  readonly #takenMax: () => number;

  constructor({ now, conditions = calmNetwork, ...settings }: ClusterSettings) {
    const { timings = timingsDefault, sessionMsMax = sessionMsMaxDefault, onWritten } = settings;
    this.time = new VirtualTime(now);
    this.broker = new SimulatedBroker({ time: this.time, sessionMsMax, ...(onWritten && { onWritten }) });
    this.network = new Network(this.time, conditions);
    this.#timings = timings;
    this.#takenMax = settings.takenMax ?? (() => takenMaxDefault);
  }

  /** The log of a process; `host.name` names it among its replicas. */
  open(host: SimulatedHost, report: Report = () => undefined): ClusterLog {
    const { broker, network } = this;
    const clock = new LogClock(() => host.elapsed());
    return new ClusterLog({
      ...{ host, broker, network, clock, report },
      timings: this.#timings,
      takenMax: this.#takenMax,
    });
  }
}
