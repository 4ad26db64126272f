/** Tells thousands of attempts at a time of one signal: a listener each would cost more than the rest of an attempt. */

type Told = () => void;

const toldBySignal = new WeakMap<AbortSignal, Set<Told>>();

function toldBy(signal: AbortSignal): Set<Told> {
  const known = toldBySignal.get(signal);
  if (known !== undefined) return known;
  const told = new Set<Told>();
  toldBySignal.set(signal, told);
  signal.addEventListener('abort', () => told.forEach((tell) => tell()), { once: true });
  return told;
}

/** Calls `told` when `signal` aborts from now on, unless what is returned was called before. */
export function onStop(signal: AbortSignal, told: Told): () => void {
  const all = toldBy(signal);
  all.add(told);
  return () => void all.delete(told);
}
