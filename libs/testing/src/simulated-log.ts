/**
 * A durable log in memory on a clock that specs move by hand: the engine of the embedded log, with its disk and its
 * time replaced. What is due runs in `advance` and `settle` only in so far as time must pass for it.
 */
import { LocalLog, type LogRecord, type OutgoingRecord } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import { ManualClock } from './simulated-log-clock.ts';
import { SimulatedStorage, SimulatedStore } from './simulated-log-store.ts';

/** After so many turns of the event loop without a request or a timer everything is at rest. */
const quietTurns = 8;
const turnsMax = 20_000;
const upkeepEveryMs = 3_600_000;

export interface Report {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

interface World {
  readonly clock: ManualClock;
  readonly storage: SimulatedStorage;
  readonly reports: Report[];
}

export class SimulatedLog extends LocalLog {
  readonly #world: World;
  readonly #store: SimulatedStore;

  constructor(world: World) {
    const { clock, storage, reports } = world;
    const store = new SimulatedStore(storage);
    const report = (message: string, fields: Report['fields']) => void reports.push({ message, fields });
    super({ engine: 'simulated', store, clock, commitGapMs: 0, upkeepEveryMs, report });
    this.#world = world;
    this.#store = store;
  }

  /** What went wrong inside: every task that failed, with its error. */
  get reports(): readonly Report[] {
    return this.#world.reports;
  }

  /** Everything that the log holds of a topic, in offset order per partition; of a table the newest of each key. */
  async records(topic: string): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    const follower = this.follow([topic], 'start', (arrived) => void records.push(...arrived));
    await follower.caughtUp;
    await follower.close();
    return records;
  }

  /** As `append`, and then lets everything run that need not wait for time to pass. */
  async deliver(records: readonly OutgoingRecord[]): Promise<void> {
    await this.append(records);
    await this.settle();
  }

  /** Lets everything run that need not wait for time to pass. */
  async settle(): Promise<void> {
    const { clock, storage } = this.#world;
    let turn = 0;
    for (let quiet = 0; quiet < quietTurns; turn++) {
      const before = clock.timerCount + storage.operationCount;
      await new Promise((resolve) => setImmediate(resolve));
      quiet = clock.timerCount + storage.operationCount === before ? quiet + 1 : 0;
      if (turn > turnsMax) throw new Error('The simulated log does not come to rest: some task wakes itself for ever.');
    }
  }

  /** Moves time on, and runs on the way what is due, in its order. */
  async advance(durationMs: number): Promise<void> {
    const { clock } = this.#world;
    const until = clock.now() + durationMs;
    await this.settle();
    for (let dueAt = clock.nextDueAt; dueAt !== null && dueAt <= until; dueAt = clock.nextDueAt) {
      clock.moveTo(dueAt);
      await this.settle();
    }
    clock.moveTo(until);
    await this.settle();
  }

  /** As somebody who sets the machine's clock: no time passes. */
  setClock(instant: Instant): void {
    this.#world.clock.set(instant);
  }

  /** Ends this log as `kill -9` would; what it gives back is the log of the next process, at the same time. */
  crash(): SimulatedLog {
    this.#store.cut();
    return new SimulatedLog(this.#world);
  }
}

/** An empty log whose clock stands at `now`. */
export function createSimulatedLog({ now }: { readonly now: Instant }): SimulatedLog {
  return new SimulatedLog({ clock: new ManualClock(now), storage: new SimulatedStorage(), reports: [] });
}
