/** A maintenance window as the database keeps it. */
import type { MaintenanceWindowSettings } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

@Entity('maintenance_windows')
export class MaintenanceWindowEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'jsonb' })
  settings!: MaintenanceWindowSettings;

  @Column({ name: 'created_at', ...instantColumn })
  createdAt!: number;
}
