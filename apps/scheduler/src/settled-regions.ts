/** Says when enough is known of the regions to begin, and when nobody is there to look. */
import { heartbeatFreshMs, heartbeatIntervalMs, type Instant } from '@quorate/contracts';
import type { RegionWatch } from '@quorate/runtime';
import type { KnownRegions } from '@quorate/schedule';
import type { Logger } from '@quorate/telemetry';

/** Longer than any running prober needs to be heard after its start. */
const someLiveWaitMsMax = heartbeatIntervalMs + 1_000;
/** How long the first checks wait for any region at all. */
const noneLiveWaitMsMax = heartbeatFreshMs;
/**
 * Who is not asked for so long has stood still, or had its clock set right: the silence since then was its own. Well
 * above the scheduler's tick, and well below the silence after which a region is not live any more.
 */
const stallMs = 2 * heartbeatIntervalMs;
/** At most one line in this time about rounds that nobody attends to. */
const unattendedQuietMs = 60_000;

export class SettledRegions {
  readonly #watch: RegionWatch;
  readonly #logger: Logger;
  #startedAt: Instant;
  #caughtUp = false;
  #settled = false;
  #unattendedSaidAt: Instant = -unattendedQuietMs;
  /** When somebody last asked; the start until somebody did. */
  #askedAt: Instant;
  /** When it was seen that this process had stood still; null once it has heard again who is live. */
  #stalledAt: Instant | null = null;

  constructor(watch: RegionWatch, { startedAt, logger }: { readonly startedAt: Instant; readonly logger: Logger }) {
    this.#watch = watch;
    this.#logger = logger;
    this.#startedAt = startedAt;
    this.#askedAt = startedAt;
    const onCaughtUp = () => {
      this.#caughtUp = true;
    };
    // Closed before: then nobody asks any more.
    watch.caughtUp.then(onCaughtUp, () => undefined);
  }

  /** Whether checks may be written, as of the last tick. */
  get settled(): boolean {
    return this.#settled;
  }

  /**
   * Whether checks may be written. At the start, rounds wait for the heartbeats to be read and for every registered
   * region to be heard, a few seconds at most: a round that expects too few voters, because probers and scheduler start
   * together, would be inconclusive for no reason. From then on silence is a fact, unless this process has stood still:
   * then it was this one that heard nothing, and a heartbeat is awaited once more.
   */
  isSettled(now: Instant): boolean {
    this.#noteStall(now);
    this.#settled ||= this.#hasSettled(now);
    return this.#settled && this.#hasHeardAgain(now);
  }

  known(now: Instant): KnownRegions {
    return this.#watch.known(now);
  }

  /**
   * Says that checks went out which expect no region, since none of those assigned is live. They are written all the
   * same: without them nobody would ever learn that the monitor is not watched, and its last status would stand on.
   */
  noteUnattended(checkCount: number, now: Instant): void {
    if (checkCount === 0 || now - this.#unattendedSaidAt < unattendedQuietMs) return;
    this.#unattendedSaidAt = now;
    const { live, registered } = this.known(now);
    this.#logger.warn('Rounds are due that no live region is assigned to', {
      checkCount,
      liveRegions: live,
      registeredRegions: registered,
    });
  }

  #noteStall(now: Instant): void {
    const unaskedMs = now - this.#askedAt;
    this.#askedAt = now;
    // Who owns nothing for a while is not asked either, and listens all the same.
    if (unaskedMs <= stallMs || this.#isListening(now)) return;
    this.#stalledAt = now;
    // What passed before the first question was no waiting.
    if (!this.#settled) this.#startedAt = now;
  }

  /** False where there are old heartbeats only: all probers are gone, or our clock runs ahead until a fresh one. */
  #isListening(now: Instant): boolean {
    return this.#caughtUp && now - this.#watch.newestAppendedAt <= someLiveWaitMsMax;
  }

  #hasHeardAgain(now: Instant): boolean {
    if (this.#stalledAt === null) return true;
    // A clock that was set back meanwhile must not prolong the wait.
    this.#stalledAt = Math.min(this.#stalledAt, now);
    const hasHeard = this.known(now).live.length > 0 || now - this.#stalledAt >= noneLiveWaitMsMax;
    if (hasHeard) this.#stalledAt = null;
    return hasHeard;
  }

  #hasSettled(now: Instant): boolean {
    // An own clock that ran ahead was set right by the log: what is waited counts from then on.
    this.#startedAt = Math.min(this.#startedAt, now);
    const waitedMs = now - this.#startedAt;
    if (waitedMs >= noneLiveWaitMsMax) return true;
    const { live, registered } = this.known(now);
    if (live.length === 0 || !this.#isListening(now)) return false;
    return live.length === registered.length || waitedMs >= someLiveWaitMsMax;
  }
}
