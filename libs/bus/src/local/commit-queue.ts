/**
 * Group commit: what arrives within a few milliseconds becomes one commit of the store; one is under way while the
 * next collects. After the commit the readers hear of its records, then their writers do.
 */
import type { Instant } from '@quorate/contracts';
import { BusUnavailableError } from '../errors.ts';
import type { LogRecord, OutgoingRecord } from '../log.ts';
import type { Clock } from './clock.ts';
import { recordText } from './record-text.ts';
import type { Store, StoreAppend, StoredOffset } from './store.ts';
import { partitionKey, type TopicPartition, type TopicTable } from './topic-table.ts';

/** Characters of records that wait for their commit; who appends more waits. */
export const unconfirmedCharactersMax = 8 * 1_024 * 1_024;

export interface Write {
  readonly records: readonly OutgoingRecord[];
  readonly offsets: readonly StoredOffset[];
  /** Asked just before the commit; a write that is not permitted any more is rejected. */
  readonly permitted?: () => boolean;
}

interface PendingWrite extends Write {
  readonly texts: readonly string[];
  readonly characters: number;
  readonly outcome: PromiseWithResolvers<void>;
}

/** The part of a commit that goes to one partition. */
interface PartitionBatch extends TopicPartition {
  readonly base: number;
  readonly records: OutgoingRecord[];
  readonly texts: string[];
}

export interface CommitQueueOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly topics: TopicTable;
  /** The least time between the starts of two commits. */
  readonly gapMs: number;
  readonly onRecords: (where: TopicPartition, records: readonly LogRecord[]) => void;
  readonly onOffsets: (offsets: readonly StoredOffset[]) => void;
  /** The first failure of a series, and null at its end. */
  readonly onHealth: (failure: Error | null) => void;
}

export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #pending: PendingWrite[] = [];
  #characters = 0;
  #flying: Promise<void> | null = null;
  #armed = false;
  #closed = false;
  #lastFlushAt = -Infinity;
  #waiting: (() => void)[] = [];
  #failure: Error | null = null;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Why the newest commit failed; null when it did not. */
  get failure(): Error | null {
    return this.#failure;
  }

  get unconfirmedCharacters(): number {
    return this.#characters;
  }

  /** As `write`, but waits first while `unconfirmedCharactersMax` or more are under way. @throws BusUnavailableError */
  async writeWithRoom(write: Write): Promise<void> {
    while (this.#characters >= unconfirmedCharactersMax && !this.#closed) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    await this.write(write);
  }

  /** Resolves when the write is durable. @throws BusUnavailableError */
  write(write: Write): Promise<void> {
    if (this.#closed) return Promise.reject(new BusUnavailableError('The log is closed.'));
    const texts = write.records.map(({ key, value, headers = {} }) => recordText({ key, value, headers }));
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    const outcome = Promise.withResolvers<void>();
    this.#pending.push({ ...write, texts, characters, outcome });
    this.#characters += characters;
    this.#arm();
    return outcome.promise;
  }

  /** Resolves when the commit that is under way has ended; what still waits has not begun. */
  async settled(): Promise<void> {
    await this.#flying;
  }

  /** Commits what waits and takes no more. */
  async close(): Promise<void> {
    while (this.#pending.length > 0 || this.#flying !== null) {
      if (this.#flying === null) this.#flush();
      await this.#flying;
    }
    this.#closed = true;
    this.#release();
  }

  #arm(): void {
    if (this.#armed || this.#flying !== null) return;
    this.#armed = true;
    const { clock, gapMs } = this.#options;
    // A clock that was set back must not hold anything up.
    const waitMs = Math.min(gapMs, this.#lastFlushAt + gapMs - clock.now());
    const flush = () => {
      this.#armed = false;
      if (this.#flying === null) this.#flush();
    };
    if (waitMs > 0) clock.after(waitMs, flush);
    else setImmediate(flush);
  }

  #flush(): void {
    const writes = this.#pending.filter((write) => this.#isPermitted(write));
    this.#pending = [];
    if (writes.length === 0) return;
    const at = this.#options.clock.now();
    this.#lastFlushAt = at;
    this.#flying = this.#commit(writes, at).finally(() => {
      this.#flying = null;
      this.#release();
      if (this.#pending.length > 0) this.#arm();
    });
  }

  #isPermitted({ permitted, characters, outcome }: PendingWrite): boolean {
    if (permitted?.() !== false) return true;
    this.#characters -= characters;
    outcome.reject(new BusUnavailableError('Another owner has taken over this partition.'));
    return false;
  }

  async #commit(writes: readonly PendingWrite[], at: Instant): Promise<void> {
    const batches = this.#batches(writes);
    const offsets = writes.flatMap((write) => write.offsets);
    const failure = await this.#store(batches, offsets, at);
    if ((failure === null) !== (this.#failure === null)) this.#options.onHealth(failure);
    this.#failure = failure;
    for (const { characters } of writes) this.#characters -= characters;
    if (failure === null) this.#announce(batches, offsets, at);
    for (const { outcome } of writes) {
      if (failure === null) outcome.resolve();
      else outcome.reject(failure);
    }
  }

  /** Why it failed, if it did. */
  async #store(
    batches: readonly PartitionBatch[],
    offsets: readonly StoredOffset[],
    at: Instant,
  ): Promise<BusUnavailableError | null> {
    try {
      await this.#options.store.commit({ at, appends: batches.map((batch) => this.#append(batch)), offsets });
      return null;
    } catch (cause) {
      return new BusUnavailableError(`The log could not be written: ${(cause as Error).message}`, { cause });
    }
  }

  #batches(writes: readonly PendingWrite[]): PartitionBatch[] {
    const batches = new Map<string, PartitionBatch>();
    let batch: PartitionBatch | null = null;
    for (const { records, texts } of writes) {
      let index = 0;
      for (const record of records) {
        // Records of one partition mostly come in a row.
        if (batch?.topic !== record.topic || batch.partition !== record.partition) batch = this.#batch(batches, record);
        batch.records.push(record);
        batch.texts.push(texts[index++] ?? '');
      }
    }
    return [...batches.values()];
  }

  #batch(batches: Map<string, PartitionBatch>, { topic, partition }: TopicPartition): PartitionBatch {
    const key = partitionKey(topic, partition);
    const found = batches.get(key);
    if (found !== undefined) return found;
    const base = this.#options.topics.end(topic, partition);
    const batch: PartitionBatch = { topic, partition, base, records: [], texts: [] };
    batches.set(key, batch);
    return batch;
  }

  #append({ topic, partition, base, records, texts }: PartitionBatch): StoreAppend {
    const compacted = this.#options.topics.get(topic).retentionMs === null;
    return { topic, partition, base, texts, keys: compacted ? records.map(({ key }) => key) : null };
  }

  #announce(batches: readonly PartitionBatch[], offsets: readonly StoredOffset[], at: Instant): void {
    this.#options.onOffsets(offsets);
    for (const { topic, partition, base, records } of batches) {
      this.#options.topics.setEnd(topic, partition, base + records.length);
      const arrived = records.map(({ key, value, headers = {} }, index): LogRecord => ({
        topic,
        partition,
        offset: base + index,
        appendedAt: at,
        key,
        value,
        headers,
      }));
      this.#options.onRecords({ topic, partition }, arrived);
    }
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
