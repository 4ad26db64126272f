/** The routes of deliveries. */
import { Controller } from '@nestjs/common';
import { mayRetry } from '@quorate/alerting';
import { DataSource } from 'typeorm';
import { Commands } from '../commands.ts';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { pageOf, type Page } from '../http/page.ts';
import { ProblemError } from '../http/problem.ts';
import { listDeliveriesOperation, retryDelivery } from './deliveries.operations.ts';
import { findDelivery, listDeliveries } from './deliveries.queries.ts';
import { presentDelivery } from './delivery.presenter.ts';
import type { DeliveryAnswer } from './delivery.schema.ts';

@Controller()
export class DeliveriesController {
  readonly #database: DataSource;
  readonly #commands: Commands;

  constructor(database: DataSource, commands: Commands) {
    this.#database = database;
    this.#commands = commands;
  }

  @Operation(listDeliveriesOperation)
  async list(@Input() { query }: InputOf<typeof listDeliveriesOperation>): Promise<Page<DeliveryAnswer>> {
    return pageOf(await listDeliveries(this.#database, query), query.limit, {
      present: ({ delivery }) => presentDelivery(delivery),
      position: ({ plannedAt, deliveryId }) => ({ at: plannedAt, id: deliveryId }),
    });
  }

  @Operation(retryDelivery)
  async retry(@Input() { params }: InputOf<typeof retryDelivery>): Promise<DeliveryAnswer> {
    const { delivery } = await findDelivery(this.#database, params.id);
    if (delivery.state !== 'dead') {
      throw new ProblemError('QRT_DELIVERY_NOT_DEAD', `It is ${delivery.state}; only a dead delivery is sent again.`);
    }
    if (!mayRetry(delivery)) {
      throw new ProblemError(
        'QRT_DELIVERY_REPLACED',
        'The incidents of this roll-up were sent on their own, or are told in its later messages; retry those.',
      );
    }
    const { channelId } = delivery;
    await this.#commands.append({ v: 1, type: 'retry-delivery', channelId, delivery, at: this.#commands.now() });
    return presentDelivery(delivery);
  }
}
