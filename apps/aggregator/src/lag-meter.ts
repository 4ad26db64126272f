/** How long inputs lie in the log before a partition reads them. */
import type { Instant } from '@quorate/contracts';

/**
 * What a successor reads again to rebuild its open windows is old, but nobody was late with it: inputs lag no longer
 * than the task runs. That nobody ran before is seen in the reports that did not come.
 */
export class LagMeter {
  #startedAt: Instant | null = null;
  #worstMs = 0;

  /** The task takes a step; without any input, too. */
  begin(now: Instant): void {
    this.#startedAt ??= now;
  }

  /** An input of this age is read at `now`. */
  note(appendedAt: Instant, now: Instant): void {
    this.begin(now);
    const lagMs = now - Math.max(appendedAt, this.#startedAt ?? now);
    this.#worstMs = Math.max(this.#worstMs, lagMs);
  }

  /** The worst since the last call; 0 when nothing was read. */
  take(): number {
    const worstMs = this.#worstMs;
    this.#worstMs = 0;
    return worstMs;
  }
}
