/** Which regions there are and which live, from following `heartbeats`. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { heartbeatSchema } from '@quorate/contracts';
import { LiveRegions, type ProberPresence } from '@quorate/schedule';
import type { Logger } from '@quorate/telemetry';

export class Heartbeats {
  readonly #regions = new LiveRegions();
  readonly #log: DurableLog;
  readonly #logger: Logger;
  #follower: Follower | null = null;

  constructor(log: DurableLog, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
  }

  /** Resolves when every prober known so far has been read. */
  async start(): Promise<void> {
    this.#follower = this.#log.follow(['heartbeats'], 'start', (records) => this.#observe(records));
    await this.#follower.caughtUp;
  }

  /** Every region heard of and not removed since. */
  registered(): readonly string[] {
    return this.#regions.registered();
  }

  /** The regions that can perform a check just now. */
  live(): readonly string[] {
    return this.#regions.live(this.#log.now());
  }

  probers(): readonly ProberPresence[] {
    return this.#regions.probers(this.#log.now());
  }

  async close(): Promise<void> {
    await this.#follower?.close();
  }

  #observe(records: readonly LogRecord[]): void {
    const receivedAt = this.#log.now();
    for (const { key, value, appendedAt, offset } of records) {
      const heartbeat = value === null ? null : heartbeatSchema.safeParse(parse(value)).data;
      if (heartbeat === undefined) this.#logger.warn('A heartbeat cannot be read', { key, offset });
      else this.#regions.observe({ key, heartbeat, appendedAt, receivedAt });
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
