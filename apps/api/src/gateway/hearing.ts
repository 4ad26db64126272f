/** Says every two seconds that pings can be heard here, and finds out when no gateway could hear any. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DurableLog, Follower, LogRecord, OutgoingRecord } from '@quorate/bus';
import {
  deafnessesKeptMax,
  gatewayFreshMs,
  gatewayIntervalMs,
  gatewaySchema,
  type Deafness,
  type Gateway,
  type Instant,
} from '@quorate/contracts';
import type { Logger } from '@quorate/telemetry';

const goodbyeMs = 2_000;
/** A gateway that was not heard for so long does not come back under its name. */
const retiredAfterMs = 86_400_000;

interface Sign {
  readonly gateway: Gateway;
  readonly appendedAt: Instant;
}

export interface HearingSettings {
  readonly log: Pick<DurableLog, 'append' | 'follow' | 'now'>;
  readonly logger: Logger;
  readonly gatewayId: string;
  readonly version: string;
  readonly intervalMs?: number;
}

function gatewayOf(value: string): Gateway | undefined {
  try {
    return gatewaySchema.safeParse(JSON.parse(value)).data;
  } catch {
    // Not JSON: it says nothing of a gateway.
    return undefined;
  }
}

function recordOf(key: string, gateway: Gateway | null): OutgoingRecord {
  return { topic: 'gateways', partition: 0, key, value: gateway === null ? null : JSON.stringify(gateway) };
}

export class Hearing {
  readonly #settings: HearingSettings;
  readonly #follower: Follower;
  readonly #signs = new Map<string, Sign>();
  #deafnesses: readonly Deafness[] = [];
  #newestAt: Instant | null = null;
  #hasSigned = false;
  #isHeard = false;
  #timer: NodeJS.Timeout | null = null;
  #signing: Promise<void> | null = null;

  constructor(settings: HearingSettings) {
    this.#settings = settings;
    this.#follower = settings.log.follow(['gateways'], 'start', (records) => records.forEach(this.#hear));
  }

  /** The times in which no gateway could take a ping, in order. */
  get deafnesses(): readonly Deafness[] {
    return this.#deafnesses;
  }

  /** Whether the log took the newest sign of this gateway. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Resolves when it is known what was not heard before. */
  async start(): Promise<void> {
    await this.#follower.caughtUp;
    await this.sign();
    this.#timer = setInterval(() => void this.sign(), this.#settings.intervalMs ?? gatewayIntervalMs);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#signing;
    // A log that answers nothing must not keep a process from ending.
    if (this.#hasSigned) await Promise.race([this.#sign('stopped'), delay(goodbyeMs, undefined, { ref: false })]);
    await this.#follower.close();
  }

  /** Never rejects; while the log takes its time over one sign there is no other. */
  sign(): Promise<void> {
    this.#signing ??= this.#sign('running').finally(() => {
      this.#signing = null;
    });
    return this.#signing;
  }

  async #sign(state: Gateway['state']): Promise<void> {
    const { log, logger, gatewayId, version } = this.#settings;
    const now = log.now();
    const deafness = this.#deafnessUntil(now);
    const deafnesses = deafness === null ? this.#deafnesses : inOrder([...this.#deafnesses, deafness]);
    const gateway: Gateway = { v: 1, gatewayId, version, at: now, state, deafnesses: [...deafnesses] };
    try {
      await log.append([recordOf(gatewayId, gateway), ...this.#retired(now)]);
    } catch (error) {
      // The next sign tries again, and tells of the time in between.
      if (this.#isHeard || !this.#hasSigned) logger.warn('The gateway cannot say that it hears', { error });
      this.#isHeard = false;
      return;
    }
    this.#deafnesses = deafnesses;
    this.#newestAt = Math.max(this.#newestAt ?? 0, now);
    this.#hasSigned = true;
    this.#isHeard = true;
  }

  /** A gateway that has just begun knows that it did not hear before; later only a long silence says so. */
  #deafnessUntil(now: Instant): Deafness | null {
    const from = this.#newestAt;
    if (from === null || from >= now) return null;
    const isHeardByOthers = now - from <= gatewayFreshMs && (this.#hasSigned || this.#othersRun());
    return isHeardByOthers ? null : { from, until: now };
  }

  /** Whether the newest sign was of another gateway that goes on. */
  #othersRun(): boolean {
    const others = [...this.#signs.values()].filter(({ gateway }) => gateway.gatewayId !== this.#settings.gatewayId);
    return others.some(({ gateway, appendedAt }) => gateway.state === 'running' && appendedAt === this.#newestAt);
  }

  #retired(now: Instant): OutgoingRecord[] {
    const old = [...this.#signs].filter(([, { appendedAt }]) => now - appendedAt > retiredAfterMs);
    return old.filter(([key]) => key !== this.#settings.gatewayId).map(([key]) => recordOf(key, null));
  }

  readonly #hear = ({ key, value, appendedAt, offset }: LogRecord): void => {
    const gateway = value === null ? null : gatewayOf(value);
    if (gateway === undefined) return this.#settings.logger.warn('A sign of a gateway cannot be read', { key, offset });
    if (gateway === null) {
      this.#signs.delete(key);
      return;
    }
    this.#signs.set(key, { gateway, appendedAt });
    this.#newestAt = Math.max(this.#newestAt ?? 0, appendedAt);
    this.#deafnesses = inOrder([...this.#deafnesses, ...gateway.deafnesses]);
  };
}

/** Each once, the newest of them. */
function inOrder(deafnesses: readonly Deafness[]): Deafness[] {
  const each = new Map(deafnesses.map((deafness) => [`${deafness.from}-${deafness.until}`, deafness]));
  return [...each.values()].sort((left, right) => left.from - right.from).slice(-deafnessesKeptMax);
}
