/**
 * What keeps the records of a log that lives in one process: a SQLite file, or memory in a simulation. It is told
 * every offset and the time; requests are carried out in the order of their asking.
 */
import type { Instant } from '@quorate/contracts';

export interface StoredTopic {
  readonly name: string;
  readonly partitionCount: number;
  /** Null for a compacted topic, which keeps the newest record of each key for good. */
  readonly retentionMs: number | null;
}

export interface StoredTail {
  readonly topic: string;
  readonly partition: number;
  /** The offset that the next record gets. */
  readonly next: number;
}

export interface StoredOffset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The oldest record that the group still needs. */
  readonly offset: number;
}

/** What the store held when it was opened. */
export interface StoreContents {
  readonly topics: readonly StoredTopic[];
  readonly tails: readonly StoredTail[];
  readonly offsets: readonly StoredOffset[];
}

export interface StoreAppend {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the first text; the others follow without a gap. */
  readonly base: number;
  /** As `recordText` wrote them. */
  readonly texts: readonly string[];
  /** The texts' keys, for a compacted topic only. */
  readonly keys: readonly string[] | null;
}

/** All of it is durable when the promise resolves, or none of it is there. */
export interface StoreCommit {
  readonly at: Instant;
  readonly appends: readonly StoreAppend[];
  readonly offsets: readonly StoredOffset[];
}

export interface StoredRow {
  readonly offset: number;
  readonly at: Instant;
  /** Null when the row is damaged: its checksum does not fit. */
  readonly text: string | null;
}

export interface ReadRequest {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly rowsMax: number;
  /** One row more than this is returned, so that a large one is read at all. */
  readonly charactersMax: number;
}

export interface ReadAnswer {
  readonly rows: readonly StoredRow[];
  /** Where the next read goes on: there is nothing else between `from` and here. */
  readonly next: number;
}

/** Tombstones below `floor` have been passed by every reader that is known. */
export interface TombstoneFloor {
  readonly topic: string;
  readonly partition: number;
  readonly floor: number;
}

export interface Upkeep {
  readonly now: Instant;
  readonly floors: readonly TombstoneFloor[];
}

export interface Store {
  readonly contents: StoreContents;
  /** Creates the topic, or changes its retention. */
  saveTopic(topic: StoredTopic): Promise<void>;
  commit(commit: StoreCommit): Promise<void>;
  read(request: ReadRequest): Promise<ReadAnswer>;
  readLast(topic: string, partition: number): Promise<StoredRow | null>;
  /** Drops what has outlived its retention. */
  maintain(upkeep: Upkeep): Promise<void>;
  close(): Promise<void>;
}
