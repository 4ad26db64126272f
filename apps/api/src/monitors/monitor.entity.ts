/** A monitor as the database keeps it: its settings with every secret sealed. */
import type { MonitorSettings, SelfMonitorSettings } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

@Entity('monitors')
export class MonitorEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'text' })
  name!: string;

  /** For the search by `q`. */
  @Column({ type: 'text' })
  target!: string;

  @Column({ type: 'boolean' })
  paused!: boolean;

  @Column({ type: 'jsonb' })
  settings!: MonitorSettings | SelfMonitorSettings;

  @Column({ name: 'created_at', ...instantColumn })
  createdAt!: number;

  @Column({ name: 'changed_at', ...instantColumn })
  changedAt!: number;
}
