/** Stands in for `node:timers/promises`: waits on the timers of the simulated process. */

function wait<Value>(delayMs?: number, value?: Value): Promise<Value | undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(value), delayMs));
}

export { wait as setTimeout };
