/** The auditor's memory that outlives a pass, in the one row that there is from the start. */
import type { AuditFinding, Instant } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';
import type { Chosen } from './choice.ts';
import type { FindingKind } from './finding.ts';

/** What one pass put right of one kind. */
export interface RepairNote {
  readonly at: Instant;
  readonly kind: FindingKind;
  readonly count: number;
  /** A few of the IDs. */
  readonly subjects: readonly string[];
}

@Entity('audit')
export class AuditEntity {
  @PrimaryColumn({ type: 'boolean' })
  id!: true;

  /** Counts up with each change of `findings`. */
  @Column({ type: 'integer' })
  version!: number;

  @Column({ name: 'changed_at', ...instantColumn, nullable: true })
  changedAt!: Instant | null;

  @Column({ type: 'jsonb' })
  findings!: readonly AuditFinding[];

  /** The newest, newest first. */
  @Column({ type: 'jsonb' })
  repairs!: readonly RepairNote[];

  /** What people have said and no pass has done yet. */
  @Column({ type: 'jsonb' })
  chosen!: Chosen;

  /** The instance that made the last pass. */
  @Column({ type: 'text', nullable: true })
  holder!: string | null;

  @Column({ name: 'passed_at', ...instantColumn, nullable: true })
  passedAt!: Instant | null;
}
