/** What the API writes counts its versions: who reads it can tell an older form that comes late. */

interface Versioned {
  readonly version: number;
}

/**
 * Whether `told` is an older form than the one that is known. A writer that lost its turn in the middle of an append
 * may append after its successor; a deletion has no version and counts as it comes.
 */
export function isOutdated(told: Versioned | null, known: Versioned | undefined): boolean {
  return told !== null && known !== undefined && told.version < known.version;
}
