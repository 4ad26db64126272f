/** A durable log whose members all live in one process, over a store: a SQLite file, or memory in a simulation. */
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
import type { Clock } from './clock.ts';
import { CommitQueue } from './commit-queue.ts';
import { damagedLetter, deadLetterTopic } from './damage.ts';
import { LocalFollower } from './follower.ts';
import { Group, type GroupMember } from './group.ts';
import { OffsetTable } from './offset-table.ts';
import { Ownership } from './ownership.ts';
import { ReaderBudget } from './reader.ts';
import { ReaderSet } from './reader-set.ts';
import { checkOnePartition, checkRecords } from './record-checks.ts';
import { parseRecordText } from './record-text.ts';
import type { Store } from './store.ts';
import { LocalTaskSession, type LogParts } from './task-session.ts';
import { TopicTable, type TopicPartition } from './topic-table.ts';
import { startUpkeep } from './upkeep.ts';

export interface LocalLogOptions {
  readonly engine: 'embedded' | 'simulated';
  readonly store: Store;
  readonly clock: Clock;
  /** The least time between the starts of two commits; what arrives meanwhile is one commit. */
  readonly commitGapMs: number;
  /** How often the store is asked to drop what has outlived its retention. */
  readonly upkeepEveryMs: number;
  /** Hears of what went wrong inside: a task that failed and begins anew, a damaged row, upkeep that failed. */
  readonly report: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export class LocalLog implements DurableLog {
  readonly engine: 'embedded' | 'simulated';
  readonly #options: LocalLogOptions;
  readonly #parts: LogParts;
  readonly #groups = new Map<string, Group>();
  readonly #followers = new Set<Follower>();
  readonly #endUpkeep: () => void;
  #closing: Promise<void> | null = null;

  constructor(options: LocalLogOptions) {
    this.engine = options.engine;
    this.#options = options;
    this.#parts = this.#makeParts(options);
    this.#endUpkeep = startUpkeep(options, this.#parts);
  }

  now(): Instant {
    return this.#options.clock.now();
  }

  async ensureTopics(topics: readonly TopicSettings[]): Promise<void> {
    const changes = topics.flatMap((topic) => this.#parts.topics.change(topic) ?? []);
    for (const change of changes) {
      await this.#options.store.saveTopic(change);
      this.#parts.topics.set(change);
    }
  }

  partitionCount(topic: string): number {
    return this.#parts.topics.get(topic).partitionCount;
  }

  async append(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.#closing !== null) throw new BusUnavailableError('The log is closed.');
    checkOnePartition(records);
    this.#parts.checkRecords(records);
    if (records.length > 0) await this.#parts.queue.writeWithRoom({ records, offsets: [] });
  }

  follow(topics: readonly string[], from: 'start' | 'now', handle: (records: readonly LogRecord[]) => void): Follower {
    const follower = new LocalFollower({
      ...this.#parts,
      clock: this.#options.clock,
      followed: topics,
      from,
      handle,
      onFailure: (error) => this.#options.report('A follower failed', { topics, error }),
      onClose: (closed) => this.#followers.delete(closed),
    });
    this.#followers.add(follower);
    return follower;
  }

  async read(
    topic: string,
    partition: number,
    handle: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Promise<void> {
    this.#parts.topics.get(topic);
    const end = this.#parts.topics.end(topic, partition);
    const open = this.#parts.readers.open({ topic, partition }, 0);
    try {
      while (open.reader.position < end) {
        const records = (await open.reader.take()).filter(({ offset }) => offset < end);
        if (records.length > 0) await handle(records);
      }
    } finally {
      open.close();
    }
  }

  async last(topic: string, partition: number): Promise<LogRecord | null> {
    this.#parts.topics.get(topic);
    const row = await this.#options.store.readLast(topic, partition);
    if (row === null) return null;
    const { offset, at, text } = row;
    if (text === null)
      throw new BusUnavailableError(`The newest record of ${topic}, partition ${partition}, is damaged.`);
    return { topic, partition, offset, appendedAt: at, ...parseRecordText(text) };
  }

  async join(definition: PartitionTaskDefinition): Promise<Membership> {
    if (this.#closing !== null) throw new BusUnavailableError('The log is closed.');
    const group = this.#group(definition);
    const member: GroupMember = { definition };
    group.join(member);
    return Promise.resolve({
      get partitions() {
        return group.partitionsOf(member);
      },
      get ready() {
        return group.isReady(member);
      },
      leave: () => group.leave(member),
    });
  }

  async health(): Promise<{ readonly healthy: boolean; readonly detail: string }> {
    const { failure } = this.#parts.queue;
    if (this.#closing !== null) return Promise.resolve({ healthy: false, detail: 'The log is closed.' });
    return Promise.resolve({ healthy: failure === null, detail: failure?.message ?? 'The newest commit succeeded.' });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#endUpkeep();
    await Promise.all([...this.#groups.values()].map((group) => group.end()));
    await Promise.all([...this.#followers].map((follower) => follower.close()));
    await this.#parts.queue.close();
    await this.#options.store.close();
  }

  #makeParts({ store, clock, commitGapMs }: LocalLogOptions): LogParts {
    const topics = new TopicTable(store.contents);
    const offsets = new OffsetTable(store.contents);
    const budget = new ReaderBudget();
    const readers = new ReaderSet({ store, topics, budget, onDamaged: (where) => this.#onDamaged(where) });
    const queue = new CommitQueue({
      ...{ store, clock, topics, gapMs: commitGapMs },
      onRecords: (where, records) => readers.arrive(where, records),
      onOffsets: (committed) => committed.forEach((offset) => offsets.set(offset)),
      onHealth: (failure) => this.#reportHealth(failure),
    });
    const ownership = new Ownership();
    return { topics, offsets, readers, queue, ownership, checkRecords: (records) => checkRecords(records, topics) };
  }

  /** @throws BusConfigurationError when the topics are not there or not partitioned alike. */
  #group(definition: PartitionTaskDefinition): Group {
    const { group: name, tables, streams, stateTopic } = definition;
    const topics = [...tables, ...streams, ...(stateTopic === null ? [] : [stateTopic])];
    const counts = new Set(topics.map((topic) => this.partitionCount(topic)));
    const found = this.#groups.get(name);
    if (found !== undefined) counts.add(found.partitionCount);
    const [partitionCount] = counts;
    if (partitionCount === undefined || counts.size > 1) {
      throw new BusConfigurationError(`Group ${name}: its topics must have the same number of partitions.`);
    }
    const group = found ?? this.#makeGroup(name, partitionCount);
    this.#groups.set(name, group);
    return group;
  }

  #makeGroup(name: string, partitionCount: number): Group {
    return new Group({
      partitionCount,
      clock: this.#options.clock,
      begin: (definition, partition) => LocalTaskSession.begin(this.#parts, definition, partition),
      revoke: async (partition) => {
        this.#parts.ownership.revoke(name, partition);
        await this.#parts.queue.settled();
      },
      onFailure: (partition, error) =>
        this.#options.report('A partition task failed and begins anew', { group: name, partition, error }),
    });
  }

  #reportHealth(failure: Error | null): void {
    if (failure === null) this.#options.report('The log can be written again', {});
    else this.#options.report('The log cannot be written', { error: failure });
  }

  #onDamaged(where: TopicPartition & { readonly offset: number }): void {
    this.#options.report('A record on disk is damaged and was passed over', { ...where });
    if (!this.#parts.topics.has(deadLetterTopic) || where.topic === deadLetterTopic) return;
    this.#parts.queue
      .write({ records: [damagedLetter(where, this.now())], offsets: [] })
      .catch((error: unknown) => this.#options.report('A dead letter could not be written', { ...where, error }));
  }
}
