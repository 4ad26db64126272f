/** A fault that is inflicted on a running system, and the record of those that were. */
import { setTimeout as delay } from 'node:timers/promises';
import type { InflictedFault } from './standstill.ts';

/** What a standstill may last: a restart in good order, and a kill. There is no such goal for what stays away. */
export const goals = { orderly: 3_000, kill: 15_000, none: null } as const;

export interface Fault {
  /** The same for all that are counted together. */
  readonly kind: string;
  readonly goal: keyof typeof goals;
  /** On whom. */
  readonly on: string;
  /** Resolves when all that was taken away is back. */
  inflict(): Promise<void>;
}

/** Before the first fault: each monitor has a round that nothing disturbs. */
const calmMs = 20_000;
/** After each fault: what is there again settles, so that each shows alone. */
const settleMs = 12_000;

export interface Inflicting {
  readonly faults: Iterable<Fault>;
  readonly signal: AbortSignal;
  /** From then on no further fault begins. */
  readonly until: number;
  readonly tell: (line: string) => void;
}

/** One after the other. @throws AbortError when the signal says so */
export async function inflictAll({ faults, signal, until, tell }: Inflicting): Promise<readonly InflictedFault[]> {
  const inflicted: InflictedFault[] = [];
  await delay(calmMs, undefined, { signal });
  for (const fault of faults) {
    const { kind, on } = fault;
    if (Date.now() >= until) break;
    tell(`${kind}: ${on}`);
    const beganAt = Date.now();
    await fault.inflict();
    signal.throwIfAborted();
    inflicted.push({ kind, beganAt, endedAt: Date.now() });
    await delay(settleMs, undefined, { signal });
  }
  return inflicted;
}
