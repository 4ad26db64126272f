/** Tells thousands of attempts at a time of one signal: a listener each would cost more than the rest of an attempt. */

export interface Stoppable {
  stop(): void;
}

const stoppablesBySignal = new WeakMap<AbortSignal, Set<Stoppable>>();

/** Those that are stopped when `signal` aborts: whoever is among them by then. */
export function stoppablesOf(signal: AbortSignal): Set<Stoppable> {
  const known = stoppablesBySignal.get(signal);
  if (known !== undefined) return known;
  const stoppables = new Set<Stoppable>();
  stoppablesBySignal.set(signal, stoppables);
  signal.addEventListener('abort', () => stoppables.forEach((stoppable) => stoppable.stop()), { once: true });
  return stoppables;
}
