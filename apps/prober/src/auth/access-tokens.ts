/** Access tokens of monitors, each until shortly before it expires. */
import type { TokenGrant } from './token-answer.ts';

const tokensKeptMax = 10_000;
/** A token is not shown in the last moments of its life: the clocks differ, and the check has its way to go. */
const leewayMs = 30_000;
/** Where the token endpoint does not say how long a token lives. */
const lifeMsDefault = 5 * 60_000;
/** However long it may live, it is asked for anew this often: the token endpoint is a part of what is watched. */
const lifeMsMax = 24 * 3_600_000;

interface Kept {
  readonly token: string;
  readonly untilMs: number;
}

export class AccessTokens {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  /** `now` in milliseconds, of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get(key: string): string | null {
    const kept = this.#kept.get(key);
    if (kept === undefined) return null;
    if (kept.untilMs > this.#now()) return kept.token;
    this.#kept.delete(key);
    return null;
  }

  keep(key: string, { accessToken, expiresInSeconds }: TokenGrant): void {
    const lifeMs = expiresInSeconds === null ? lifeMsDefault : expiresInSeconds * 1_000 - leewayMs;
    this.#kept.delete(key);
    if (lifeMs <= 0) return;
    // The oldest goes: the next check of its monitor asks for another one.
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= tokensKeptMax && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { token: accessToken, untilMs: this.#now() + Math.min(lifeMs, lifeMsMax) });
  }

  drop(key: string): void {
    this.#kept.delete(key);
  }
}
