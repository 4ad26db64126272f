/** A partition task that notes what it is given; what its steps answer is the case's to say. */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  DurableLog,
  Gathering,
  LogRecord,
  Membership,
  OutgoingRecord,
  PartitionTask,
  PartitionTaskDefinition,
  Step,
} from '../log.ts';

/** What one life of one task saw. */
interface TaskLife {
  readonly partition: number;
  readonly restored: LogRecord[];
  readonly gatherings: Gathering[];
  /** Every record handed to `step`, in the order of handing. */
  readonly received: LogRecord[];
  readonly wake: () => void;
  endCount: number;
}

export interface Recorder {
  readonly lives: TaskLife[];
  readonly definition: PartitionTaskDefinition;
  /** Every record handed to any step of any life. */
  received(topic?: string): LogRecord[];
  latest(partition?: number): TaskLife | undefined;
}

export type Answer = (gathering: Gathering, life: TaskLife) => Step | Promise<Step>;

export interface RecorderSettings extends Partial<Omit<PartitionTaskDefinition, 'createTask'>> {
  readonly group: string;
  readonly answer?: Answer;
  readonly positions?: () => Promise<Readonly<Record<string, number>>>;
}

export const nothing: Step = { records: [] };

function createTask(life: TaskLife, { answer, positions }: RecorderSettings): PartitionTask {
  return {
    restore: (records) => void life.restored.push(...records),
    step: (gathering) => {
      life.gatherings.push(gathering);
      for (const records of gathering.records.values()) life.received.push(...records);
      return answer?.(gathering, life) ?? nothing;
    },
    ...(positions && { positions }),
    end: () => void life.endCount++,
  };
}

export function recorder(settings: RecorderSettings): Recorder {
  const lives: TaskLife[] = [];
  const { group, tables = [], streams = [], stateTopic = null, guarantee = 'exactly-once', gatherMs = 20 } = settings;
  const { restMs = gatherMs } = settings;
  return {
    lives,
    definition: {
      ...{ group, tables, streams, stateTopic, guarantee, gatherMs, restMs },
      createTask: (partition, wake) => {
        const life: TaskLife = { partition, restored: [], gatherings: [], received: [], wake, endCount: 0 };
        lives.push(life);
        return createTask(life, settings);
      },
    },
    received: (topic) =>
      lives.flatMap(({ received }) => received.filter((record) => topic === undefined || record.topic === topic)),
    latest: (partition) => lives.findLast((life) => partition === undefined || life.partition === partition),
  };
}

/** Joins and waits until every partition assigned to the new member runs. */
export async function joinReady(log: DurableLog, { definition }: Recorder, patienceMs = 30_000): Promise<Membership> {
  const membership = await log.join(definition);
  const givenUpAt = performance.now() + patienceMs;
  while (!membership.ready) {
    if (performance.now() > givenUpAt) throw new Error(`the member of ${definition.group} did not become ready`);
    await sleep(5);
  }
  return membership;
}

/** In partition 0; spread another partition over it. */
export function record(topic: string, key: string, value: string | null): OutgoingRecord {
  return { topic, partition: 0, key, value };
}

/** `count` records whose values are their numbers from `first`. */
export function numbered(
  topic: string,
  count: number,
  { first = 0, partition = 0, key = 'key' } = {},
): OutgoingRecord[] {
  return Array.from({ length: count }, (_, index) => ({ topic, partition, key, value: String(first + index) }));
}

export function values(records: readonly { readonly value: string | null }[]): (string | null)[] {
  return records.map(({ value }) => value);
}

/** The values '0' to `count - 1`. */
export function counted(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}
