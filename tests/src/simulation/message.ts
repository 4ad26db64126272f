/** What the command and its threads say to one another. */
import type { RunReport } from './run-report.ts';

/** Given to a thread as it begins. */
export interface ThreadSettings {
  /** By path of a built module from the root, the code to load in its place. */
  readonly changed: ReadonlyMap<string, string>;
}

/** Asks a thread for one run; null: there is none any more. */
export interface RunRequest {
  readonly seed: number;
  /** Live it twice: both have to come out the same. */
  readonly twice: boolean;
  /** Tell what happens. */
  readonly told: boolean;
}

export type ThreadMessage = { readonly line: string } | { readonly report: RunReport };
