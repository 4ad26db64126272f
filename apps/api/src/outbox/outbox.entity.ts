/** A record on its way to the log, written in the transaction of the change that it tells of. */
import type { TopicName } from '@quorate/contracts';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('outbox')
export class OutboxEntity {
  /** The order in which rows are published. */
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: number;

  @Column({ type: 'text' })
  topic!: TopicName;

  @Column({ type: 'text' })
  key!: string;

  /** The entity whose partition the record belongs to. */
  @Column({ name: 'partition_key', type: 'text' })
  partitionKey!: string;

  /** The record's JSON text as the log will hold it; null is a tombstone. */
  @Column({ type: 'text', nullable: true })
  value!: string | null;

  @Column({ type: 'jsonb' })
  headers!: Record<string, string>;
}
