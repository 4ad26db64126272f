/** Where an engine in one process takes time from: the machine, or a simulation. */
import type { Instant } from '@quorate/contracts';

export interface Clock {
  now(): Instant;
  /** Runs `action` once after `delayMs`; the function that it returns calls it off. */
  after(delayMs: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
