/** What the conformance suite needs of an engine under test. */
import type { DurableLog } from '../log.ts';

/** One process's view of a log. */
export interface OpenedLog {
  readonly log: DurableLog;
  /** Ends it as `kill -9` would: nothing is flushed and no group is left; what it held becomes free in time. */
  kill(): Promise<void>;
  /** As SIGSTOP would, longer than a member may be silent; others have then taken over. Only with trait `freezes`. */
  freeze?(): Promise<void>;
  /** As SIGCONT would. */
  thaw?(): Promise<void>;
}

/** One storage: a directory, a cluster. Each case has its own, or its own names in a shared one. */
export interface LogStorage {
  /**
   * A process that opens the storage; its machine's clock is `clockAheadMs` ahead, which is 0 without trait
   * `clocks-differ`. An engine that lives in one process gives the log that is open already.
   */
  open(clockAheadMs: number): Promise<OpenedLog>;
  /** Closes every log that is still open and removes the storage. */
  remove(): Promise<void>;
}

export type Trait =
  /** Several processes work on one storage at the same time, and one can be killed alone. */
  | 'several-processes'
  /** A process can be frozen. */
  | 'freezes'
  /** Processes run on machines whose clocks may be wrong. */
  | 'clocks-differ'
  /** What nobody has read yet costs this process no memory beyond the limits. */
  | 'stores-outside';

export interface LogEngine {
  readonly name: string;
  readonly traits: readonly Trait[];
  /** How long anything that must happen may take. */
  readonly patienceMs: number;
  /** How long to watch that something does not happen. */
  readonly quietMs: number;
  createStorage(): Promise<LogStorage>;
}
