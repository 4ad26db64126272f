/** Writes deliveries into the read model. */
import type { Delivery } from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { jsonbOf } from '../database/jsonb.ts';

/**
 * Their partitions are the channels', so a delivery may come before its incident, and its monitor may be gone by now:
 * one of the three that it names has to be known. Of several forms of one delivery the last counts.
 */
export async function saveDeliveries(manager: EntityManager, deliveries: readonly Delivery[]): Promise<void> {
  const newest = new Map(deliveries.map((delivery) => [delivery.deliveryId, delivery]));
  if (newest.size === 0) return;
  await manager.query(
    `INSERT INTO deliveries (alert_id, channel_id, delivery_id, incident_id, state, planned_at, delivery)
      SELECT told.delivery -> 'alert' ->> 'alertId', (told.delivery ->> 'channelId')::uuid,
        told.delivery ->> 'deliveryId', told.delivery -> 'alert' ->> 'incidentId', told.delivery ->> 'state',
        to_timestamp((told.delivery ->> 'plannedAt')::bigint / 1000.0), told.delivery
      FROM jsonb_array_elements($1::jsonb) AS told (delivery)
      WHERE EXISTS (SELECT FROM channels WHERE id = (told.delivery ->> 'channelId')::uuid)
        OR EXISTS (SELECT FROM monitors WHERE id = (told.delivery -> 'alert' ->> 'monitorId')::uuid)
        OR EXISTS (SELECT FROM incidents WHERE id = told.delivery -> 'alert' ->> 'incidentId')
      ON CONFLICT (alert_id, channel_id) DO UPDATE
        SET state = excluded.state, planned_at = excluded.planned_at, delivery = excluded.delivery`,
    [jsonbOf([...newest.values()])],
  );
}
