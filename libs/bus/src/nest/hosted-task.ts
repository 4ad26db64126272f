/** A partition task whose decisions are a Nest service's handlers. */
import type { Instant, TopicName } from '@quorate/contracts';
import { metrics } from '@quorate/telemetry';
import type { Gathering, LogRecord, OutgoingRecord, PartitionTask, Step } from '../log.ts';
import { readRecords } from './decode.ts';
import { mergeSteps } from './merge.ts';
import { tickPattern, type Task, type TaskRecord, type TaskStep } from './task.ts';

/** Unreadable records of the tables that are kept to be reported by the first step; the rest is only counted. */
const restoreDeadLettersMax = 100;

export interface TaskHost<State> {
  readonly service: string;
  readonly now: () => Instant;
  readonly partitionCountOf: (topic: string) => number;
  /** In this order the topics of a gathering are handed over. */
  readonly topics: readonly TopicName[];
  /** Calls every handler of a topic or of the tick, one after the other. */
  readonly handle: (
    pattern: string,
    records: readonly TaskRecord<unknown>[],
    task: Task<State>,
  ) => Promise<readonly TaskStep[]>;
  readonly onEnd: ((state: State, partition: number) => void | Promise<void>) | undefined;
  readonly positions: ((partition: number) => Promise<Readonly<Record<string, number>>>) | undefined;
}

export interface TaskMemory<State> {
  readonly partition: number;
  readonly state: State;
  readonly wake: () => void;
}

export class HostedTask<State> implements PartitionTask {
  readonly #host: TaskHost<State>;
  readonly #memory: TaskMemory<State>;
  #restoreDeadLetters: OutgoingRecord[] = [];
  /** Whether something was begun that has not been seen to succeed. */
  #isUncertain = false;

  constructor(host: TaskHost<State>, memory: TaskMemory<State>) {
    this.#host = host;
    this.#memory = memory;
    metrics.partitionsOwned.add(1, { service: host.service });
  }

  async restore(records: readonly LogRecord[]): Promise<void> {
    this.#isUncertain = true;
    const now = this.#host.now();
    const arrived = Map.groupBy(records, ({ topic }) => topic);
    const { deadLetters } = await this.#handOver(
      arrived,
      this.#task('restore', { now, caughtUp: false, heardUntil: -Infinity }),
    );
    const room = restoreDeadLettersMax - this.#restoreDeadLetters.length;
    this.#restoreDeadLetters.push(...deadLetters.slice(0, room));
    this.#isUncertain = false;
  }

  async step({ records, ...present }: Gathering): Promise<Step> {
    this.#isUncertain = true;
    const startedAt = performance.now();
    const task = this.#task('live', present);
    const { steps, deadLetters } = await this.#handOver(records, task);
    const tickSteps = await this.#host.handle(tickPattern, [], task);
    const restoreDeadLetters = this.#restoreDeadLetters;
    this.#restoreDeadLetters = [];
    const letters = [...restoreDeadLetters, ...deadLetters];
    const step = mergeSteps([...steps, ...tickSteps], letters, this.#host.partitionCountOf);
    return { ...step, committed: () => this.#committed(step, startedAt) };
  }

  async positions(): Promise<Readonly<Record<string, number>>> {
    return (await this.#host.positions?.(this.#memory.partition)) ?? {};
  }

  async end(): Promise<void> {
    const { service } = this.#host;
    metrics.partitionsOwned.add(-1, { service });
    if (this.#isUncertain) metrics.taskRestarts.add(1, { service });
    await this.#host.onEnd?.(this.#memory.state, this.#memory.partition);
  }

  #committed({ committed }: Step, startedAt: number): void {
    const { service } = this.#host;
    metrics.taskSteps.add(1, { service });
    metrics.taskStepSeconds.record((performance.now() - startedAt) / 1_000, { service });
    committed?.();
    this.#isUncertain = false;
  }

  async #handOver(
    arrived: ReadonlyMap<string, readonly LogRecord[]>,
    task: Task<State>,
  ): Promise<{ steps: TaskStep[]; deadLetters: OutgoingRecord[] }> {
    const steps: TaskStep[] = [];
    const deadLetters: OutgoingRecord[] = [];
    for (const topic of this.#host.topics) {
      const records = arrived.get(topic);
      if (records === undefined) continue;
      const reading = readRecords(topic, records, { service: this.#host.service, at: task.now });
      deadLetters.push(...reading.deadLetters);
      if (reading.records.length > 0) steps.push(...(await this.#host.handle(topic, reading.records, task)));
    }
    return { steps, deadLetters };
  }

  #task(phase: Task<State>['phase'], present: Omit<Gathering, 'records'>): Task<State> {
    return { ...this.#memory, phase, ...present };
  }
}
