/** Runs probes side by side: bounded in total and per target host, and started at a pace that leaves the loop free. */

export interface ProbeQueueLimits {
  readonly concurrencyMax: number;
  readonly hostConcurrencyMax: number;
}

export const probeQueueLimitsDefault: ProbeQueueLimits = { concurrencyMax: 1_000, hostConcurrencyMax: 200 };

/** Dials of one turn of the event loop; the rest waits for the next, so that answers are read between them. */
const startsPerTurnMax = 16;
/**
 * A turn that has lasted this long starts one more and no others: there is enough to do with those under way. Each
 * handshake takes half a millisecond, so this is what keeps many of them from holding up everything else.
 */
const turnMsMax = 6;

type Run = () => Promise<void>;

interface Host {
  readonly name: string;
  running: number;
  /** Null where none has had to wait. */
  waiting: Run[] | null;
}

export class ProbeQueue {
  readonly #limits: ProbeQueueLimits;
  readonly #hosts = new Map<string, Host>();
  /** Those whose host has room for them, in the order of their arrival. */
  readonly #ready: { readonly host: Host; readonly run: Run }[] = [];
  #running = 0;
  #isDraining = false;
  /** When the first probe was there that this turn may start. */
  #turnBeganAt = 0;

  constructor(limits: ProbeQueueLimits) {
    this.#limits = limits;
  }

  /** `run` must not reject. It decides itself whether it still makes sense when its turn comes. */
  add(name: string, run: Run): void {
    const host = this.#hosts.get(name) ?? this.#enter(name);
    if (host.running >= this.#limits.hostConcurrencyMax) {
      (host.waiting ??= []).push(run);
      return;
    }
    host.running += 1;
    this.#ready.push({ host, run });
    this.#drainSoon();
  }

  #enter(name: string): Host {
    const host: Host = { name, running: 0, waiting: null };
    this.#hosts.set(name, host);
    return host;
  }

  get #hasRoom(): boolean {
    return this.#running < this.#limits.concurrencyMax;
  }

  #drainSoon(): void {
    if (this.#isDraining || this.#ready.length === 0 || !this.#hasRoom) return;
    this.#isDraining = true;
    this.#turnBeganAt = performance.now();
    setImmediate(() => {
      this.#isDraining = false;
      this.#drain();
    });
  }

  #drain(): void {
    let starts = 0;
    do {
      this.#startNext();
      starts += 1;
    } while (this.#ready.length > 0 && this.#hasRoom && starts < startsPerTurnMax && this.#isTurnShort);
    this.#drainSoon();
  }

  get #isTurnShort(): boolean {
    return performance.now() - this.#turnBeganAt < turnMsMax;
  }

  #startNext(): void {
    const next = this.#ready.shift();
    if (next === undefined) return;
    this.#running += 1;
    void next.run().then(() => this.#ended(next.host));
  }

  #ended(host: Host): void {
    this.#running -= 1;
    const next = host.waiting?.shift();
    if (next === undefined) this.#leave(host);
    else this.#ready.push({ host, run: next });
    this.#drainSoon();
  }

  #leave(host: Host): void {
    host.running -= 1;
    if (host.running === 0) this.#hosts.delete(host.name);
  }
}
