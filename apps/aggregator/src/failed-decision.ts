/** What a decision that threw leaves behind: its input among the dead letters, for operators to look at. */
import type { TaskRecord, TaskWrite } from '@quorate/bus';
import { cutDeadLetter, deadLetterKey, type Instant } from '@quorate/contracts';

/** What was decided upon: a record, or a monitor for which something fell due. */
export type Cause = Pick<TaskRecord<unknown>, 'topic' | 'partition' | 'offset' | 'key' | 'value'>;

export function deadLetterOf(cause: Cause, error: unknown, at: Instant): TaskWrite {
  const { topic, partition, offset, key, value } = cause;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const letter = cutDeadLetter({
    service: 'aggregator',
    topic,
    partition,
    offset,
    key,
    reason: `The decision failed: ${reason}`,
    value: JSON.stringify(value),
    at,
  });
  return { topic: 'dead-letters', key: deadLetterKey(letter), value: letter };
}
