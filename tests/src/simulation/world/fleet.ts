/** The services' processes: each replica lives, dies and is started again by its supervisor. */
import { startAggregator } from '@quorate/aggregator';
import { startDispatcher } from '@quorate/dispatcher';
import { AddressGuard, parseAllowList } from '@quorate/outbound';
import type { RunningService } from '@quorate/runtime';
import { startScheduler } from '@quorate/scheduler';
import { type DurableLog } from '@quorate/bus';
import { SimulatedHost, type Random, type SimulatedCluster } from '@quorate/testing';
import { secretBox } from './directory-records.ts';
import type { Ledger } from './ledger.ts';
import type { ServiceName } from './scenario.ts';
import { serviceLogger, unforeseen } from './service-logger.ts';
import { WatchedLog } from '../witness/watched-log.ts';
import { WatchedTask, type TaskWatcher } from '../witness/watched-task.ts';

const superviseMs = 1_000;
/** How long an orderly end may take before the supervisor kills. */
const endMsMax = 10_000;

interface Place {
  readonly log: DurableLog;
  readonly logger: ReturnType<typeof serviceLogger>;
}

/** The log of a process of `service`, whose partition tasks `watcher` hears of. */
function watched(service: ServiceName, log: DurableLog, watcher: TaskWatcher): DurableLog {
  return new WatchedLog(log, (definition) => {
    if (definition.group !== service) return log.join(definition);
    const createTask: typeof definition.createTask = (partition, wake) =>
      new WatchedTask(definition.createTask(partition, wake), { partition, definition, watcher });
    return log.join({ ...definition, createTask });
  });
}

const starts: Readonly<Record<ServiceName, (place: Place) => Promise<RunningService>>> = {
  scheduler: startScheduler,
  aggregator: startAggregator,
  dispatcher: (place) =>
    startDispatcher({ ...place, secretBox, guard: new AddressGuard(parseAllowList('')), publicUrl: null }),
};

export interface FleetSettings {
  readonly cluster: SimulatedCluster;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly skewMsMax: number;
  readonly witnesses: Readonly<Record<ServiceName, TaskWatcher>>;
}

interface Life {
  readonly host: SimulatedHost;
  service: RunningService | null;
  readonly log: DurableLog;
}

/** One place in which a process of a service runs, again and again. */
export class Replica {
  readonly service: ServiceName;
  readonly name: string;
  readonly #settings: FleetSettings;
  #skewMs: number;
  #life: Life | null = null;
  #isWanted = true;

  constructor(service: ServiceName, index: number, settings: FleetSettings) {
    this.service = service;
    this.name = `${service}-${index}`;
    this.#settings = settings;
    const { random, skewMsMax } = settings;
    this.#skewMs = random.between(-skewMsMax, skewMsMax);
    this.start();
  }

  get host(): SimulatedHost | null {
    return this.#life?.host ?? null;
  }

  start(): void {
    const { cluster, ledger } = this.#settings;
    if (this.#life !== null || !this.#isWanted) return;
    const host = new SimulatedHost(this.name, cluster.time, this.#skewMs);
    const log = cluster.open(host, (message, { error, ...fields }) => {
      ledger.trace.tell(cluster.time.now, () => `${host.name}: ${message} ${JSON.stringify(fields)} ${String(error)}`);
      const what = unforeseen(error);
      if (what !== null) ledger.violate(cluster.time.now, `${host.name} met an error that nobody injected: ${what}`);
    });
    const life: Life = { host, log, service: null };
    this.#life = life;
    ledger.trace.say(cluster.time.now, `${host.name} starts`);
    host.run(() => {
      const logger = serviceLogger(host, { ledger, now: () => cluster.time.now });
      const witness = this.#settings.witnesses[this.service];
      starts[this.service]({ log: watched(this.service, log, witness), logger }).then(
        (service) => void (life.service = service),
        (error: unknown) => this.#failed(life, error),
      );
    });
  }

  /** Ends the process as `kill -9` does; its supervisor starts the next after `downMs`. */
  kill(downMs: number): void {
    const { cluster, ledger } = this.#settings;
    if (this.#life === null) return;
    this.#life.host.kill();
    this.#life = null;
    ledger.trace.say(cluster.time.now, `${this.name} is dead`);
    cluster.time.after(downMs, () => this.start());
  }

  freeze(forMs: number): void {
    const { cluster, ledger } = this.#settings;
    const host = this.host;
    if (host === null || host.isFrozen) return;
    host.freeze();
    ledger.trace.say(cluster.time.now, `${this.name} is frozen`);
    cluster.time.after(forMs, () => {
      if (host.isDead) return;
      ledger.trace.say(cluster.time.now, `${this.name} is thawed`);
      host.thaw();
    });
  }

  setClock(skewMs: number): void {
    this.#skewMs = skewMs;
    this.host?.setSkew(skewMs);
  }

  /** Ends the process in order and, unless `forGood`, starts it again. */
  restart(forGood = false): void {
    const life = this.#life;
    if (forGood) this.#isWanted = false;
    if (life === null || life.service === null || life.host.isFrozen) return;
    const { cluster } = this.#settings;
    const again = () => {
      if (this.#life === life) this.kill(0);
    };
    cluster.time.after(endMsMax, again);
    life.host.run(() => {
      const ended = life.service?.close() ?? Promise.resolve();
      void ended.then(() => life.log.close()).then(() => cluster.time.after(0, again));
    });
  }

  #failed(life: Life, error: unknown): void {
    const { cluster, ledger } = this.#settings;
    const what = unforeseen(error);
    if (what !== null) ledger.violate(cluster.time.now, `${this.name} could not start: ${what}`);
    if (this.#life === life) cluster.time.after(0, () => this.kill(superviseMs));
  }
}

export class Fleet {
  readonly #settings: FleetSettings;
  readonly #replicas = new Map<string, Replica>();

  constructor(settings: FleetSettings, counts: Readonly<Record<ServiceName, number>>) {
    this.#settings = settings;
    for (const [service, count] of Object.entries(counts) as [ServiceName, number][]) {
      for (let index = 0; index < count; index++) this.add(service, index);
    }
  }

  add(service: ServiceName, index: number): Replica {
    const replica = new Replica(service, index, this.#settings);
    this.#replicas.set(replica.name, replica);
    return replica;
  }

  get(service: ServiceName, index: number): Replica | undefined {
    return this.#replicas.get(`${service}-${index}`);
  }

  /** Whether another replica of the same service could take over just now. */
  hasStandIn(replica: Replica): boolean {
    return [...this.#replicas.values()].some(
      (other) => other !== replica && other.service === replica.service && other.host?.isFrozen === false,
    );
  }

  of(host: SimulatedHost): Replica | undefined {
    return [...this.#replicas.values()].find((replica) => replica.host === host);
  }
}
