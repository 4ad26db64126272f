/** A channel as the database keeps it: its settings with every secret sealed. */
import type { ChannelSettings, HeartbeatSettings } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

@Entity('channels')
export class ChannelEntity {
  @PrimaryColumn({ type: 'uuid' })
  id!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'jsonb' })
  settings!: ChannelSettings | HeartbeatSettings;

  @Column({ name: 'created_at', ...instantColumn })
  createdAt!: number;
}
