/**
 * The log contract: what a service may ask of the bus, whichever engine is behind it. Order, acknowledgement and
 * fencing are part of it, and one conformance suite (`conformance/`) holds every engine to it.
 */
import type { Instant } from '@quorate/contracts';

export interface TopicSettings {
  readonly name: string;
  readonly partitionCount: number;
  readonly retention: { readonly compacted: true } | { readonly compacted: false; readonly retentionMs: number };
}

/**
 * A record to be written. `value` is JSON text; null is a tombstone. Keys never start with `~`: those are the bus's
 * own.
 */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When the log took it in, by the log's own clock. */
  readonly appendedAt: Instant;
  readonly key: string;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What arrived for one partition task in one gathering, in offset order within each topic. */
export interface Gathering {
  readonly records: ReadonlyMap<string, readonly LogRecord[]>;
  /** The present, by the log's clock. */
  readonly now: Instant;
  /**
   * Whether each stream has been read up to the end that was seen when the task was restored. Once true it stays true:
   * how far behind a task is later says `heardUntil`.
   */
  readonly caughtUp: boolean;
  /**
   * All that was in the streams at this time has been handed over, now or before. It trails behind `now` as long as the
   * streams cannot be read: what only time ends must wait for it, because what came in time may still lie there.
   */
  readonly heardUntil: Instant;
}

/** What one step writes, all or nothing. */
export interface Step {
  readonly records: readonly OutgoingRecord[];
  /**
   * Per stream, the oldest offset that is still needed to rebuild the task's memory: a successor starts there. A stream
   * that is left out is done up to everything handed over so far. Never goes back.
   */
  readonly resumeFrom?: Readonly<Record<string, number>>;
  /** Called once the step is durable, before the next gathering is handed over. */
  readonly committed?: () => void;
}

/** The code that owns one partition of a service's topics. Its methods are never called concurrently. */
export interface PartitionTask {
  /** What the tables hold at the start, in offset order, before any `step`. May be called many times, in slices. */
  restore(records: readonly LogRecord[]): void | Promise<void>;
  /**
   * Called every `gatherMs` and whenever `wake` was called, with what has arrived since, possibly nothing; every
   * `restMs`, where that is given, while nothing arrives.
   * A rejection, or a commit whose outcome is not certain, discards this task; a new one is made, restored and resumed.
   */
  step(gathering: Gathering): Step | Promise<Step>;
  /** Only with guarantee `external`: where to resume each stream (the offset of the next record wanted). */
  positions?(): Promise<Readonly<Record<string, number>>>;
  /** The task has ended: its partition was lost, its step failed, or the process drains. No step follows. */
  end?(): void | Promise<void>;
}

export type Guarantee =
  /** State, outputs and offsets of a step in one transaction; a predecessor is fenced before the first read. */
  | 'exactly-once'
  /**
   * Outputs first, then offsets: a crash between them repeats the step. Overlapping owners are possible for moments.
   */
  | 'at-least-once'
  /** The task keeps its positions itself (in a database transaction); the log keeps none. */
  | 'external';

export interface PartitionTaskDefinition {
  /** The consumer group, and with the partition the name of its transactions. */
  readonly group: string;
  /** Compacted topics, read whole at each start and then followed. */
  readonly tables: readonly string[];
  /** Topics consumed from the group's committed position; from the start where there is none. */
  readonly streams: readonly string[];
  /** A table that only this service's tasks write: it is restored, and its own new records are not handed back. */
  readonly stateTopic: string | null;
  readonly guarantee: Guarantee;
  /** How long records gather before a step; a `wake` cuts it short. */
  readonly gatherMs: number;
  /** How long a task to which nothing arrives goes without a step; left out: `gatherMs`. A `wake` ends that too. */
  readonly restMs?: number;
  /** `wake` asks for a step soon, with whatever is there. */
  createTask(partition: number, wake: () => void): PartitionTask;
}

export interface Membership {
  /** The partitions whose tasks are restored and running. */
  readonly partitions: readonly number[];
  /** Whether this member has joined its group and every partition assigned to it is running. */
  readonly ready: boolean;
  /** Stops intake, lets running steps end (bounded), leaves the group. */
  leave(): Promise<void>;
}

export interface Follower {
  /** Resolves when everything that was in the topic when the follower started has been handed over. */
  readonly caughtUp: Promise<void>;
  close(): Promise<void>;
}

export interface DurableLog {
  readonly engine: 'embedded' | 'kafka' | 'simulated';
  /** The log's present. */
  now(): Instant;
  /** Creates what is missing. @throws BusConfigurationError when a topic exists with another partition count. */
  ensureTopics(topics: readonly TopicSettings[]): Promise<void>;
  /** How many partitions a topic has. @throws BusConfigurationError when there is no such topic. */
  partitionCount(topic: string): number;
  /**
   * Appends to one partition of one topic; all records must name it. Resolves when they are durable.
   * Waits while `unconfirmedBytesMax` are under way. @throws BusUnavailableError; they may or may not have been
   * written.
   */
  append(records: readonly OutgoingRecord[]): Promise<void>;
  /**
   * Every record of some topics' partitions without a group, in order per partition, from the first record or from now
   * on.
   */
  follow(topics: readonly string[], from: 'start' | 'now', handle: (records: readonly LogRecord[]) => void): Follower;
  /**
   * What a partition holds as the call is made, from the first record, slice by slice: the next slice is read once
   * `handle` is done with the one before. Of a table at least the newest of each key. What `handle` throws ends it.
   */
  read(
    topic: string,
    partition: number,
    handle: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Promise<void>;
  /** The newest record of a partition, or null: where a predecessor stood. */
  last(topic: string, partition: number): Promise<LogRecord | null>;
  /** Joins `definition.group` and runs a task for each partition that falls to this member. */
  join(definition: PartitionTaskDefinition): Promise<Membership>;
  /** Whether the log can be written to just now, and if not, why. */
  health(): Promise<{ readonly healthy: boolean; readonly detail: string }>;
  /** Leaves every group, ends every follower, flushes. */
  close(): Promise<void>;
}
