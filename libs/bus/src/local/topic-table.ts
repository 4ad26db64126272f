/** The topics of a log in one process, and where each of their partitions ends. */
import { BusConfigurationError } from '../errors.ts';
import type { TopicSettings } from '../log.ts';
import type { StoreContents, StoredTopic } from './store.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export function partitionKey(topic: string, partition: number): string {
  return `${partition}/${topic}`;
}

export class TopicTable {
  readonly #topics: Map<string, StoredTopic>;
  readonly #ends: Map<string, number>;

  constructor({ topics, tails }: StoreContents) {
    this.#topics = new Map(topics.map((topic) => [topic.name, topic]));
    this.#ends = new Map(tails.map(({ topic, partition, next }) => [partitionKey(topic, partition), next]));
  }

  has(name: string): boolean {
    return this.#topics.has(name);
  }

  /** @throws BusConfigurationError when there is no such topic. */
  get(name: string): StoredTopic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new BusConfigurationError(`There is no topic ${name}. Create it with ensureTopics.`);
    return topic;
  }

  set(topic: StoredTopic): void {
    this.#topics.set(topic.name, topic);
  }

  /** What must be stored so that the topic is as `settings` say; null when it is. @throws BusConfigurationError */
  change({ name, partitionCount, retention }: TopicSettings): StoredTopic | null {
    const wanted: StoredTopic = {
      name,
      partitionCount,
      retentionMs: retention.compacted ? null : retention.retentionMs,
    };
    const found = this.#topics.get(name);
    if (found === undefined) return wanted;
    if (found.partitionCount !== partitionCount) {
      throw new BusConfigurationError(
        `Topic ${name} has ${found.partitionCount} partitions, not ${partitionCount}: fixed at installation.`,
      );
    }
    if ((found.retentionMs === null) !== retention.compacted) {
      throw new BusConfigurationError(`Topic ${name} exists and is ${retention.compacted ? 'not ' : ''}compacted.`);
    }
    return found.retentionMs === wanted.retentionMs ? null : wanted;
  }

  /** The offset that the next record of the partition gets. */
  end(topic: string, partition: number): number {
    return this.#ends.get(partitionKey(topic, partition)) ?? 0;
  }

  setEnd(topic: string, partition: number, end: number): void {
    this.#ends.set(partitionKey(topic, partition), end);
  }

  *compactedPartitions(): Generator<TopicPartition> {
    for (const { name, partitionCount, retentionMs } of this.#topics.values()) {
      if (retentionMs !== null) continue;
      for (let partition = 0; partition < partitionCount; partition++) yield { topic: name, partition };
    }
  }
}
