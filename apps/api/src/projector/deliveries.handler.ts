/** Takes deliveries into the read model. */
import { Controller } from '@nestjs/common';
import { OnTopic, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Delivery } from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { jsonbOf } from '../database/jsonb.ts';
import { Projection } from './projection.ts';

@Controller()
export class DeliveriesHandler {
  readonly #projection: Projection;

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  /** A tombstone ends a delivery for the dispatcher; here it stays known, unless it was a sign of life. */
  @OnTopic('deliveries')
  async onDeliveries(records: readonly TaskRecord<Delivery>[]): Promise<TaskStep> {
    await this.#projection.take(records, projectDeliveries);
    return {};
  }
}

/**
 * Their partitions are the channels', so a delivery may come before its incident, and its monitor may be gone by now:
 * one of the three that it names has to be known.
 */
async function projectDeliveries(manager: EntityManager, records: readonly TaskRecord<Delivery>[]): Promise<void> {
  const newest = new Map(records.flatMap(({ value }) => (value === null ? [] : [[value.deliveryId, value]])));
  if (newest.size > 0) await saveDeliveries(manager, [...newest.values()]);
  const ended = records.flatMap(({ key, value }) => (value === null ? [key] : []));
  if (ended.length > 0) await forgetPulses(manager, ended);
}

/** One comes in every minute, for good: the log keeps those of the last ten, and so do we. */
async function forgetPulses(manager: EntityManager, deliveryIds: readonly string[]): Promise<void> {
  await manager.query(
    `DELETE FROM deliveries WHERE delivery_id = ANY ($1) AND delivery -> 'alert' ->> 'transition' = 'pulse'`,
    [deliveryIds],
  );
}

async function saveDeliveries(manager: EntityManager, deliveries: readonly Delivery[]): Promise<void> {
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
    [jsonbOf(deliveries)],
  );
}
