/** Tells operators of a row that the store could not vouch for. */
import type { DeadLetter, Instant } from '@quorate/contracts';
import type { OutgoingRecord } from '../log.ts';
import type { TopicPartition } from './topic-table.ts';

export const deadLetterTopic = 'dead-letters';

export function damagedLetter(
  { topic, partition, offset }: TopicPartition & { readonly offset: number },
  at: Instant,
): OutgoingRecord {
  const letter: DeadLetter = {
    v: 1,
    service: 'bus',
    topic,
    partition,
    offset,
    key: null,
    reason: 'The row on disk is damaged: its checksum does not fit.',
    value: null,
    at,
  };
  return {
    topic: deadLetterTopic,
    partition: 0,
    key: `bus:${topic}:${partition}:${offset}`,
    value: JSON.stringify(letter),
  };
}
