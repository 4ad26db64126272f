/** Writes records into the outbox, in the transaction of the change that causes them. */
import type { TopicName, TopicValue } from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { ProblemError } from '../http/problem.ts';
import { requestTraceHeaders } from '../http/request-context.ts';
import { OutboxEntity } from './outbox.entity.ts';

/** Beyond this many unpublished rows the log has been away for long; changes are refused until it is back. */
const outboxRowsMax = 10_000;

export interface OutboxRecord<Name extends TopicName> {
  readonly topic: Name;
  readonly key: string;
  /** The entity whose partition it belongs to; the key unless it is said. */
  readonly partitionKey?: string;
  readonly value: TopicValue<Name> | null;
  /** The trace context of the request being answered unless it is said. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Change the entity's own row first: its lock is what makes the rows of one key come in the order of their commits.
 * @throws ProblemError when the outbox is full.
 */
export async function enqueue<Name extends TopicName>(
  manager: EntityManager,
  record: OutboxRecord<Name>,
): Promise<void> {
  if (await enqueueIfRoom(manager, record)) return;
  throw new ProblemError('QRT_LOG_UNAVAILABLE', 'Too many changes wait for the log; try again when it is back.');
}

/** Whether it was written; not when the outbox is full. */
export async function enqueueIfRoom<Name extends TopicName>(
  manager: EntityManager,
  { topic, key, partitionKey = key, value, headers = requestTraceHeaders() }: OutboxRecord<Name>,
): Promise<boolean> {
  const waitingCount = await manager
    .createQueryBuilder()
    .select('count(*)', 'count')
    .from((rows) => rows.select('row.id').from(OutboxEntity, 'row').limit(outboxRowsMax), 'waiting')
    .getRawOne<{ count: number }>();
  if ((waitingCount?.count ?? 0) >= outboxRowsMax) return false;
  await manager.insert(OutboxEntity, {
    topic,
    key,
    partitionKey,
    value: value === null ? null : JSON.stringify(value),
    headers,
  });
  return true;
}
