/** What the API writes counts its versions: who reads it can tell an older form that comes late. */
import type { Instant } from './instant.ts';

/** How long after a newer one an older form may come. Later it is no mishap: the database was restored, and edited. */
export const lateFormMsMax = 120_000;

export interface VersionedForm {
  readonly version: number;
  /** When the log took it in. */
  readonly appendedAt: Instant;
}

/**
 * Whether `told` is an older form than the one that is known and comes late. A writer that lost its turn in the middle
 * of an append may append after its successor.
 */
export function isOutdated(told: VersionedForm, known: VersionedForm | undefined): boolean {
  if (known === undefined || told.version >= known.version) return false;
  return told.appendedAt - known.appendedAt < lateFormMsMax;
}
