/** Follows the heartbeats of every region: who is known, and who lives. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { heartbeatSchema, type Heartbeat, type Instant } from '@quorate/contracts';
import { LiveRegions, type KnownRegions, type ProberPresence } from '@quorate/schedule';
import type { Logger } from '@quorate/telemetry';

/** Undefined for what no prober wrote: it says nothing of a region. */
function heartbeatOf(value: string | null): Heartbeat | null | undefined {
  if (value === null) return null;
  try {
    return heartbeatSchema.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}

type FollowedLog = Pick<DurableLog, 'now' | 'follow'>;

export class RegionWatch {
  readonly #regions = new LiveRegions();
  readonly #log: FollowedLog;
  readonly #logger: Logger;
  readonly #follower: Follower;
  /** Asked for again and again within one step. */
  #known: { readonly at: Instant; readonly regions: KnownRegions } | null = null;

  constructor(log: FollowedLog, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
    this.#follower = log.follow(['heartbeats'], 'start', (records) => this.#observe(records));
  }

  /** Resolves when all heartbeats that were there at the start are known. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
  }

  /** When the log took in the newest heartbeat; 0 where none was heard. */
  get newestAppendedAt(): Instant {
    return this.#regions.newestAppendedAt;
  }

  known(now: Instant): KnownRegions {
    if (this.#known?.at !== now) {
      const regions = { live: this.#regions.live(now), registered: this.#regions.registered() };
      this.#known = { at: now, regions };
    }
    return this.#known.regions;
  }

  /** Every prober as it is now, by region and name. */
  probers(): readonly ProberPresence[] {
    return this.#regions.probers(this.#log.now());
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  #observe(records: readonly LogRecord[]): void {
    this.#known = null;
    const receivedAt = this.#log.now();
    for (const { key, value, appendedAt, offset } of records) {
      const heartbeat = heartbeatOf(value);
      if (heartbeat === undefined) this.#logger.warn('A heartbeat cannot be read', { key, offset });
      else this.#regions.observe({ key, heartbeat, appendedAt, receivedAt });
    }
  }
}
