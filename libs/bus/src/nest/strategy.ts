/**
 * Hosts a service's partition tasks in Nest. It calls the handlers itself, one after the other: Nest's own
 * `handleEvent` resolves when a handler throws, and the record would count as read.
 */
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { TopicName } from '@quorate/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import { BusConfigurationError } from '../errors.ts';
import type { DurableLog, Guarantee, Membership, PartitionTaskDefinition } from '../log.ts';
import { HostedTask, type TaskHost } from './hosted-task.ts';
import { tickPattern, type Task, type TaskRecord, type TaskStep } from './task.ts';

export interface PartitionTaskOptions<State> {
  readonly log: DurableLog;
  /** Who signs dead letters. */
  readonly service: string;
  readonly group: string;
  readonly tables: readonly TopicName[];
  readonly streams: readonly TopicName[];
  readonly stateTopic: TopicName | null;
  readonly guarantee: Guarantee;
  readonly gatherMs: number;
  readonly restMs?: number;
  /** The empty memory of a partition; `wake` asks for a step soon. */
  createState(partition: number, wake: () => void): State;
  /** Only with guarantee `external`: the offset of the next record wanted, per stream. */
  positions?(partition: number): Promise<Readonly<Record<string, number>>>;
  /** The task has ended; what its memory holds open is to be closed. */
  onEnd?(state: State, partition: number): void | Promise<void>;
}

export class PartitionTaskStrategy<State> extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: PartitionTaskOptions<State>;
  readonly #handlers = new Map<string, MessageHandler[]>();
  #membership: Membership | null = null;

  constructor(options: PartitionTaskOptions<State>) {
    super();
    this.#options = options;
  }

  /** Whether the group was joined and every partition assigned to this process is restored and running. */
  get ready(): boolean {
    return this.#membership?.ready ?? false;
  }

  /** The partitions whose tasks run in this process. */
  get partitions(): readonly number[] {
    return this.#membership?.partitions ?? [];
  }

  /** Keeps the handlers of one pattern apart: Nest would chain them and run them at the same time. */
  override addHandler(pattern: unknown, handler: MessageHandler): void {
    const name = this.normalizePattern(pattern as string);
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
  }

  listen(callback: (error?: unknown) => void): void {
    this.#join().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  async close(): Promise<void> {
    await this.#membership?.leave();
  }

  on(): never {
    throw new Error('A partition task has no events; its handlers hear everything.');
  }

  unwrap<T>(): T {
    return this.#options.log as T;
  }

  async #join(): Promise<void> {
    this.#checkPatterns();
    this.#membership = await this.#options.log.join(this.#definition());
  }

  get #topics(): readonly TopicName[] {
    const { tables, stateTopic, streams } = this.#options;
    return [...tables, ...(stateTopic === null ? [] : [stateTopic]), ...streams];
  }

  /** A topic without a handler would be consumed unseen; a handler without its topic would never be called. */
  #checkPatterns(): void {
    const heard = new Set([...this.#handlers.keys()].filter((pattern) => pattern !== tickPattern));
    const consumed = new Set<string>(this.#topics);
    const faults = [
      ...[...consumed.difference(heard)].map((topic) => `no handler hears ${topic}`),
      ...[...heard.difference(consumed)].map((topic) => `the handler of ${topic} would never be called`),
    ];
    if (faults.length > 0) throw new BusConfigurationError(`${this.#options.service}: ${faults.join('; ')}`);
  }

  #definition(): PartitionTaskDefinition {
    const { group, tables, streams, stateTopic, guarantee, gatherMs, restMs = gatherMs } = this.#options;
    const host = this.#host();
    return {
      group,
      tables,
      streams,
      stateTopic,
      guarantee,
      gatherMs,
      restMs,
      createTask: (partition, wake) =>
        new HostedTask(host, { partition, wake, state: this.#options.createState(partition, wake) }),
    };
  }

  #host(): TaskHost<State> {
    const { log, service } = this.#options;
    return {
      service,
      now: () => log.now(),
      partitionCountOf: (topic) => log.partitionCount(topic),
      topics: this.#topics,
      handle: (pattern, records, task) => this.#handle(pattern, records, task),
      onEnd: this.#options.onEnd?.bind(this.#options),
      positions: this.#options.positions?.bind(this.#options),
    };
  }

  async #handle(
    pattern: string,
    records: readonly TaskRecord<unknown>[],
    task: Task<State>,
  ): Promise<readonly TaskStep[]> {
    const steps: TaskStep[] = [];
    for (const handler of this.#handlers.get(pattern) ?? []) {
      const result: unknown = await handler(records, task);
      const step = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
      if (step !== undefined) steps.push(step as TaskStep);
    }
    return steps;
  }
}
