/** Makes one step of the log from what the handlers of a gathering asked for. */
import { partitionOf, topics } from '@quorate/contracts';
import type { OutgoingRecord, Step } from '../log.ts';
import type { TaskStep, TaskWrite } from './task.ts';

type PartitionCountOf = (topic: string) => number;

/** The record that `write` stands for, in the partition of its entity. */
function outgoing(write: TaskWrite, partitionCountOf: PartitionCountOf): OutgoingRecord {
  const { topic, key, value, partitionKey = key, headers } = write;
  const partition = topics[topic].partitions === 'one' ? 0 : partitionOf(partitionKey, partitionCountOf(topic));
  return { topic, partition, key, value: value === null ? null : JSON.stringify(value), ...(headers && { headers }) };
}

/** In the order of the handlers; `deadLetters` come last. */
export function mergeSteps(
  steps: readonly TaskStep[],
  deadLetters: readonly OutgoingRecord[],
  partitionCountOf: PartitionCountOf,
): Step {
  const records = steps.flatMap(({ writes = [] }) => writes.map((write) => outgoing(write, partitionCountOf)));
  const callbacks = steps.flatMap(({ committed }) => committed ?? []);
  return {
    records: [...records, ...deadLetters],
    resumeFrom: Object.assign({}, ...steps.map(({ resumeFrom }) => resumeFrom)) as Record<string, number>,
    committed: () => {
      for (const callback of callbacks) callback();
    },
  };
}
