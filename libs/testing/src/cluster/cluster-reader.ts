/** Reads one partition for one consumer: what the network has brought of it, from a position on. */
import type { LogRecord, TaskInput } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import type { ClusterParts } from './cluster-parts.ts';
import type { PartitionRecords } from './partition-records.ts';
import type { PartitionName } from './simulated-broker.ts';

export class ClusterReader implements TaskInput {
  readonly topic: string;
  readonly #parts: ClusterParts;
  readonly #records: PartitionRecords;
  readonly #onArrival: () => void;
  readonly #endListening: () => void;
  /** What lies from here on was written after this reader had begun. */
  readonly #firstNew: number;
  #position: number;
  /** Everything below has arrived. */
  #arrived: number;
  /** When the fetch left the broker that arrived last. */
  #leftAt: Instant = -Infinity;
  #isFetching = false;
  #isClosed = false;

  constructor(parts: ClusterParts, name: PartitionName, settings: { from: number; onArrival: () => void }) {
    this.topic = name.topic;
    this.#parts = parts;
    this.#records = parts.broker.partition(name);
    this.#firstNew = this.#records.end;
    this.#position = settings.from;
    this.#arrived = settings.from;
    this.#onArrival = settings.onArrival;
    this.#endListening = parts.broker.listen(name, () => this.#fetch());
    this.#fetch();
  }

  /** The offset behind everything that was taken. */
  get position(): number {
    return this.#position;
  }

  get hasMore(): boolean {
    return this.#position < this.#arrived;
  }

  /** A client at the end asks again and again, so it learns of nothing new as soon as of something. */
  get heardUntil(): Instant {
    return this.#arrived >= this.#records.stableEnd ? Infinity : this.#leftAt;
  }

  take(): readonly LogRecord[] {
    if (!this.hasMore) return [];
    const { records, next } = this.#records.read(this.#position, this.#arrived, this.#parts.takenMax());
    this.#position = next;
    return records;
  }

  close(): void {
    this.#isClosed = true;
    this.#endListening();
  }

  /** One fetch is under way at a time; it brings what could be seen as it left the broker. */
  #fetch(): void {
    const end = this.#records.stableEnd;
    if (this.#isFetching || this.#isClosed || end <= this.#arrived) return;
    this.#isFetching = true;
    const { host, network, clock } = this.#parts;
    const leftAt = clock.now();
    network.bring(host, this.topic, () => {
      this.#isFetching = false;
      if (this.#isClosed) return;
      this.#noticeTime(end);
      this.#arrived = end;
      this.#leftAt = leftAt;
      this.#onArrival();
      this.#fetch();
    });
  }

  /** What was there before this reader says only what is past; what came since had been waited for. */
  #noticeTime(end: number): void {
    const { records } = this.#records.read(Math.max(this.#arrived, end - 1), end, 1);
    const [newest] = records;
    if (newest === undefined) return;
    if (newest.offset >= this.#firstNew) this.#parts.clock.arrived(newest.appendedAt);
    else this.#parts.clock.read(newest.appendedAt);
  }
}
