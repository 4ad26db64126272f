/** The tasks of the partitions that a group has given to one member, each begun when the one before it has ended. */
import type { PartitionTaskDefinition } from './log.ts';
import { TaskRunner, type TaskRunnerOptions, type TaskSession } from './task-runner.ts';

/** How long a task that is given up may take to end its step. */
const endMsMax = 5_000;
/** A task that was fenced begins again when the group has said that this is a member, or after this time. */
const proofMsMax = 15_000;

export interface PartitionWork {
  readonly definition: PartitionTaskDefinition;
  readonly begin: () => Promise<TaskSession>;
}

export interface OwnedTasksOptions {
  readonly clock: TaskRunnerOptions['clock'];
  /** @param owned whether the partition still is this member's */
  readonly workOf: (partition: number, owned: () => boolean) => PartitionWork;
  /** Whether this error says that a successor has taken the task's name. */
  readonly isFenced: (error: unknown) => boolean;
  /** Resolves when the group says again that this is a member, or when it leaves. */
  readonly proof: () => Promise<void>;
  /** Of a task that is still owned: it begins again. */
  readonly onFailure: (partition: number, error: unknown) => void;
}

interface OwnedTask {
  readonly runner: TaskRunner;
  owned: boolean;
}

export class OwnedTasks {
  readonly #options: OwnedTasksOptions;
  readonly #tasks = new Map<number, OwnedTask>();
  /** By partition, the end of the task that was there before. */
  readonly #ending = new Map<number, Promise<void>>();
  /** Partitions whose task was fenced: beginning again at once would take the name from its new owner. */
  readonly #fenced = new Set<number>();

  constructor(options: OwnedTasksOptions) {
    this.#options = options;
  }

  /** The partitions whose tasks are restored and running. */
  get running(): readonly number[] {
    return [...this.#tasks]
      .filter(([, { runner }]) => runner.isRunning)
      .map(([partition]) => partition)
      .toSorted((a, b) => a - b);
  }

  get allRun(): boolean {
    return [...this.#tasks.values()].every(({ runner }) => runner.isRunning);
  }

  /** @param anew others may have owned what seems to have been kept, so every task begins again. */
  assign(partitions: readonly number[], anew: boolean): void {
    for (const partition of [...this.#tasks.keys()]) {
      if (anew || !partitions.includes(partition)) this.#end(partition);
    }
    for (const partition of partitions) if (!this.#tasks.has(partition)) this.#begin(partition);
  }

  /** Resolves when every task has ended, or its time for that has. */
  async end(): Promise<void> {
    for (const partition of [...this.#tasks.keys()]) this.#end(partition);
    await Promise.all(this.#ending.values());
  }

  #begin(partition: number): void {
    const { clock, workOf, isFenced, onFailure } = this.#options;
    const before = this.#ending.get(partition) ?? Promise.resolve();
    const { definition, begin } = workOf(partition, () => task.owned);
    const runner = new TaskRunner({
      ...{ definition, partition, clock },
      begin: async () => {
        await before;
        await this.#proof(partition);
        return begin();
      },
      onFailure: (error) => {
        if (isFenced(error)) this.#fenced.add(partition);
        if (task.owned) onFailure(partition, error);
      },
    });
    const task: OwnedTask = { runner, owned: true };
    this.#tasks.set(partition, task);
  }

  async #proof(partition: number): Promise<void> {
    if (this.#fenced.delete(partition)) await this.#within(proofMsMax, this.#options.proof());
  }

  #end(partition: number): void {
    const task = this.#tasks.get(partition);
    if (task === undefined) return;
    task.owned = false;
    this.#tasks.delete(partition);
    const ended = this.#within(endMsMax, task.runner.end());
    this.#ending.set(partition, ended);
    void ended.then(() => {
      if (this.#ending.get(partition) === ended) this.#ending.delete(partition);
    });
  }

  async #within(durationMs: number, happened: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const callOff = this.#options.clock.after(durationMs, late.resolve);
    await Promise.race([happened, late.promise]);
    callOff();
  }
}
