/** Follows the heartbeats of every region, and says when enough is known of them to begin. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import {
  heartbeatFreshMs,
  heartbeatIntervalMs,
  heartbeatSchema,
  type Heartbeat,
  type Instant,
} from '@quorate/contracts';
import { LiveRegions } from '@quorate/schedule';
import type { Logger } from '@quorate/telemetry';

/** Longer than any running prober needs to be heard after its start. */
const someLiveWaitMsMax = heartbeatIntervalMs + 1_000;
/** How long the first checks wait for any region at all. */
const noneLiveWaitMsMax = heartbeatFreshMs;
/** At most one line in this time about rounds that nobody attends to. */
const unattendedQuietMs = 60_000;

function heartbeatOf(record: LogRecord): Heartbeat | null | undefined {
  if (record.value === null) return null;
  try {
    return heartbeatSchema.safeParse(JSON.parse(record.value)).data;
  } catch {
    // Not JSON: whatever wrote it is no prober, and says nothing of a region.
    return undefined;
  }
}

export class RegionWatch {
  readonly #regions = new LiveRegions();
  readonly #log: DurableLog;
  readonly #logger: Logger;
  readonly #follower: Follower;
  readonly #startedAt: Instant;
  #caughtUp = false;
  #settled = false;
  #unattendedSaidAt: Instant = -unattendedQuietMs;

  constructor(log: DurableLog, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
    this.#startedAt = log.now();
    this.#follower = log.follow(['heartbeats'], 'start', (records) => this.#observe(records));
    void this.#follower.caughtUp.then(() => {
      this.#caughtUp = true;
    });
  }

  /** Whether checks may be written, as of the last tick. */
  get settled(): boolean {
    return this.#settled;
  }

  /**
   * Whether checks may be written. At the start, rounds wait for the heartbeats to be read and for every registered
   * region to be heard, a few seconds at most: a round that expects too few voters, because probers and scheduler start
   * together, would be inconclusive for no reason. Once true it stays true: from then on silence is a fact.
   */
  isSettled(now: Instant): boolean {
    this.#settled ||= this.#hasSettled(now);
    return this.#settled;
  }

  live(now: Instant): readonly string[] {
    return this.#regions.live(now);
  }

  registered(): readonly string[] {
    return this.#regions.registered();
  }

  /**
   * Says that checks went out which expect no region, since none of those assigned is live. They are written all the
   * same: without them nobody would ever learn that the monitor is not watched, and its last status would stand on.
   */
  noteUnattended(checkCount: number, now: Instant): void {
    if (checkCount === 0 || now - this.#unattendedSaidAt < unattendedQuietMs) return;
    this.#unattendedSaidAt = now;
    this.#logger.warn('Rounds are due that no live region is assigned to', {
      checkCount,
      liveRegions: this.live(now),
      registeredRegions: this.registered(),
    });
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  #hasSettled(now: Instant): boolean {
    const waitedMs = now - this.#startedAt;
    if (waitedMs >= noneLiveWaitMsMax) return true;
    const liveCount = this.live(now).length;
    if (!this.#caughtUp || liveCount === 0) return false;
    return liveCount === this.registered().length || waitedMs >= someLiveWaitMsMax;
  }

  #observe(records: readonly LogRecord[]): void {
    const receivedAt = this.#log.now();
    for (const record of records) {
      const heartbeat = heartbeatOf(record);
      if (heartbeat === undefined) continue;
      this.#regions.observe({ key: record.key, heartbeat, appendedAt: record.appendedAt, receivedAt });
    }
  }
}
