/** What lies between a process and the brokers: each request takes its time there and back, and either may be lost. */
import { BusUnavailableError } from '@quorate/bus';
import type { SimulatedHost } from './simulated-host.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How long a client waits for an answer. */
const requestMsMax = 10_000;

/** How one request fares. */
export interface Passage {
  readonly thereMs: number;
  readonly backMs: number;
  /** What never arrives. `reset`: the client learns of it at once; else it waits in vain. */
  readonly lost?: { readonly what: 'request' | 'answer'; readonly reset: boolean };
  /** Called when the broker has done what was asked, before the answer leaves. */
  readonly onHandled?: () => void;
}

export interface NetworkConditions {
  /** For a request; null where the process is gone before it could be sent. `what` names its kind. */
  passage(host: SimulatedHost, what: string): Passage | null;
  /** How long fetched records take to a host; null where they don't get there just now. */
  delivery(host: SimulatedHost, topic: string): number | null;
}

/** Everything arrives, after a moment. */
export const calmNetwork: NetworkConditions = {
  passage: () => ({ thereMs: 1, backMs: 1 }),
  delivery: () => 1,
};

/** Between two looks at a partition that could not be fetched. */
const fetchAgainMs = 500;

export class Network {
  readonly #time: VirtualTime;
  readonly #conditions: NetworkConditions;

  constructor(time: VirtualTime, conditions: NetworkConditions) {
    this.#time = time;
    this.#conditions = conditions;
  }

  /** Asks the brokers something that they answer at once. @throws BusUnavailableError when the outcome is unclear. */
  ask<Answer>(host: SimulatedHost, what: string, handle: () => Answer): Promise<Answer> {
    return this.call<Answer>(host, what, (reply) => reply(handle()));
  }

  /** The same, where the answer may come later; `handle` calls `reply` with it. */
  call<Answer>(host: SimulatedHost, what: string, handle: (reply: (answer: Answer) => void) => void): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const passage = this.#conditions.passage(host, what);
    if (passage === null) return promise;
    const { thereMs, backMs, lost } = passage;
    const giveUp = host.after(requestMsMax, () => reject(new BusUnavailableError(`No answer to: ${what}`)));
    const settle = (action: () => void) => {
      giveUp();
      action();
    };
    const back = (action: () => void) => {
      passage.onHandled?.();
      if (lost?.what === 'answer' && !lost.reset) return;
      const fail = () => reject(new BusUnavailableError(`The connection broke before the answer to: ${what}`));
      this.#time.after(backMs, () => host.arrive(() => settle(lost?.what === 'answer' ? fail : action)));
    };
    // What a broker does settles no promise; what it answers does, as it arrives.
    this.#time.afterPlainly(thereMs, () => {
      if (lost?.what === 'request') {
        if (lost.reset) host.arrive(() => settle(() => reject(new BusUnavailableError(`Refused: ${what}`))));
        return;
      }
      try {
        handle((answer) => back(() => resolve(answer)));
      } catch (error) {
        back(() => reject(error));
      }
    });
    return promise;
  }

  /** Brings to a host what `arrived` is to take in, as soon as the way is free. */
  bring(host: SimulatedHost, topic: string, arrived: () => void): void {
    if (host.isDead) return;
    const delayMs = this.#conditions.delivery(host, topic);
    if (delayMs === null) this.#time.after(fetchAgainMs, () => this.bring(host, topic, arrived));
    else this.#time.after(delayMs, () => host.arrive(arrived));
  }
}
