/** What a decision that threw leaves behind: its input among the dead letters, for operators to look at. */
import type { TaskRecord, TaskWrite } from '@quorate/bus';
import { deadLetterValueCharactersMax, type DeadLetter, type Instant } from '@quorate/contracts';

const service = 'aggregator';
const reasonCharactersMax = 2_048;

/** What was decided upon: a record, or a monitor for which something fell due. */
export type Cause = Pick<TaskRecord<unknown>, 'topic' | 'partition' | 'offset' | 'key' | 'value'>;

export function deadLetterOf(cause: Cause, error: unknown, at: Instant): TaskWrite {
  const { topic, partition, offset, key, value } = cause;
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const letter: DeadLetter = {
    v: 1,
    service,
    topic,
    partition,
    offset,
    key,
    reason: `The decision failed: ${reason}`.slice(0, reasonCharactersMax),
    value: JSON.stringify(value).slice(0, deadLetterValueCharactersMax),
    at,
  };
  return { topic: 'dead-letters', key: `${service}:${topic}:${partition}:${offset}`, value: letter };
}
