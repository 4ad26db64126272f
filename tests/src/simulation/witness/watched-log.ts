/** The log of a process whose partition tasks are watched. */
import type {
  DurableLog,
  Follower,
  LogRecord,
  Membership,
  OutgoingRecord,
  PartitionTaskDefinition,
  TopicSettings,
} from '@quorate/bus';
import type { Instant } from '@quorate/contracts';

export class WatchedLog implements DurableLog {
  readonly engine = 'simulated';
  readonly #log: DurableLog;
  readonly #join: (definition: PartitionTaskDefinition) => Promise<Membership>;

  /** @param join what becomes of the tasks that the process wants to run. */
  constructor(log: DurableLog, join: (definition: PartitionTaskDefinition) => Promise<Membership>) {
    this.#log = log;
    this.#join = join;
  }

  now(): Instant {
    return this.#log.now();
  }

  ensureTopics(topics: readonly TopicSettings[]): Promise<void> {
    return this.#log.ensureTopics(topics);
  }

  partitionCount(topic: string): number {
    return this.#log.partitionCount(topic);
  }

  append(records: readonly OutgoingRecord[]): Promise<void> {
    return this.#log.append(records);
  }

  follow(topics: readonly string[], from: 'start' | 'now', handle: (records: readonly LogRecord[]) => void): Follower {
    return this.#log.follow(topics, from, handle);
  }

  read(...request: Parameters<DurableLog['read']>): Promise<void> {
    return this.#log.read(...request);
  }

  last(topic: string, partition: number): Promise<LogRecord | null> {
    return this.#log.last(topic, partition);
  }

  join(definition: PartitionTaskDefinition): Promise<Membership> {
    return this.#join(definition);
  }

  health(): Promise<{ readonly healthy: boolean; readonly detail: string }> {
    return this.#log.health();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
