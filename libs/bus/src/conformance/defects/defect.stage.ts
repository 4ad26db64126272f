/** A deliberately broken engine: a good one with one thing wrong. */
import type { DurableLog, Gathering, LogRecord, PartitionTask, PartitionTaskDefinition, Step } from '../../log.ts';
import type { LogEngine, OpenedLog } from '../engine.stage.ts';

export interface Defect {
  /** What is wrong, as a sentence without its subject. */
  readonly name: string;
  /** The words that begin the names of the cases that must notice it. */
  readonly noticedBy: readonly string[];
  /** The same log with the defect; `openingCount` tells the first process on a storage from its successors. */
  readonly breakLog: (log: DurableLog, openingCount: number) => DurableLog;
}

/** `log` with some methods replaced. */
export function altered(log: DurableLog, changes: Partial<DurableLog>): DurableLog {
  return new Proxy(log, {
    get: (target, name) => {
      const method: unknown = Reflect.get(name in changes ? changes : target, name);
      return typeof method === 'function' ? (method.bind(target) as unknown) : method;
    },
  });
}

export interface TaskSetting {
  readonly log: DurableLog;
  readonly definition: PartitionTaskDefinition;
  readonly partition: number;
}

/** `log` whose tasks are replaced by what `change` makes of them. */
export function withTasks(
  log: DurableLog,
  change: (task: PartitionTask, setting: TaskSetting) => Partial<PartitionTask>,
): DurableLog {
  return altered(log, {
    join: (definition) =>
      log.join({
        ...definition,
        createTask: (partition, wake) => {
          const task = definition.createTask(partition, wake);
          return { ...task, ...change(task, { log, definition, partition }) };
        },
      }),
  });
}

/** `log` whose steps are replaced. */
export function withSteps(
  log: DurableLog,
  change: (step: Step, gathering: Gathering, setting: TaskSetting) => Step | Promise<Step>,
): DurableLog {
  return withTasks(log, (task, setting) => ({
    step: async (gathering) => change(await task.step(gathering), gathering, setting),
  }));
}

/** `log` whose tasks are given other gatherings. */
export function withGatherings(
  log: DurableLog,
  change: (gathering: Gathering, setting: TaskSetting) => Gathering,
): DurableLog {
  return withTasks(log, (task, setting) => ({ step: (gathering) => task.step(change(gathering, setting)) }));
}

/** A gathering without the records that `keep` does not keep. */
export function filtered(gathering: Gathering, keep: (record: LogRecord) => boolean): Gathering {
  const records = new Map<string, readonly LogRecord[]>();
  for (const [topic, arrived] of gathering.records) {
    const kept = arrived.filter(keep);
    if (kept.length > 0) records.set(topic, kept);
  }
  return { ...gathering, records };
}

/** Where a task would have to begin to see this gathering again. */
export function startOf({ records }: Gathering, { definition }: TaskSetting): Readonly<Record<string, number>> {
  const starts = definition.streams.map((stream) => [stream, records.get(stream)?.[0]?.offset] as const);
  return Object.fromEntries(starts.flatMap(([stream, offset]) => (offset === undefined ? [] : [[stream, offset]])));
}

/** `engine` with the defect. */
export function brokenEngine(engine: LogEngine, { breakLog }: Defect): LogEngine {
  return {
    ...engine,
    createStorage: async () => {
      const storage = await engine.createStorage();
      const broken = new Map<DurableLog, DurableLog>();
      const open = async (clockAheadMs: number): Promise<OpenedLog> => {
        const opened = await storage.open(clockAheadMs);
        const log = broken.get(opened.log) ?? breakLog(opened.log, broken.size);
        broken.set(opened.log, log);
        return { ...opened, log };
      };
      return { open, remove: () => storage.remove() };
    },
  };
}
