/**
 * Who is known and who is alive, from what `heartbeats` says. No host's clock is trusted: a heartbeat's age is how long
 * the reader has heard nothing at all, by the reader's clock, and how far this record lies behind the newest one, by
 * the log's. So a prober with a wrong clock is as alive as any other.
 */
import { heartbeatFreshMs, type Heartbeat, type Instant } from '@quorate/contracts';

export interface HeartbeatObservation {
  /** `region/proberId`, the record's key. */
  readonly key: string;
  /** Null for a tombstone: an operator removed this prober. */
  readonly heartbeat: Heartbeat | null;
  readonly appendedAt: Instant;
  /** When the reader got the record, by the same clock that later asks for the present. */
  readonly receivedAt: Instant;
}

export interface ProberPresence {
  readonly region: string;
  readonly proberId: string;
  readonly version: string;
  readonly startedAt: Instant;
  /** When the log took its newest heartbeat in. */
  readonly lastSeenAt: Instant;
  readonly state: 'live' | 'silent' | 'stopped';
  /** When it was first heard to hold itself cut off, of those times in a row that it said so; null when it does not. */
  readonly isolatedSince: Instant | null;
}

interface Entry {
  readonly heartbeat: Heartbeat;
  readonly appendedAt: Instant;
  readonly isolatedSince: Instant | null;
}

const byName = (left: string, right: string) => (left < right ? -1 : Number(left > right));

export class LiveRegions {
  readonly #entries = new Map<string, Entry>();
  #newestAppendedAt: Instant = 0;
  #newestReceivedAt: Instant = 0;

  observe({ key, heartbeat, appendedAt, receivedAt }: HeartbeatObservation): void {
    if (appendedAt < this.#newestAppendedAt) this.#goBack(this.#newestAppendedAt - appendedAt);
    this.#newestAppendedAt = appendedAt;
    // The newest, even if it is earlier: then the reader's clock was wrong before, and was set right.
    this.#newestReceivedAt = receivedAt;
    if (heartbeat === null) {
      this.#entries.delete(key);
      return;
    }
    const before = this.#entries.get(key);
    const isolatedSince = heartbeat.isolated ? (before?.isolatedSince ?? appendedAt) : null;
    this.#entries.set(key, { heartbeat, appendedAt, isolatedSince });
  }

  /** When the log took in the newest heartbeat; 0 where none was heard. */
  get newestAppendedAt(): Instant {
    return this.#newestAppendedAt;
  }

  /** Every region heard of and not removed since, sorted. */
  registered(): string[] {
    return this.#regionsWhere(() => true);
  }

  /** The regions with at least one running prober whose heartbeat is fresh, sorted. */
  live(now: Instant): string[] {
    return this.#regionsWhere((entry) => this.#stateOf(entry, now) === 'live');
  }

  /** Every prober, sorted by region and name. */
  probers(now: Instant): ProberPresence[] {
    return [...this.#entries]
      .sort(([left], [right]) => byName(left, right))
      .map(([, entry]) => ({
        region: entry.heartbeat.region,
        proberId: entry.heartbeat.proberId,
        version: entry.heartbeat.version,
        startedAt: entry.heartbeat.startedAt,
        lastSeenAt: entry.appendedAt,
        state: this.#stateOf(entry, now),
        isolatedSince: entry.isolatedSince,
      }));
  }

  /** The log's clock was wrong and was set right: what was heard before is as old by the new time as by the old. */
  #goBack(byMs: number): void {
    for (const [key, { heartbeat, appendedAt, isolatedSince }] of this.#entries) {
      const since = isolatedSince === null ? null : isolatedSince - byMs;
      this.#entries.set(key, { heartbeat, appendedAt: appendedAt - byMs, isolatedSince: since });
    }
  }

  #stateOf({ heartbeat, appendedAt }: Entry, now: Instant): ProberPresence['state'] {
    if (heartbeat.state === 'stopped') return 'stopped';
    const silenceMs = Math.max(0, now - this.#newestReceivedAt);
    const behindMs = this.#newestAppendedAt - appendedAt;
    return silenceMs + behindMs <= heartbeatFreshMs ? 'live' : 'silent';
  }

  #regionsWhere(holds: (entry: Entry) => boolean): string[] {
    const regions = new Set<string>();
    for (const entry of this.#entries.values()) if (holds(entry)) regions.add(entry.heartbeat.region);
    return [...regions].sort(byName);
  }
}
