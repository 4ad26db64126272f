/**
 * Stands in for the decoding of what came off the log, and leaves it to the real one: but what several processes read
 * is decoded once. They share it frozen, so that none of them can tell.
 */
import type { LogRecord, OutgoingRecord, TaskRecord } from '@quorate/bus';
import type { Instant, TopicName } from '@quorate/contracts';
import { Recent } from '../recent.ts';
import { root } from '../root.ts';

interface Reading {
  readonly records: readonly TaskRecord<unknown>[];
  readonly deadLetters: readonly OutgoingRecord[];
}

type Decode = (
  topic: TopicName,
  records: readonly LogRecord[],
  by: { readonly service: string; readonly at: Instant },
) => Reading;

const original = new URL('libs/bus/dist/nest/decode.js', root);
const { readRecords: decode } = (await import(original.href)) as { readRecords: Decode };

const known = new Recent<LogRecord, TaskRecord<unknown>>();

function freeze(value: unknown): void {
  if (value === null || typeof value !== 'object') return;
  for (const part of Object.values(value)) freeze(part);
  Object.freeze(value);
}

export const readRecords: Decode = (topic, records, by) => {
  const read: TaskRecord<unknown>[] = [];
  const deadLetters: OutgoingRecord[] = [];
  for (const record of records) {
    const before = known.get(record);
    if (before === undefined) {
      const reading = decode(topic, [record], by);
      deadLetters.push(...reading.deadLetters);
      for (const one of reading.records) {
        freeze(one.value);
        known.set(record, one);
        read.push(one);
      }
    } else read.push(before);
  }
  return { records: read, deadLetters };
};
