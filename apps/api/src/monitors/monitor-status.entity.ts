/** What the aggregator last said of a monitor; apart from it, so that their writers do not wait for each other. */
import type { MonitorStatus } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

@Entity('monitor_statuses')
export class MonitorStatusEntity {
  @PrimaryColumn({ name: 'monitor_id', type: 'uuid' })
  monitorId!: string;

  @Column({ type: 'text' })
  status!: MonitorStatus;

  @Column(instantColumn)
  since!: number;

  @Column({ type: 'boolean' })
  flapping!: boolean;
}
