/**
 * What a service's handlers see of a partition task. A handler is an `@OnTopic(topic)` method
 * `(records: readonly TaskRecord<Value>[], task: Task<State>) => TaskStep | Promise<TaskStep>`; its parts of one
 * gathering are merged into one step. `@OnTick()` is called after the topics of each gathering, also when nothing
 * arrived.
 */
import type { Instant, TopicName, TopicValue } from '@quorate/contracts';

export const tickPattern = 'tick';

/** A record whose value was parsed by its topic's schema; what could not be parsed is in the dead letters instead. */
export interface TaskRecord<Value> {
  readonly topic: TopicName;
  readonly partition: number;
  readonly offset: number;
  readonly appendedAt: Instant;
  readonly key: string;
  /** Null for a tombstone. */
  readonly value: Value | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** The second argument of each handler. */
export interface Task<State> {
  readonly partition: number;
  /** The partition's memory, made by `createState`; dropped and rebuilt when a step fails. */
  readonly state: State;
  /** `restore` while the tables are read at the start: what a handler returns then is ignored. */
  readonly phase: 'restore' | 'live';
  readonly now: Instant;
  /** Whether every stream has been read up to the end seen at the restore. */
  readonly caughtUp: boolean;
  /** All that was in the streams at this time has been handed over: what only time ends waits for it. */
  readonly heardUntil: Instant;
  /** Asks for a step soon, for work that ends outside a step. */
  wake(): void;
}

/** One record to write; its partition is computed from `partitionKey`, which is the key unless it is said. */
export type TaskWrite = {
  [Name in TopicName]: {
    readonly topic: Name;
    readonly key: string;
    readonly value: TopicValue<Name> | null;
    readonly partitionKey?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[TopicName];

export interface TaskStep {
  readonly writes?: readonly TaskWrite[];
  /** As `Step.resumeFrom`; of several handlers' words on one stream the last counts. */
  readonly resumeFrom?: Readonly<Partial<Record<TopicName, number>>>;
  readonly committed?: () => void;
}
