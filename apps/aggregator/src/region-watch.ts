/** Follows the heartbeats of every region: confirming rounds are asked of those that are live. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { heartbeatSchema, type Heartbeat, type Instant, type MonitorRecord } from '@quorate/contracts';
import { assignedRegions, LiveRegions } from '@quorate/schedule';

export interface RoundRegions {
  readonly expectedRegions: readonly string[];
  readonly registeredRegions: readonly string[];
}

function heartbeatOf({ value }: LogRecord): Heartbeat | null | undefined {
  if (value === null) return null;
  try {
    return heartbeatSchema.safeParse(JSON.parse(value)).data;
  } catch {
    // Not JSON: whatever wrote it is no prober, and says nothing of a region.
    return undefined;
  }
}

export class RegionWatch {
  readonly #regions = new LiveRegions();
  readonly #log: DurableLog;
  readonly #follower: Follower;

  constructor(log: DurableLog) {
    this.#log = log;
    this.#follower = log.follow(['heartbeats'], 'start', (records) => this.#observe(records));
  }

  /** Resolves when all heartbeats that were there at the start are known. */
  get caughtUp(): Promise<void> {
    return this.#follower.caughtUp;
  }

  /** The regions that a round of this monitor asks, announced at `now`. */
  regionsOf({ regions }: MonitorRecord, now: Instant): RoundRegions {
    return {
      expectedRegions: assignedRegions(regions, this.#regions.live(now)),
      registeredRegions: assignedRegions(regions, this.#regions.registered()),
    };
  }

  async close(): Promise<void> {
    await this.#follower.close();
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
