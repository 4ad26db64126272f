/** The settings of the installation as the database keeps them, in the one row that there is from the start. */
import type { InstallationSettings } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('installation')
export class InstallationEntity {
  @PrimaryColumn({ type: 'boolean' })
  id!: true;

  @Column({ type: 'integer' })
  version!: number;

  /** As they were last changed: a setting that is younger is missing. */
  @Column({ type: 'jsonb' })
  settings!: Partial<InstallationSettings>;
}
