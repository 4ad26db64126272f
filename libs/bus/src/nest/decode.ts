/** Turns what came off the log into what handlers read; what cannot be read goes to the dead letters instead. */
import { cutDeadLetter, deadLetterKey, topics, type Instant, type TopicName } from '@quorate/contracts';
import { metrics } from '@quorate/telemetry';
import type { LogRecord, OutgoingRecord } from '../log.ts';
import type { TaskRecord } from './task.ts';

export interface Reading {
  readonly records: readonly TaskRecord<unknown>[];
  /** One for each record that could not be read. */
  readonly deadLetters: readonly OutgoingRecord[];
}

type Parsed = { readonly value: unknown } | { readonly reason: string };

function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { reason: `not JSON: ${(error as Error).message}` };
  }
}

function parseValue(topic: TopicName, text: string): Parsed {
  const json = parseJson(text);
  if ('reason' in json) return json;
  const { success, data, error } = topics[topic].schema.safeParse(json.value);
  if (success) return { value: data };
  return { reason: error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`).join('; ') };
}

function deadLetterOf(record: LogRecord, reason: string, by: { service: string; at: Instant }): OutgoingRecord {
  const { topic, partition, offset, key, value, headers } = record;
  const letter = cutDeadLetter({ ...by, topic, partition, offset, key, reason, value });
  return { topic: 'dead-letters', partition: 0, key: deadLetterKey(letter), value: JSON.stringify(letter), headers };
}

/** Reads records of one topic. `by` signs the dead letters. */
export function readRecords(
  topic: TopicName,
  records: readonly LogRecord[],
  by: { readonly service: string; readonly at: Instant },
): Reading {
  const read: TaskRecord<unknown>[] = [];
  const deadLetters: OutgoingRecord[] = [];
  for (const record of records) {
    const parsed = record.value === null ? { value: null } : parseValue(topic, record.value);
    if ('value' in parsed) {
      read.push({ ...record, topic, value: parsed.value });
    } else {
      metrics.deadLetters.add(1, { service: by.service, topic });
      deadLetters.push(deadLetterOf(record, parsed.reason, by));
    }
  }
  return { records: read, deadLetters };
}
