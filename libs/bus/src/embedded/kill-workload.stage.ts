/** What the killed process and its heirs do with their inputs: copy each, and count them, in one step. */
import type { PartitionTaskDefinition, TopicSettings } from '../log.ts';

const kept = { compacted: false, retentionMs: 3_600_000 } as const;

export const killTopics: readonly TopicSettings[] = [
  { name: 'inputs', partitionCount: 1, retention: kept },
  { name: 'copies', partitionCount: 1, retention: kept },
  { name: 'counts', partitionCount: 1, retention: { compacted: true } },
];

export function copyAndCount(): PartitionTaskDefinition {
  return {
    group: 'copiers',
    tables: [],
    streams: ['inputs'],
    stateTopic: 'counts',
    guarantee: 'exactly-once',
    gatherMs: 5,
    createTask: () => {
      let count = 0;
      return {
        restore: (records) => {
          count = Number(records.at(-1)?.value ?? count);
        },
        step: ({ records }) => {
          const inputs = records.get('inputs') ?? [];
          if (inputs.length === 0) return { records: [] };
          count += inputs.length;
          const copies = inputs.map(({ value }) => ({ topic: 'copies', partition: 0, key: 'copy', value }));
          return { records: [{ topic: 'counts', partition: 0, key: 'count', value: String(count) }, ...copies] };
        },
      };
    },
  };
}
