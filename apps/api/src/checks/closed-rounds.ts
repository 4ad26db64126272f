/** Hands each closed round to whoever waits for it, from following `verdicts`. */
import type { DurableLog, Follower, LogRecord } from '@quorate/bus';
import { roundClosedSchema, roundKey, type RoundClosed, type RoundIdentity } from '@quorate/contracts';
import { ProblemError } from '../http/problem.ts';

/** Checks that people wait for at one time; further ones are refused. */
const waitersMax = 200;

type Waiter = (round: RoundClosed) => void;

export class ClosedRounds {
  readonly #waiters = new Map<string, Set<Waiter>>();
  #waiterCount = 0;
  #follower: Follower | null = null;

  /** Resolves when no round that closes from now on can be missed. */
  async start(log: DurableLog): Promise<void> {
    this.#follower = log.follow(['verdicts'], 'now', (records) => records.forEach((record) => this.#hear(record)));
    await this.#follower.caughtUp;
  }

  async close(): Promise<void> {
    await this.#follower?.close();
  }

  /** The round once it has closed; null when it has not within `timeoutMs`. @throws ProblemError when too many wait. */
  async closed(identity: RoundIdentity, timeoutMs: number): Promise<RoundClosed | null> {
    if (this.#waiterCount >= waitersMax) {
      throw new ProblemError('QRT_OVERLOADED', 'Too many checks are waited for; try again in a moment.');
    }
    const key = roundKey(identity);
    const { promise, resolve } = Promise.withResolvers<RoundClosed | null>();
    const timer = setTimeout(() => resolve(null), timeoutMs);
    this.#add(key, resolve);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#remove(key, resolve);
    }
  }

  #add(key: string, waiter: Waiter): void {
    this.#waiterCount += 1;
    this.#waiters.set(key, (this.#waiters.get(key) ?? new Set()).add(waiter));
  }

  #remove(key: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(key);
    if (waiters?.delete(waiter) === true) this.#waiterCount -= 1;
    if (waiters?.size === 0) this.#waiters.delete(key);
  }

  /** Nearly every record is of no one who waits, so only those of a monitor that is waited for are parsed. */
  #hear({ key, value }: LogRecord): void {
    if (value === null || !this.#isAwaited(key)) return;
    const round = parse(value);
    if (round === null) return;
    for (const waiter of this.#waiters.get(roundKey(round)) ?? []) waiter(round);
  }

  #isAwaited(monitorId: string): boolean {
    for (const key of this.#waiters.keys()) if (key.startsWith(monitorId)) return true;
    return false;
  }
}

function parse(text: string): RoundClosed | null {
  try {
    return roundClosedSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
