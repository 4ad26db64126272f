/** A partition task that tells of each step that was committed, and of what a successor would be given after it. */
import type { Gathering, LogRecord, PartitionTask, PartitionTaskDefinition, Step } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';

/** What a successor finds in the log: the tables as they are, and what its predecessor still needs of the streams. */
export interface Legacy {
  readonly tables: readonly LogRecord[];
  readonly streams: ReadonlyMap<string, readonly LogRecord[]>;
}

/**
 * By topic and key, when the task heard of the newest record of a table: the latest time that it knew by then, also of
 * a clock that was ahead. What it was restored from is not in it.
 */
export type HeardAt = ReadonlyMap<string, Instant>;

export function subjectOf({ topic, key }: Pick<LogRecord, 'topic' | 'key'>): string {
  return `${topic} ${key}`;
}

export interface CommittedStep {
  /** Whose step it is: another task of the same partition has another memory. */
  readonly task: PartitionTask;
  readonly partition: number;
  readonly gathering: Gathering;
  readonly step: Step;
  /** It goes on. */
  readonly heardAt: HeardAt;
  /** As of this step; worked out only when it is asked for. */
  readonly legacy: () => Legacy;
}

export interface TaskWatcher {
  committed(step: CommittedStep): void;
}

type Definition = Pick<PartitionTaskDefinition, 'tables' | 'stateTopic'>;

export class WatchedTask implements PartitionTask {
  readonly #task: PartitionTask;
  readonly #partition: number;
  readonly #definition: Definition;
  readonly #watcher: TaskWatcher;
  /** By topic and key, the newest record of the tables. */
  readonly #tables = new Map<string, LogRecord>();
  readonly #streams = new Map<string, readonly LogRecord[]>();
  readonly #heardAt = new Map<string, Instant>();
  #latestNow: Instant = 0;

  constructor(task: PartitionTask, place: { partition: number; definition: Definition; watcher: TaskWatcher }) {
    this.#task = task;
    this.#partition = place.partition;
    this.#definition = place.definition;
    this.#watcher = place.watcher;
  }

  restore(records: readonly LogRecord[]): void | Promise<void> {
    for (const record of records) this.#noteTable(record);
    return this.#task.restore(records);
  }

  async step(gathering: Gathering): Promise<Step> {
    this.#latestNow = Math.max(this.#latestNow, gathering.now);
    for (const [topic, records] of gathering.records) {
      if (!this.#definition.tables.includes(topic)) this.#noteStream(topic, records);
      else for (const record of records) this.#hear(record);
    }
    const step = await this.#task.step(gathering);
    return { ...step, committed: () => this.#committed(gathering, step) };
  }

  end(): void | Promise<void> {
    return this.#task.end?.();
  }

  #committed(gathering: Gathering, step: Step): void {
    for (const { headers = {}, ...record } of step.records) {
      const isOwn = record.topic === this.#definition.stateTopic && record.partition === this.#partition;
      if (isOwn) this.#noteTable({ ...record, headers, offset: 0, appendedAt: gathering.now });
    }
    for (const [topic, records] of this.#streams) {
      const from = step.resumeFrom?.[topic] ?? Infinity;
      this.#streams.set(
        topic,
        records.filter(({ offset }) => offset >= from),
      );
    }
    step.committed?.();
    const legacy = (): Legacy => ({ tables: [...this.#tables.values()], streams: new Map(this.#streams) });
    this.#watcher.committed({
      task: this,
      partition: this.#partition,
      gathering,
      step,
      heardAt: this.#heardAt,
      legacy,
    });
  }

  #hear(record: LogRecord): void {
    this.#noteTable(record);
    this.#heardAt.set(subjectOf(record), this.#latestNow);
  }

  #noteTable(record: LogRecord): void {
    this.#tables.set(subjectOf(record), record);
  }

  #noteStream(topic: string, records: readonly LogRecord[]): void {
    this.#streams.set(topic, [...(this.#streams.get(topic) ?? []), ...records]);
  }
}
