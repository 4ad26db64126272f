/** Shows operators how much of each kind of trouble is raised, in the process whose task it is. */
import { metrics } from '@quorate/telemetry';

export class RaisedGauge {
  #shown: ReadonlySet<string> = new Set();

  /** By key; the region that a key names is no attribute, for there is no bound to their number. */
  show(keys: Iterable<string>): void {
    const now = new Set(keys);
    for (const key of now.difference(this.#shown)) count(key, 1);
    for (const key of this.#shown.difference(now)) count(key, -1);
    this.#shown = now;
  }
}

function count(key: string, change: 1 | -1): void {
  const [condition = key] = key.split(':');
  metrics.platformConditions.add(change, { condition });
}
