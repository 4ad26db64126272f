/** How long to wait before a crashed child is started again, and when to give up. */

const firstDelayMs = 500;
const delayMsMax = 30_000;
/** A child that lived this long has recovered: the count begins anew. */
const recoveredMs = 60_000;
const crashesInARowMax = 20;

export class BackOff {
  #crashCount = 0;

  /** The delay before the next start, or null to give up. `livedMs` is how long the child lived. */
  afterCrash(livedMs: number): number | null {
    this.#crashCount = livedMs >= recoveredMs ? 1 : this.#crashCount + 1;
    if (this.#crashCount > crashesInARowMax) return null;
    return Math.min(firstDelayMs * 2 ** (this.#crashCount - 1), delayMsMax);
  }
}
