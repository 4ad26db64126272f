/** The durable log as one process of a simulated cluster has it. */
import {
  BusConfigurationError,
  BusUnavailableError,
  type DurableLog,
  type Follower,
  type LogRecord,
  type Membership,
  type OutgoingRecord,
  type PartitionTaskDefinition,
  type TopicSettings,
} from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import { appendTo } from './append.ts';
import { ClusterFollower } from './cluster-follower.ts';
import { ClusterMember } from './cluster-member.ts';
import type { ClusterParts } from './cluster-parts.ts';

/** Records of one slice of `read`. */
const readRecordsMax = 100;

export class ClusterLog implements DurableLog {
  readonly engine = 'simulated';
  readonly #parts: ClusterParts;
  readonly #members = new Set<ClusterMember>();
  readonly #followers = new Set<Follower>();
  /** By partition, the append under way: the next one waits for it, so that their order stands. */
  readonly #appends = new Map<string, Promise<void>>();
  #isClosed = false;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
  }

  now(): Instant {
    return this.#parts.clock.now();
  }

  ensureTopics(topics: readonly TopicSettings[]): Promise<void> {
    const { host, network, broker } = this.#parts;
    return network.ask(host, 'ensure topics', () => {
      for (const topic of topics) broker.ensureTopic(topic);
    });
  }

  partitionCount(topic: string): number {
    return this.#parts.broker.topic(topic).partitionCount;
  }

  async append(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#isClosed) throw new BusUnavailableError('The log is closed.');
    const [first] = records;
    if (first === undefined) return;
    this.#check(records, first);
    const name = `${first.topic} ${first.partition}`;
    const before = this.#appends.get(name) ?? Promise.resolve();
    const append = before.then(() => appendTo(this.#parts, records));
    this.#appends.set(
      name,
      append.catch(() => undefined),
    );
    await append;
  }

  follow(topics: readonly string[], from: 'start' | 'now', handle: (records: readonly LogRecord[]) => void): Follower {
    const follower = new ClusterFollower(this.#parts, { topics, from, handle });
    this.#followers.add(follower);
    return follower;
  }

  async read(
    topic: string,
    partition: number,
    handle: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Promise<void> {
    const { host, network, broker } = this.#parts;
    const held = broker.partition({ topic, partition });
    const end = await network.ask(host, `end ${topic}`, () => held.stableEnd);
    for (let position = 0; position < end;) {
      const from = position;
      const { records, next } = await network.ask(host, `read ${topic}`, () => held.read(from, end, readRecordsMax));
      if (records.length > 0) await handle(records);
      position = next;
    }
  }

  last(topic: string, partition: number): Promise<LogRecord | null> {
    const { host, network, broker } = this.#parts;
    const records = broker.partition({ topic, partition });
    return network.ask(host, `last ${topic}`, () => records.last());
  }

  async join(definition: PartitionTaskDefinition): Promise<Membership> {
    if (this.#isClosed) throw new BusUnavailableError('The log is closed.');
    const { group, tables, streams, stateTopic } = definition;
    const topics = [...new Set([...tables, ...streams, ...(stateTopic === null ? [] : [stateTopic])])];
    const counts = new Set(topics.map((topic) => this.partitionCount(topic)));
    const [partitionCount] = counts;
    if (partitionCount === undefined || counts.size > 1) {
      throw new BusConfigurationError(`Group ${group}: its topics must have the same number of partitions.`);
    }
    const coordinator = this.#parts.broker.group(group, partitionCount);
    const member = new ClusterMember(this.#parts, { definition, topics, coordinator });
    this.#members.add(member);
    return Promise.resolve(member);
  }

  async health(): Promise<{ readonly healthy: boolean; readonly detail: string }> {
    return Promise.resolve({ healthy: !this.#isClosed, detail: this.#isClosed ? 'The log is closed.' : 'Open.' });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#members].map((member) => member.leave()));
    await Promise.all([...this.#followers].map((follower) => follower.close()));
    await Promise.all(this.#appends.values());
  }

  /** @throws BusConfigurationError */
  #check(records: readonly OutgoingRecord[], first: OutgoingRecord): void {
    this.#parts.broker.partition(first);
    for (const { topic, partition, key } of records) {
      if (topic !== first.topic || partition !== first.partition) {
        throw new BusConfigurationError('One append writes to one partition of one topic; split it.');
      }
      if (key.startsWith('~')) throw new BusConfigurationError(`Key ${key}: keys that start with ~ are the bus's own.`);
    }
  }
}
