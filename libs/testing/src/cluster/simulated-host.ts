/**
 * A machine with one process on it: a clock that may be wrong, timers, and a life that can be frozen or ended at any
 * moment. What the process does runs as the `current` host, so that stand-ins for Node's globals know whose they are.
 */
import type { Instant } from '@quorate/contracts';
import type { VirtualTime } from './virtual-time.ts';

let current: SimulatedHost | null = null;

/** Whose code runs just now; null outside of any process. */
export function currentHost(): SimulatedHost | null {
  return current;
}

function become(host: SimulatedHost): void {
  current = host;
}

export class SimulatedHost {
  readonly name: string;
  readonly #time: VirtualTime;
  readonly #skewMsAtStart: number;
  #skewMs: number;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  /** What fell due while it was frozen: timers come before what the network brought, as in Node's event loop. */
  #lateTimers: (() => void)[] = [];
  #lateArrivals: (() => void)[] = [];

  constructor(name: string, time: VirtualTime, skewMs = 0) {
    this.name = name;
    this.#time = time;
    this.#skewMsAtStart = skewMs;
    this.#skewMs = skewMs;
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  /** What its own clock said at the start, and the time that has passed since: nobody can set this one. */
  elapsed(): Instant {
    return this.#time.now + this.#skewMsAtStart;
  }

  /** What its own clock says. */
  now(): Instant {
    return this.#time.now + this.#skewMs;
  }

  /** Sets its clock. */
  setSkew(skewMs: number): void {
    this.#skewMs = skewMs;
  }

  /** Runs `action` as this host, unless it is dead or frozen. */
  run(action: () => void): void {
    if (this.#state !== 'running') return;
    become(this);
    action();
  }

  after(delayMs: number, action: () => void): () => void {
    let isOff = false;
    const fire = () => {
      if (!isOff) action();
    };
    const callOff = this.#time.after(delayMs, () => {
      if (this.#state === 'frozen') this.#lateTimers.push(fire);
      else this.run(fire);
    });
    return () => {
      isOff = true;
      callOff();
    };
  }

  /** Something comes in over the network. */
  arrive(action: () => void): void {
    if (this.#state === 'frozen') this.#lateArrivals.push(action);
    else this.run(action);
  }

  /** As SIGSTOP does. */
  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  /** As SIGCONT does. */
  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    const late = [...this.#lateTimers, ...this.#lateArrivals];
    this.#lateTimers = [];
    this.#lateArrivals = [];
    // One after the other, each with the promises that follow from it, and each only if the process still runs then.
    for (const action of late) this.#time.after(0, () => this.arrive(action));
  }

  /** As `kill -9` does: nothing of it runs any more. */
  kill(): void {
    this.#state = 'dead';
    this.#lateTimers = [];
    this.#lateArrivals = [];
  }
}
