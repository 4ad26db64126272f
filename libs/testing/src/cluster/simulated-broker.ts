/**
 * What outlives the processes of a simulated cluster: topics with their records, the offsets of groups, transactions
 * with their fences, and who is a member of which group. Every method is what a broker does when a request arrives.
 */
import { BusConfigurationError, type LogRecord, type OutgoingRecord, type TopicSettings } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import { GroupCoordinator } from './group-coordinator.ts';
import { PartitionRecords, type Transaction } from './partition-records.ts';
import { RefusedError } from './refused-error.ts';
import type { VirtualTime } from './virtual-time.ts';

/** An owner that dies within a transaction holds up the readers of what it wrote for at most this time. */
const transactionMsMax = 15_000;

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** The right to write a partition task's transactions: the newest epoch has it. */
export interface Producer {
  readonly transactionalId: string;
  readonly epoch: number;
}

export type Offsets = ReadonlyMap<string, number>;

interface OpenTransaction extends Transaction {
  readonly partitions: Set<PartitionRecords>;
  readonly offsets: (() => void)[];
  readonly callOffTimeout: () => void;
}

interface Topic {
  readonly settings: TopicSettings;
  readonly partitions: readonly PartitionRecords[];
}

export interface BrokerSettings {
  readonly time: VirtualTime;
  readonly sessionMsMax: number;
  /** Hears of each record as it is written, seen or not. */
  readonly onWritten?: (record: LogRecord, transaction: Transaction | null) => void;
}

export class SimulatedBroker {
  readonly #settings: BrokerSettings;
  readonly #topics = new Map<string, Topic>();
  readonly #offsets = new Map<string, number>();
  readonly #groups = new Map<string, GroupCoordinator>();
  readonly #epochs = new Map<string, number>();
  readonly #transactions = new Map<string, OpenTransaction>();
  /** By partition, who is told when more of it can be seen. */
  readonly #listeners = new Map<PartitionRecords, Set<() => void>>();

  constructor(settings: BrokerSettings) {
    this.#settings = settings;
  }

  /** @throws BusConfigurationError when a topic exists with another partition count or another kind of retention. */
  ensureTopic(settings: TopicSettings): void {
    const { name, partitionCount, retention } = settings;
    const found = this.#topics.get(name)?.settings;
    if (found !== undefined && found.partitionCount !== partitionCount) {
      throw new BusConfigurationError(`Topic ${name} has ${found.partitionCount} partitions, not ${partitionCount}.`);
    }
    if (found !== undefined && found.retention.compacted !== retention.compacted) {
      throw new BusConfigurationError(
        `Topic ${name} exists and is ${found.retention.compacted ? '' : 'not '}compacted.`,
      );
    }
    if (found !== undefined) return;
    const partitions = Array.from({ length: partitionCount }, () => new PartitionRecords());
    this.#topics.set(name, { settings, partitions });
  }

  get topicNames(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /** @throws BusConfigurationError when there is no such topic. */
  topic(name: string): TopicSettings {
    return this.#topic(name).settings;
  }

  /** @throws BusConfigurationError when there is no such partition. */
  partition({ topic, partition }: PartitionName): PartitionRecords {
    const found = this.#topic(topic).partitions[partition];
    if (found === undefined) throw new BusConfigurationError(`Topic ${topic} has no partition ${partition}.`);
    return found;
  }

  /** Tells `listener` when more of a partition can be seen; the function that it returns ends that. */
  listen(name: PartitionName, listener: () => void): () => void {
    const records = this.partition(name);
    const listeners = this.#listeners.get(records) ?? new Set();
    this.#listeners.set(records, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Returns the append time. */
  append(records: readonly OutgoingRecord[]): Instant {
    const written = records.map((record) => this.#write(record, null));
    for (const partition of new Set(written)) this.#grown(partition);
    return this.#settings.time.now;
  }

  /** Makes every earlier producer of this name worthless, and ends what it left open. */
  fence(transactionalId: string): Producer {
    const epoch = (this.#epochs.get(transactionalId) ?? 0) + 1;
    this.#epochs.set(transactionalId, epoch);
    this.#end(transactionalId, 'aborted');
    return { transactionalId, epoch };
  }

  /** Writes into the producer's transaction, which begins with it. @throws RefusedError */
  produce(producer: Producer, records: readonly OutgoingRecord[]): Instant {
    const transaction = this.#begun(producer);
    for (const record of records) transaction.partitions.add(this.#write(record, transaction));
    return this.#settings.time.now;
  }

  /** Offsets that move when the producer's transaction is committed. @throws RefusedError */
  addOffsets(producer: Producer, group: string, { partition, offsets }: { partition: number; offsets: Offsets }): void {
    this.#begun(producer).offsets.push(() => this.#move(group, partition, offsets));
  }

  /** @throws RefusedError */
  commit(producer: Producer): void {
    this.#check(producer);
    if (!this.#transactions.has(producer.transactionalId)) throw new RefusedError('INVALID_TXN_STATE');
    this.#end(producer.transactionalId, 'committed');
  }

  /** @throws RefusedError */
  abort(producer: Producer): void {
    this.#check(producer);
    this.#end(producer.transactionalId, 'aborted');
  }

  /** @throws RefusedError when the member may not commit just now. */
  commitOffsets(
    group: string,
    member: { readonly memberId: string; readonly generation: number },
    { partition, offsets }: { partition: number; offsets: Offsets },
  ): void {
    this.#groups.get(group)?.check(member.memberId, member.generation);
    this.#move(group, partition, offsets);
  }

  committed(group: string, { topic, partition }: PartitionName): number | undefined {
    return this.#offsets.get(offsetKey(group, topic, partition));
  }

  group(name: string, partitionCount: number): GroupCoordinator {
    const { time, sessionMsMax } = this.#settings;
    const group = this.#groups.get(name) ?? new GroupCoordinator({ time, partitionCount, sessionMsMax });
    this.#groups.set(name, group);
    return group;
  }

  /** Lets the cleaner of compacted topics pass. */
  compact(): void {
    for (const { settings, partitions } of this.#topics.values()) {
      if (settings.retention.compacted) for (const partition of partitions) partition.compact();
    }
  }

  #topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new BusConfigurationError(`There is no topic ${name}. Create it with ensureTopics.`);
    return topic;
  }

  #write({ headers = {}, ...record }: OutgoingRecord, transaction: Transaction | null): PartitionRecords {
    const partition = this.partition(record);
    const written = partition.append({ ...record, headers, appendedAt: this.#settings.time.now }, transaction);
    this.#settings.onWritten?.(written, transaction);
    return partition;
  }

  #check({ transactionalId, epoch }: Producer): void {
    if (this.#epochs.get(transactionalId) !== epoch) throw new RefusedError('INVALID_PRODUCER_EPOCH');
  }

  #begun(producer: Producer): OpenTransaction {
    this.#check(producer);
    const { transactionalId } = producer;
    const found = this.#transactions.get(transactionalId);
    if (found !== undefined) return found;
    // As Kafka does: what takes too long is aborted, and its producer fenced.
    const callOffTimeout = this.#settings.time.after(transactionMsMax, () => void this.fence(transactionalId));
    const begun: OpenTransaction = { state: 'open', partitions: new Set(), offsets: [], callOffTimeout };
    this.#transactions.set(transactionalId, begun);
    return begun;
  }

  #end(transactionalId: string, outcome: 'committed' | 'aborted'): void {
    const transaction = this.#transactions.get(transactionalId);
    if (transaction === undefined) return;
    this.#transactions.delete(transactionalId);
    transaction.callOffTimeout();
    transaction.state = outcome;
    if (outcome === 'committed') for (const move of transaction.offsets) move();
    for (const partition of transaction.partitions) {
      partition.ended(transaction);
      this.#grown(partition);
    }
  }

  #move(group: string, partition: number, offsets: Offsets): void {
    for (const [topic, offset] of offsets) this.#offsets.set(offsetKey(group, topic, partition), offset);
  }

  #grown(partition: PartitionRecords): void {
    for (const listener of this.#listeners.get(partition) ?? []) listener();
  }
}

function offsetKey(group: string, topic: string, partition: number): string {
  return `${group} ${topic} ${partition}`;
}
