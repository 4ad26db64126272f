/** A bug that somebody could make, as the few lines that would make it. */
import type { Patch } from './patch.ts';

export interface PlantedBug {
  /** Unique. */
  readonly name: string;
  readonly patches: readonly Patch[];
  /** What the check says that has to find it; left out where any may. */
  readonly foundBy?: string;
}
