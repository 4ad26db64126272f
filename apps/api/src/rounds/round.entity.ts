/** A closed round as the read model keeps it, with every vote. */
import type { CastVote, RoundKind, Verdict } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

@Entity('rounds')
export class RoundEntity {
  @PrimaryColumn({ name: 'monitor_id', type: 'uuid' })
  monitorId!: string;

  @PrimaryColumn({ name: 'due_at', ...instantColumn })
  dueAt!: number;

  @PrimaryColumn({ type: 'text' })
  kind!: RoundKind;

  @Column({ type: 'text' })
  verdict!: Verdict;

  @Column({ name: 'decided_at', ...instantColumn })
  decidedAt!: number;

  @Column({ name: 'closed_at', ...instantColumn })
  closedAt!: number;

  @Column({ name: 'expected_regions', type: 'jsonb' })
  expectedRegions!: string[];

  @Column({ name: 'absent_regions', type: 'jsonb' })
  absentRegions!: string[];

  @Column({ name: 'quarantined_regions', type: 'jsonb' })
  quarantinedRegions!: string[];

  @Column({ name: 'missed_round_count', type: 'integer' })
  missedRoundCount!: number;

  @Column({ type: 'jsonb' })
  votes!: CastVote[];
}
