/**
 * Which regions have lost their vote in a partition: those that contradict the others on most of its monitors. It
 * follows from the monitors' states alone, so whoever restores these knows it as its predecessor did.
 */
import type { MonitorState } from '@quorate/contracts';

/** With fewer monitors to compare a region on, one customer's firewall would look like a broken region. */
export const quarantineSampleMin = 8;
/** So many rounds in a row a region contradicts the majority before it is at odds with it about a monitor. */
export const atOddsAfterRounds = 2;

interface Standing {
  comparedCount: number;
  atOddsCount: number;
}

function isDistrusted({ comparedCount, atOddsCount }: Standing): boolean {
  return comparedCount >= quarantineSampleMin && atOddsCount * 2 > comparedCount;
}

/** Counts along as states change, so that nobody has to look at all of them. */
export class Quarantine {
  readonly #standings = new Map<string, Standing>();
  #regions: ReadonlySet<string> = new Set();

  /** Another set when the regions have changed, and only then. */
  get regions(): ReadonlySet<string> {
    return this.#regions;
  }

  /** Takes in what became of one monitor's state; null where there was, or is, none. */
  replace(before: MonitorState | null, after: MonitorState | null): void {
    if (before?.contradictions === after?.contradictions) return;
    this.#count(before, -1);
    this.#count(after, 1);
    const regions = [...this.#standings].flatMap(([region, standing]) => (isDistrusted(standing) ? [region] : []));
    const isSame = regions.length === this.#regions.size && regions.every((region) => this.#regions.has(region));
    if (!isSame) this.#regions = new Set(regions.sort());
  }

  #count(state: MonitorState | null, change: 1 | -1): void {
    for (const [region, roundCount] of Object.entries(state?.contradictions ?? {})) {
      const standing = this.#standings.get(region) ?? { comparedCount: 0, atOddsCount: 0 };
      standing.comparedCount += change;
      if (roundCount >= atOddsAfterRounds) standing.atOddsCount += change;
      if (standing.comparedCount === 0) this.#standings.delete(region);
      else this.#standings.set(region, standing);
    }
  }
}
