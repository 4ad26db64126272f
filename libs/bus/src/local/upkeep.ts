/** Asks the store from time to time to drop what has outlived its retention. */
import type { Clock } from './clock.ts';
import type { Store, TombstoneFloor } from './store.ts';
import type { LogParts } from './task-session.ts';

export interface UpkeepOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly upkeepEveryMs: number;
  readonly report: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Begins at once; returns how to end it. */
export function startUpkeep({ store, clock, upkeepEveryMs, report }: UpkeepOptions, parts: LogParts): () => void {
  let callOff: () => void = () => undefined;
  let isEnded = false;
  const run = async () => {
    try {
      await store.maintain({ now: clock.now(), floors: tombstoneFloors(parts) });
    } catch (error) {
      if (!isEnded) report('The upkeep of the log failed', { error });
    }
    if (!isEnded) callOff = clock.after(upkeepEveryMs, () => void run());
  };
  void run();
  return () => {
    isEnded = true;
    callOff();
  };
}

/** Up to where every reader that runs and every group has passed the tombstones. */
function tombstoneFloors({ topics, readers, offsets }: LogParts): TombstoneFloor[] {
  return [...topics.compactedPartitions()].map(({ topic, partition }) => {
    const floors = [
      topics.end(topic, partition),
      readers.leastPosition({ topic, partition }) ?? Infinity,
      offsets.least(topic, partition) ?? Infinity,
    ];
    return { topic, partition, floor: Math.min(...floors) };
  });
}
