/** Waits for something to become true outside: the only clock that end-to-end specs have. */
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 50;

export interface Patience {
  readonly withinMs: number;
  /** Completes "… within 30 s". */
  readonly what: string;
  /** What there was instead, for the failure's message. */
  readonly instead?: () => unknown;
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}

/** The first value that is neither null, undefined nor false; errors of `look` count as "not yet". */
export async function until<T>(
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  { withinMs, what, instead, signal }: Patience,
): Promise<T> {
  const endsAt = performance.now() + withinMs;
  let lastError: unknown = null;
  while (performance.now() < endsAt) {
    const found = await Promise.resolve()
      .then(look)
      .catch((error: unknown) => {
        lastError = error;
        return null;
      });
    if (found !== null && found !== undefined && found !== false) return found;
    await delay(pollMs, undefined, { signal });
  }
  const seen = instead === undefined ? '' : ` Instead: ${JSON.stringify(await instead(), null, 1).slice(0, 4_000)}`;
  throw new Error(`Waited ${withinMs} ms in vain for ${what}.${seen}`, { cause: lastError });
}
