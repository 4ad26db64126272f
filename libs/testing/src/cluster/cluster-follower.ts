/** Hands every record of some topics to one listener, without a group. */
import { BusUnavailableError, type Follower, type LogRecord } from '@quorate/bus';
import { wait, type ClusterParts } from './cluster-parts.ts';
import { ClusterReader } from './cluster-reader.ts';
import type { PartitionName } from './simulated-broker.ts';

const againMs = 250;

export interface FollowerSettings {
  readonly topics: readonly string[];
  readonly from: 'start' | 'now';
  readonly handle: (records: readonly LogRecord[]) => void;
}

export class ClusterFollower implements Follower {
  readonly caughtUp: Promise<void>;
  readonly #parts: ClusterParts;
  readonly #settings: FollowerSettings;
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #readers: ClusterReader[] = [];
  #behindCount: number;
  #isClosed = false;

  constructor(parts: ClusterParts, settings: FollowerSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.caughtUp = this.#caughtUp.promise;
    // Whoever does not wait for it need not hear that it never came.
    this.caughtUp.catch(() => undefined);
    const followed = settings.topics.flatMap((topic) =>
      Array.from({ length: parts.broker.topic(topic).partitionCount }, (_, partition) => ({ topic, partition })),
    );
    this.#behindCount = followed.length;
    for (const name of followed) void this.#begin(name);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.close();
    this.#caughtUp.reject(new BusUnavailableError('The follower was closed before it had caught up'));
    return Promise.resolve();
  }

  /** Tries until the end of the partition is known. */
  async #begin(name: PartitionName): Promise<void> {
    const { host, network, broker } = this.#parts;
    while (!this.#isClosed) {
      try {
        const end = await network.ask(host, `end ${name.topic}`, () => broker.partition(name).end);
        this.#subscribe(name, end);
        return;
      } catch {
        await wait(this.#parts, againMs);
      }
    }
  }

  #subscribe(name: PartitionName, end: number): void {
    if (this.#isClosed) return;
    const from = this.#settings.from === 'now' ? end : 0;
    let isBehind = from < end;
    if (!isBehind) this.#oneCaughtUp();
    const onArrival = () => {
      while (reader.hasMore && !this.#isClosed) this.#hand(reader.take());
      if (!isBehind || reader.position < end) return;
      isBehind = false;
      this.#oneCaughtUp();
    };
    const reader: ClusterReader = new ClusterReader(this.#parts, name, { from, onArrival });
    this.#readers.push(reader);
  }

  /** What a listener throws is reported; it has had its records. */
  #hand(records: readonly LogRecord[]): void {
    if (records.length === 0) return;
    try {
      this.#settings.handle(records);
    } catch (error) {
      this.#parts.report('A follower failed', { topics: this.#settings.topics, error });
    }
  }

  #oneCaughtUp(): void {
    this.#behindCount--;
    if (this.#behindCount === 0) this.#caughtUp.resolve();
  }
}
