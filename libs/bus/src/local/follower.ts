/** Hands every record of some topics to one listener, without a group. */
import { BusUnavailableError } from '../errors.ts';
import type { Follower, LogRecord } from '../log.ts';
import type { Clock } from './clock.ts';
import type { PartitionReader } from './reader.ts';
import type { OpenReader, ReaderSet } from './reader-set.ts';
import type { TopicPartition, TopicTable } from './topic-table.ts';

/** Between a failed read of the store and the next. */
const retryMs = 250;

export interface FollowerOptions {
  readonly readers: ReaderSet;
  readonly topics: TopicTable;
  readonly clock: Clock;
  readonly followed: readonly string[];
  readonly from: 'start' | 'now';
  readonly handle: (records: readonly LogRecord[]) => void;
  readonly onFailure: (error: unknown) => void;
  readonly onClose: (follower: Follower) => void;
}

/** Remembers that something came until someone asks. */
class Signal {
  #isGiven = false;
  #resolve: (() => void) | null = null;

  give(): void {
    this.#isGiven = true;
    this.#resolve?.();
  }

  async taken(): Promise<void> {
    if (!this.#isGiven) await new Promise<void>((resolve) => (this.#resolve = resolve));
    this.#isGiven = false;
  }
}

interface FollowedPartition {
  readonly open: OpenReader;
  readonly signal: Signal;
  readonly caughtUp: PromiseWithResolvers<void>;
  /** Where the partition ended as the follower began. */
  readonly end: number;
}

export class LocalFollower implements Follower {
  readonly caughtUp: Promise<void>;
  readonly #options: FollowerOptions;
  readonly #partitions: readonly FollowedPartition[];
  readonly #pumps: readonly Promise<void>[];
  #isClosed = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    const followed = options.followed.flatMap((topic) =>
      Array.from({ length: options.topics.get(topic).partitionCount }, (_, partition) => ({ topic, partition })),
    );
    this.#partitions = followed.map((where) => this.#open(where));
    this.#pumps = this.#partitions.map((partition) => this.#pump(partition));
    this.caughtUp = Promise.all(this.#partitions.map(({ caughtUp }) => caughtUp.promise)).then(() => undefined);
    // Whoever does not wait for it need not hear that it never came.
    this.caughtUp.catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { open, signal, caughtUp } of this.#partitions) {
      caughtUp.reject(new BusUnavailableError('The follower was closed before it had caught up.'));
      open.close();
      signal.give();
    }
    await Promise.all(this.#pumps);
    this.#options.onClose(this);
  }

  #open(where: TopicPartition): FollowedPartition {
    const { readers, topics, from } = this.#options;
    const end = topics.end(where.topic, where.partition);
    const signal = new Signal();
    const open = readers.open(where, from === 'start' ? 0 : end, () => signal.give());
    return { open, signal, end, caughtUp: Promise.withResolvers<void>() };
  }

  /** Hands slice after slice; the event loop turns between two. */
  async #pump({ open: { reader }, signal, caughtUp, end }: FollowedPartition): Promise<void> {
    while (!this.#isClosed) {
      const failed = !(await this.#handSlice(reader));
      if (reader.position >= end) caughtUp.resolve();
      if (failed) await new Promise<void>((resolve) => void this.#options.clock.after(retryMs, resolve));
      else if (reader.hasMore) await new Promise((resolve) => setImmediate(resolve));
      else await signal.taken();
    }
  }

  /** Whether it went well. What a listener throws is reported; it has had its records. */
  async #handSlice(reader: PartitionReader): Promise<boolean> {
    try {
      const records = await reader.take();
      if (records.length > 0 && !this.#isClosed) this.#options.handle(records);
      return true;
    } catch (error) {
      this.#options.onFailure(error);
      return false;
    }
  }
}
