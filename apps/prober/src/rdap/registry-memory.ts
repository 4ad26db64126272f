/** What registries have said and asked for, so that nobody asks them more than is right. Told the time. */
import type { Registration } from './registration.ts';

/** A registration that is in order is not asked for again so soon: registries count, and dates stand still. */
const rememberedMs = 3_600_000;
const registrationsMax = 10_000;
/** A server that asks for a longer pause is asked again after this one. */
const pauseMsMax = 24 * 3_600_000;
const pauseMsDefault = 60_000;
const serversMax = 2_000;

interface Remembered {
  readonly registration: Registration;
  readonly at: number;
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}

/** `Retry-After` in milliseconds from `now` on (RFC 9110, 10.2.3): seconds, or an instant. */
function pauseMsOf(retryAfter: string | null, now: number): number {
  const text = retryAfter?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? pauseMsDefault : Math.min(Math.max(ms, 0), pauseMsMax);
}

export class RegistryMemory {
  readonly #registrations = new Map<string, Remembered>();
  readonly #pauses = new Map<string, number>();

  remember(url: string, registration: Registration, at: number): void {
    this.#registrations.delete(url);
    this.#registrations.set(url, { registration, at });
    dropOldest(this.#registrations, registrationsMax);
  }

  recall(url: string, now: number): Registration | null {
    const known = this.#registrations.get(url);
    return known !== undefined && now - known.at < rememberedMs && now >= known.at ? known.registration : null;
  }

  pause(origin: string, retryAfter: string | null, now: number): void {
    this.#pauses.delete(origin);
    this.#pauses.set(origin, now + pauseMsOf(retryAfter, now));
    dropOldest(this.#pauses, serversMax);
  }

  /** Until when a server wants to be left alone; null where it does not. */
  pausedUntil(origin: string, now: number): number | null {
    const until = this.#pauses.get(origin);
    return until !== undefined && until > now ? until : null;
  }
}
