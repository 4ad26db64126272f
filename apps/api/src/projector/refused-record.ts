/** Records that the database refused: kept with their position for the auditor, and told among the dead letters. */
import type { TaskRecord } from '@quorate/bus';
import { cutDeadLetter, deadLetterKey, type Instant } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn, type EntityManager } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';
import { enqueueIfRoom } from '../outbox/outbox.ts';

/** The newest are kept; a fault that refuses every record must not fill the disk. */
const refusedRecordsKeptMax = 1_000;

@Entity('refused_records')
export class RefusedRecordEntity {
  @PrimaryColumn({ type: 'text' })
  topic!: string;

  @PrimaryColumn({ type: 'integer' })
  partition!: number;

  @PrimaryColumn({ name: 'record_offset', type: 'bigint' })
  offset!: number;

  @Column({ type: 'text' })
  key!: string;

  /** In the database's words; names the constraint. */
  @Column({ type: 'text' })
  reason!: string;

  @Column({ name: 'refused_at', ...instantColumn })
  refusedAt!: Instant;
}

interface Refused {
  readonly record: TaskRecord<unknown>;
  readonly error: Error;
  readonly at: Instant;
}

/**
 * In the transaction that moves the position past it, so that each is put aside once; its dead letter may come twice,
 * under one key. Whether the dead letter will be written: not when the outbox is full.
 */
export async function putAside(manager: EntityManager, { record, error, at }: Refused): Promise<boolean> {
  const { topic, partition, offset, key, value, headers } = record;
  const place = { topic, partition, offset, key };
  const letter = cutDeadLetter({
    ...place,
    service: 'api',
    reason: `The database refused it: ${error.message}`,
    value: value === null ? null : JSON.stringify(value),
    at,
  });
  const identity = ['topic', 'partition', 'offset'];
  await manager.upsert(RefusedRecordEntity, { ...place, reason: letter.reason, refusedAt: at }, identity);
  await forgetOldest(manager);
  return enqueueIfRoom(manager, { topic: 'dead-letters', key: deadLetterKey(letter), value: letter, headers });
}

async function forgetOldest(manager: EntityManager): Promise<void> {
  await manager.query(
    `DELETE FROM refused_records WHERE (topic, partition, record_offset) IN (
      SELECT topic, partition, record_offset FROM refused_records ORDER BY refused_at DESC OFFSET $1)`,
    [refusedRecordsKeptMax],
  );
}
