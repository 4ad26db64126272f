/** How jobs reach the API: through a load balancer that passes over for a while what has left a call unanswered. */

/** As `curl -m` gives up. */
const answerMsMax = 5_000;
/**
 * A ping without an answer may still be heard so much later: from the socket of a process that is frozen now, or when
 * the brokers take an append that waits.
 */
export const heardLateMsMax = 30_000;
/** A process that takes no connections is started again soon. */
const refusedMs = 2_000;

/** What came of a ping. `unknown`: it may be heard, now or later. */
export type PingOutcome = 'heard' | 'refused' | 'unknown';

export class PingGate {
  readonly #urls: () => readonly string[];
  readonly #passedOverUntil = new Map<string, number>();
  #turn = 0;

  /** @param urls where the API is; one that was started again is elsewhere. */
  constructor(urls: () => readonly string[]) {
    this.#urls = urls;
  }

  async send(path: string): Promise<PingOutcome> {
    const url = this.#choose();
    const outcome = await outcomeOf(`${url}${path}`);
    const passOverMs = { heard: 0, refused: refusedMs, unknown: heardLateMsMax }[outcome];
    this.#passedOverUntil.set(url, Date.now() + passOverMs);
    return outcome;
  }

  /** In turn; where all are passed over, the one whose time is over first. */
  #choose(): string {
    const urls = this.#urls();
    this.#turn++;
    const until = (url: string): number => this.#passedOverUntil.get(url) ?? 0;
    const open = urls.filter((url) => until(url) <= Date.now());
    const chosen = open[this.#turn % open.length] ?? urls.toSorted((a, b) => until(a) - until(b))[0];
    if (chosen === undefined) throw new RangeError('There is no API');
    return chosen;
  }
}

async function outcomeOf(url: string): Promise<PingOutcome> {
  try {
    const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(answerMsMax) });
    await response.body?.cancel();
    return response.ok ? 'heard' : 'unknown';
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return code === 'ECONNREFUSED' ? 'refused' : 'unknown';
  }
}
