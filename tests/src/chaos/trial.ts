/** What a trial on either engine finds out. */
import type { Engine } from './options.ts';
import type { Failure } from './script.ts';
import type { Aftermath } from './stage.ts';
import type { Cut, InflictedFault, ClosedRound } from './standstill.ts';

export interface TrialSettings {
  readonly seed: number;
  readonly minutes: number | null;
  readonly monitorCount: number;
  /** Of fault, on Kafka. */
  readonly kinds: readonly string[];
  /** Where the processes' output goes. */
  readonly outputDirectory: string;
  /** Once aborted the trial ends and leaves nothing behind. */
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

export interface TrialResult extends Aftermath {
  readonly engine: Engine;
  /** What there is, in a line. */
  readonly system: string;
  /** From when on nothing was wanted of the system but to watch. */
  readonly calmAt: number;
  readonly faults: readonly InflictedFault[];
  /** By kind of fault, what a standstill may last. */
  readonly goalsMs: Readonly<Record<string, number | null>>;
  readonly failures: readonly Failure[];
  readonly rounds: readonly ClosedRound[];
  readonly cuts: readonly Cut[];
  /** Processes that ended by themselves. */
  readonly surprises: readonly string[];
}
