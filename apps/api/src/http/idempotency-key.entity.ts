/** A POST that carried an `Idempotency-Key`, and what it was answered. */
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

@Entity('idempotency_keys')
export class IdempotencyKeyEntity {
  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** A keyed hash of route and body. */
  @Column({ type: 'text' })
  fingerprint!: string;

  @Column({ name: 'created_at', ...instantColumn })
  createdAt!: number;

  /** Sealed, for it may show a secret once; null while the request is under way. */
  @Column({ type: 'text', nullable: true })
  answer!: string | null;
}
