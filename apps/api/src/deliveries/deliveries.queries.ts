/** Reads deliveries. */
import type { DataSource } from 'typeorm';
import { ProblemError } from '../http/problem.ts';
import { heartbeatChannelId } from '../settings/built-in.ts';
import { DeliveryEntity } from './delivery.entity.ts';
import type { DeliveriesQuery } from './delivery.schema.ts';

/** @throws ProblemError when there is none. */
export async function findDelivery(database: DataSource, deliveryId: string): Promise<DeliveryEntity> {
  const delivery = await database.manager.findOne(DeliveryEntity, { where: { deliveryId } });
  if (delivery !== null) return delivery;
  throw new ProblemError('QRT_DELIVERY_UNKNOWN', 'No delivery has this ID; list the deliveries to see what there is.');
}

/** The page's rows and one more. Signs of life are shown to those who ask for them by their channel. */
export function listDeliveries(database: DataSource, query: DeliveriesQuery): Promise<DeliveryEntity[]> {
  const { channelId, state, incidentId, stormId, cursor, limit } = query;
  const builder = database
    .createQueryBuilder(DeliveryEntity, 'delivery')
    .orderBy('delivery.plannedAt', 'DESC')
    .addOrderBy('delivery.deliveryId', 'DESC')
    .take(limit + 1);
  if (channelId !== undefined) builder.andWhere('delivery.channelId = :channelId', { channelId });
  else builder.andWhere('delivery.channelId <> :heartbeatChannelId', { heartbeatChannelId });
  if (state !== undefined) builder.andWhere('delivery.state = :state', { state });
  if (incidentId !== undefined) builder.andWhere('delivery.incidentId = :incidentId', { incidentId });
  if (stormId !== undefined) {
    builder.andWhere(`delivery.delivery -> 'rolledUpIn' ->> 'stormId' = :stormId`, { stormId });
  }
  if (cursor !== undefined) {
    builder.andWhere('(delivery.plannedAt, delivery.deliveryId) < (:at, :id)', {
      at: new Date(cursor.at),
      id: cursor.id,
    });
  }
  return builder.getMany();
}
