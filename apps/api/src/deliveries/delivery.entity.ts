/** A delivery as the read model keeps it. */
import type { Delivery } from '@quorate/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instantColumn } from '../database/instant.column.ts';

@Entity('deliveries')
export class DeliveryEntity {
  /** With the channel its identity: one delivery per alert and channel. */
  @PrimaryColumn({ name: 'alert_id', type: 'text' })
  alertId!: string;

  @PrimaryColumn({ name: 'channel_id', type: 'uuid' })
  channelId!: string;

  @Column({ name: 'delivery_id', type: 'text', unique: true })
  deliveryId!: string;

  @Column({ name: 'incident_id', type: 'text' })
  incidentId!: string;

  @Column({ type: 'text' })
  state!: Delivery['state'];

  @Column({ name: 'planned_at', ...instantColumn })
  plannedAt!: number;

  /** The delivery whole, as a retry sends it back to the dispatcher. */
  @Column({ type: 'jsonb' })
  delivery!: Delivery;
}
