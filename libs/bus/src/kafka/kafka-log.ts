/** The durable log on Apache Kafka. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@quorate/contracts';
import { BusConfigurationError, BusUnavailableError } from '../errors.ts';
import type {
  DurableLog,
  Follower,
  LogRecord,
  Membership,
  OutgoingRecord,
  PartitionTaskDefinition,
  TopicSettings,
} from '../log.ts';
import { Appends } from './appends.ts';
import { ClusterMap } from './cluster-map.ts';
import { FetchLoops } from './fetch-loops.ts';
import { KafkaFollower } from './kafka-follower.ts';
import { KafkaGroup } from './kafka-group.ts';
import { Lane } from './lane.ts';
import { LanePool } from './lane-pool.ts';
import { LogClock } from './log-clock.ts';
import { lastRecord, offsetOf, readRange, type PartitionName } from './partition-log.ts';
import { quietReport, type Report } from './quiet-report.ts';
import type { LogParts } from './task-session.ts';
import { TopicCatalogue } from './topic-catalogue.ts';
import type { SocketFactory, WireSettings } from './wire.ts';

/** What a member that is silent for longer owned goes to others. */
export const sessionMsMaxDefault = 10_000;
/** How long the brokers may be out of reach when the log is opened. */
const openMsMax = 20_000;
const openRetryMs = 1_000;
const closeMsMax = 5_000;

export interface KafkaLogOptions {
  /** `host:port` of some of the cluster's nodes. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Names this process among its service's replicas; a restarted one takes its predecessor's place at once. */
  readonly instance?: string | null;
  /** Nothing here works any more, and a new try would not mend it: the process should end. */
  readonly onFatal: (error: BusConfigurationError) => void;
  /** Hears of what went wrong and is tried again. */
  readonly report?: Report;
  /** How long a member may be silent before its partitions go to others. */
  readonly sessionMsMax?: number;
  /** How connections are made, where that is not `net.connect`. */
  readonly socketFactory?: SocketFactory;
  /** This machine's clock in milliseconds since 1970, never going back, where that is not the process's own. */
  readonly localClock?: () => number;
}

/** @throws BusUnavailableError when no broker answers in time: a start that cannot succeed ends within 30 seconds. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<DurableLog> {
  const settings = { clientId: options.clientId, socketFactory: options.socketFactory };
  const map = new ClusterMap(options.brokers, settings);
  const deadline = performance.now() + openMsMax;
  for (;;) {
    try {
      await map.refresh();
      return new KafkaLog(options, map, settings);
    } catch (cause) {
      if (performance.now() + openRetryMs > deadline) {
        const message = `None of the Kafka brokers ${options.brokers.join(', ')} answers; check KAFKA_BROKERS`;
        throw new BusUnavailableError(message, { cause });
      }
      options.report?.('Waiting for the Kafka brokers', { brokers: options.brokers, error: cause });
      await sleep(openRetryMs);
    }
  }
}

class KafkaLog implements DurableLog {
  readonly engine = 'kafka';
  readonly #options: KafkaLogOptions;
  readonly #map: ClusterMap;
  readonly #settings: WireSettings;
  readonly #parts: LogParts;
  readonly #report: Report;
  readonly #groups = new Set<KafkaGroup>();
  readonly #followers = new Set<Follower>();
  #closed = false;

  constructor(options: KafkaLogOptions, map: ClusterMap, settings: WireSettings) {
    this.#options = options;
    this.#map = map;
    this.#settings = settings;
    const report = quietReport(options.report ?? (() => undefined));
    this.#report = (message, fields) => (this.#closed ? undefined : report(message, fields));
    const control = new Lane(map, settings);
    const catalogue = new TopicCatalogue(control);
    const clock = new LogClock(options.localClock);
    const writing = new LanePool(map, settings);
    this.#parts = {
      catalogue,
      clock,
      control,
      reading: new Lane(map, settings),
      writing,
      appends: new Appends(catalogue, writing, clock),
      loops: new FetchLoops(new Lane(map, settings), clock, this.#report),
      unread: { characters: 0 },
    };
  }

  now(): Instant {
    return this.#parts.clock.now();
  }

  ensureTopics(topics: readonly TopicSettings[]): Promise<void> {
    return this.#parts.catalogue.ensure(topics);
  }

  partitionCount(topic: string): number {
    return this.#parts.catalogue.partitionCount(topic);
  }

  append(records: readonly OutgoingRecord[]): Promise<void> {
    return this.#parts.appends.append(records);
  }

  follow(topics: readonly string[], from: 'start' | 'now', handle: (records: readonly LogRecord[]) => void): Follower {
    const onFailure = (error: unknown) => this.#report('A follower failed', { topics, error });
    const follower = new KafkaFollower({ parts: this.#parts, topics, from, handle, onFailure });
    this.#followers.add(follower);
    return follower;
  }

  async read(
    topic: string,
    partition: number,
    handle: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Promise<void> {
    const { control, reading } = this.#parts;
    const name = this.#nameOf(topic, partition);
    const [from, until] = await Promise.all([offsetOf(control, name, 'first'), offsetOf(control, name, 'stable')]);
    await readRange(reading, name, { from, until, goesOn: () => !this.#closed, handle });
    if (this.#closed) throw new BusUnavailableError('The log is closed');
  }

  async last(topic: string, partition: number): Promise<LogRecord | null> {
    return lastRecord(this.#parts.reading, this.#nameOf(topic, partition));
  }

  async join(definition: PartitionTaskDefinition): Promise<Membership> {
    if (this.#closed) throw new BusUnavailableError('The log is closed');
    await this.#map.refresh();
    const { topics, partitionCount } = this.#topicsOf(definition);
    const group = new KafkaGroup({
      definition,
      member: {
        group: definition.group,
        instance: this.#options.instance ?? null,
        topics,
        partitionCount,
        sessionMsMax: this.#options.sessionMsMax ?? sessionMsMaxDefault,
      },
      parts: this.#parts,
      joinLane: new Lane(this.#map, this.#settings),
      report: this.#report,
      onFatal: this.#options.onFatal,
    });
    this.#groups.add(group);
    return group;
  }

  async health(): Promise<{ readonly healthy: boolean; readonly detail: string }> {
    if (this.#closed) return { healthy: false, detail: 'The log is closed' };
    try {
      await this.#map.refresh();
    } catch (error) {
      return { healthy: false, detail: `No Kafka broker answers: ${(error as Error).message}` };
    }
    const leaderless = this.#parts.catalogue.leaderless();
    if (leaderless !== null) return { healthy: false, detail: `Nobody leads partition ${leaderless}` };
    return { healthy: true, detail: 'Every partition in use has a leader' };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.race([this.#drain(), sleep(closeMsMax, undefined, { ref: false })]);
    const { control, reading, writing, loops } = this.#parts;
    for (const lane of [control, reading, writing]) lane.close();
    await loops.close();
    this.#map.close();
  }

  async #drain(): Promise<void> {
    await Promise.all([...this.#followers].map((follower) => follower.close()));
    await Promise.all([...this.#groups].map((group) => group.leave()));
    await this.#parts.appends.close();
  }

  /** @throws BusConfigurationError when there is no such partition. */
  #nameOf(topic: string, partition: number): PartitionName {
    if (partition >= this.partitionCount(topic))
      throw new BusConfigurationError(`${topic} has no partition ${partition}`);
    return { topic, partition };
  }

  /** @throws BusConfigurationError unless all are there and partitioned alike. */
  #topicsOf({ group, tables, streams, stateTopic }: PartitionTaskDefinition) {
    const topics = [...new Set([...tables, ...streams, ...(stateTopic === null ? [] : [stateTopic])])];
    const counts = new Set(topics.map((topic) => this.partitionCount(topic)));
    const [partitionCount] = counts;
    if (partitionCount === undefined || counts.size > 1) {
      throw new BusConfigurationError(
        `${group}: its topics must have the same number of partitions: ${topics.join(', ')}`,
      );
    }
    return { topics, partitionCount };
  }
}
