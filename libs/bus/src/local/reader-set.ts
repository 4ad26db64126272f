/** The readers that wait for each partition's new records. */
import type { LogRecord } from '../log.ts';
import { PartitionReader, type ReaderSource } from './reader.ts';
import { partitionKey, type TopicPartition } from './topic-table.ts';

export interface OpenReader {
  readonly reader: PartitionReader;
  close(): void;
}

export class ReaderSet {
  readonly #source: ReaderSource;
  readonly #readers = new Map<string, Map<PartitionReader, () => void>>();

  constructor(source: ReaderSource) {
    this.#source = source;
  }

  /** `onArrival` is called after new records have arrived at the reader. */
  open(where: TopicPartition, position: number, onArrival: () => void = () => undefined): OpenReader {
    const reader = new PartitionReader(where, position, this.#source);
    const key = partitionKey(where.topic, where.partition);
    const readers = this.#readers.get(key) ?? new Map<PartitionReader, () => void>();
    this.#readers.set(key, readers.set(reader, onArrival));
    const close = () => {
      if (readers.delete(reader)) reader.close();
    };
    return { reader, close };
  }

  arrive({ topic, partition }: TopicPartition, records: readonly LogRecord[]): void {
    for (const [reader, onArrival] of this.#readers.get(partitionKey(topic, partition)) ?? []) {
      reader.arrive(records);
      onArrival();
    }
  }

  /** The least position of the partition's readers; null when it has none. */
  leastPosition({ topic, partition }: TopicPartition): number | null {
    const readers = this.#readers.get(partitionKey(topic, partition));
    if (readers === undefined || readers.size === 0) return null;
    return Math.min(...[...readers.keys()].map(({ position }) => position));
  }
}
