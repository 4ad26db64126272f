/** Takes deliveries into the read model. */
import { Controller } from '@nestjs/common';
import { OnTopic, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Delivery } from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { Projection } from './projection.ts';
import { saveDeliveries } from './save-deliveries.ts';

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

async function projectDeliveries(manager: EntityManager, records: readonly TaskRecord<Delivery>[]): Promise<void> {
  await saveDeliveries(
    manager,
    records.flatMap(({ value }) => value ?? []),
  );
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
