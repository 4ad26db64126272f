/**
 * What the silence of a prober's canaries says of the failures that it sees: whether they are its own. Told what
 * happened and when; has no clock.
 */

/** A monitor that was last looked at this long before the newest look no longer counts. */
const recentMs = 15 * 60_000;
/** Monitors that are counted; those looked at longest ago are left out. */
const monitorsMax = 10_000;
/** Canaries that are silent for so long while most monitors are up are gone, and the prober is not cut off. */
const contradictedMs = 5 * 60_000;

interface Look {
  readonly isFailing: boolean;
  readonly at: number;
}

export class CanarySilence {
  #hasSay = false;
  #since: number | null = null;
  /** The newest look at each monitor within this silence, by the time of the look. */
  readonly #looks = new Map<string, Look>();
  #failing = 0;

  /** Canaries that have never answered say nothing by their silence, and neither do those that it has refuted. */
  get hasSay(): boolean {
    return this.#hasSay;
  }

  /** Whether what fails now fails by the prober's own fault: no canary answers, and most monitors fail. */
  get isOwnFault(): boolean {
    return this.#hasSay && this.#mostFail;
  }

  get counts(): { readonly failing: number; readonly monitors: number } {
    return { failing: this.#failing, monitors: this.#looks.size };
  }

  /** One of the canaries answered: what failed before is history. */
  answered(): void {
    this.#hasSay = true;
    this.#since = null;
    this.#looks.clear();
    this.#failing = 0;
  }

  /** None of the canaries answered. */
  unanswered(at: number): void {
    this.#since ??= at;
    const isContradicted = this.#looks.size > 0 && !this.#mostFail;
    if (isContradicted && at - this.#since >= contradictedMs) this.#hasSay = false;
  }

  /** A check of a monitor ended. Only those since the canaries fell silent tell whether it is the prober's fault. */
  looked(monitorId: string, look: Look): void {
    if (!this.#hasSay || this.#since === null) return;
    this.#forget(monitorId);
    this.#looks.set(monitorId, look);
    if (look.isFailing) this.#failing += 1;
    for (const [oldest, { at }] of this.#looks) {
      if (look.at - at <= recentMs && this.#looks.size <= monitorsMax) break;
      this.#forget(oldest);
    }
  }

  get #mostFail(): boolean {
    return this.#failing * 2 > this.#looks.size;
  }

  #forget(monitorId: string): void {
    if (this.#looks.get(monitorId)?.isFailing === true) this.#failing -= 1;
    this.#looks.delete(monitorId);
  }
}
