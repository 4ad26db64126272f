/**
 * The life of one partition's task on any engine: fence, restore, then gather, step, commit, and again. Whatever fails
 * discards the task with its memory; after a pause a new one begins.
 */
import type { Instant } from '@quorate/contracts';
import type { LogRecord, PartitionTask, PartitionTaskDefinition, Step } from './log.ts';

const backOffMsMin = 50;
const backOffMsMax = 1_000;

/** What has arrived for a task since the last time. */
export interface Taken {
  readonly records: ReadonlyMap<string, readonly LogRecord[]>;
  /** Per stream, the offset behind everything handed over so far. */
  readonly positions: Readonly<Record<string, number>>;
  /** Whether more is waiting than one step takes. */
  readonly more: boolean;
  /** All that was in the streams at this time has arrived. Infinity: nothing can be there unseen. */
  readonly heardUntil: Instant;
}

/** What an engine gives a task from one fence to the next. */
export interface TaskSession {
  /** Per stream, its end as it was seen after the fence. */
  readonly streamEnds: Readonly<Record<string, number>>;
  /** Whether `take` would hand over records. */
  readonly hasInput: boolean;
  /** Hands over what the tables hold, in slices. */
  restore(hand: (records: readonly LogRecord[]) => void | Promise<void>): Promise<void>;
  /** Begins the streams at the group's committed offsets, or at `positions` with guarantee `external`. */
  start(positions: Readonly<Record<string, number>> | null): void | Promise<void>;
  /** What has arrived by now; does not wait for more. */
  take(): Promise<Taken>;
  /** @throws when the step is not durable, or not certainly so. */
  commit(step: Step, positions: Readonly<Record<string, number>>): Promise<void>;
  close(): void | Promise<void>;
}

export interface TaskRunnerOptions {
  readonly definition: PartitionTaskDefinition;
  readonly partition: number;
  readonly clock: { now(): Instant; after(delayMs: number, action: () => void): () => void };
  /** Fences whoever ran this task before. */
  readonly begin: () => Promise<TaskSession>;
  readonly onFailure: (error: unknown) => void;
}

/** A wait that can be cut short. */
class Pause {
  readonly #clock: TaskRunnerOptions['clock'];
  #cut: (() => void) | null = null;

  constructor(clock: TaskRunnerOptions['clock']) {
    this.#clock = clock;
  }

  wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#clock.after(durationMs, resolve);
      this.#cut = () => {
        callOff();
        resolve();
      };
    });
  }

  cut(): void {
    this.#cut?.();
  }
}

export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #pause: Pause;
  readonly #ended: Promise<void>;
  #isEnding = false;
  #isRunning = false;
  #isWoken = false;
  #failureCount = 0;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
    this.#pause = new Pause(options.clock);
    this.#ended = this.#run();
  }

  /** Whether the task is restored and takes its steps. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Begins no further step; resolves when the step that is under way and the task have ended. */
  end(): Promise<void> {
    this.#isEnding = true;
    this.#pause.cut();
    return this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      try {
        await this.#live();
      } catch (error) {
        this.#options.onFailure(error);
        await this.#backOff();
      }
    }
  }

  async #live(): Promise<void> {
    const session = await this.#options.begin();
    try {
      await this.#liveIn(session);
    } finally {
      this.#isRunning = false;
      await session.close();
    }
  }

  async #liveIn(session: TaskSession): Promise<void> {
    const { definition, partition } = this.#options;
    const task = definition.createTask(partition, () => this.#wake());
    try {
      await session.restore((records) => (this.#isEnding ? undefined : task.restore(records)));
      await session.start(definition.guarantee === 'external' ? ((await task.positions?.()) ?? {}) : null);
      await this.#stepOn(session, task);
    } finally {
      this.#isRunning = false;
      await task.end?.();
    }
  }

  async #stepOn(session: TaskSession, task: PartitionTask): Promise<void> {
    let caughtUp = false;
    let heardUntil = -Infinity;
    while (!this.#isEnding) {
      this.#isWoken = false;
      const taken = await session.take();
      if (this.#isEnding) return;
      caughtUp ||= isCaughtUp(session.streamEnds, taken.positions);
      const now = this.#options.clock.now();
      if (!taken.more) heardUntil = Math.min(now, taken.heardUntil);
      const step = await task.step({ records: taken.records, now, caughtUp, heardUntil });
      await session.commit(step, taken.positions);
      step.committed?.();
      this.#isRunning = true;
      this.#failureCount = 0;
      if (!taken.more) await this.#gather(session);
    }
  }

  /** Waits until something has arrived or the task has rested for long enough. */
  async #gather(session: TaskSession): Promise<void> {
    const { gatherMs, restMs = gatherMs } = this.#options.definition;
    for (let gatherings = Math.ceil(restMs / gatherMs); gatherings > 0; gatherings--) {
      if (this.#isWoken || this.#isEnding) return;
      await this.#gatherOnce();
      if (session.hasInput) return;
    }
  }

  /** Waits for the next multiple of `gatherMs`; every partition counts from another point, so their steps spread. */
  async #gatherOnce(): Promise<void> {
    const { clock, definition, partition } = this.#options;
    const phaseMs = Math.floor(((partition * goldenRatio) % 1) * definition.gatherMs);
    const passedMs = (clock.now() + phaseMs) % definition.gatherMs;
    await this.#pause.wait(definition.gatherMs - passedMs);
  }

  #wake(): void {
    this.#isWoken = true;
    if (this.#isRunning) this.#pause.cut();
  }

  async #backOff(): Promise<void> {
    if (this.#isEnding) return;
    await this.#pause.wait(Math.min(backOffMsMax, backOffMsMin * 2 ** this.#failureCount));
    this.#failureCount++;
  }
}

/** Spreads the multiples of any partition count evenly. */
const goldenRatio = 0.618_034;

function isCaughtUp(ends: Readonly<Record<string, number>>, positions: Readonly<Record<string, number>>): boolean {
  return Object.entries(ends).every(([stream, end]) => (positions[stream] ?? 0) >= end);
}
