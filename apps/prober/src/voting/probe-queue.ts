/** Runs probes side by side: bounded in total and per target host, and started at a pace that leaves the loop free. */

export interface ProbeQueueLimits {
  readonly concurrencyMax: number;
  readonly hostConcurrencyMax: number;
}

export const probeQueueLimitsDefault: ProbeQueueLimits = { concurrencyMax: 1_000, hostConcurrencyMax: 200 };

/** Dials of one turn of the event loop; the rest waits for the next, so that answers are read between them. */
const startsPerTurnMax = 16;

type Run = () => Promise<void>;

interface Host {
  running: number;
  readonly waiting: Run[];
}

export class ProbeQueue {
  readonly #limits: ProbeQueueLimits;
  readonly #hosts = new Map<string, Host>();
  /** Those whose host has room for them, in the order of their arrival. */
  readonly #ready: { readonly host: string; readonly run: Run }[] = [];
  #running = 0;
  #isDraining = false;

  constructor(limits: ProbeQueueLimits) {
    this.#limits = limits;
  }

  /** `run` must not reject. It decides itself whether it still makes sense when its turn comes. */
  add(host: string, run: Run): void {
    const entry = this.#hosts.get(host) ?? { running: 0, waiting: [] };
    this.#hosts.set(host, entry);
    if (entry.running >= this.#limits.hostConcurrencyMax) {
      entry.waiting.push(run);
      return;
    }
    entry.running += 1;
    this.#ready.push({ host, run });
    this.#drainSoon();
  }

  #drainSoon(): void {
    if (this.#isDraining || this.#ready.length === 0 || this.#running >= this.#limits.concurrencyMax) return;
    this.#isDraining = true;
    setImmediate(() => {
      this.#isDraining = false;
      this.#drain();
    });
  }

  #drain(): void {
    for (let starts = 0; starts < startsPerTurnMax && this.#running < this.#limits.concurrencyMax; starts++) {
      const next = this.#ready.shift();
      if (next === undefined) return;
      this.#running += 1;
      void next.run().then(() => this.#ended(next.host));
    }
    this.#drainSoon();
  }

  #ended(host: string): void {
    this.#running -= 1;
    const entry = this.#hosts.get(host);
    const next = entry?.waiting.shift();
    if (next !== undefined) this.#ready.push({ host, run: next });
    else if (entry !== undefined) this.#leave(host, entry);
    this.#drainSoon();
  }

  #leave(host: string, entry: Host): void {
    entry.running -= 1;
    if (entry.running === 0) this.#hosts.delete(host);
  }
}
