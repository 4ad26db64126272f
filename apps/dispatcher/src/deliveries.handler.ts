/** Hears of the deliveries of its channels, at the start from the table and then as every partition plans them. */
import { Controller } from '@nestjs/common';
import { OnTopic, type Task, type TaskRecord, type TaskStep, type TaskWrite } from '@quorate/bus';
import type { Delivery } from '@quorate/contracts';
import type { SendingPartition } from './sending-partition.ts';

/** `alertId:channelId`, and a channel's ID holds no colon. */
function channelIdOf(deliveryId: string): string {
  return deliveryId.slice(deliveryId.lastIndexOf(':') + 1);
}

/** Whether a delivery was planned again over the record of one that is known: two channels share a fallback. */
function isPlannedOver(delivery: Delivery, known: Delivery): boolean {
  return delivery.attemptCount === 0 && delivery.plannedAt !== known.plannedAt;
}

@Controller()
export class DeliveriesHandler {
  @OnTopic('deliveries')
  onDeliveries(records: readonly TaskRecord<Delivery>[], { state, phase }: Task<SendingPartition>): TaskStep {
    return { writes: records.flatMap((record) => this.#hear(record, state, phase)) };
  }

  #hear(
    { key, value, headers }: TaskRecord<Delivery>,
    partition: SendingPartition,
    phase: Task<unknown>['phase'],
  ): TaskWrite[] {
    if (value === null) {
      partition.forget(channelIdOf(key), key);
      return [];
    }
    const known = partition.get(value);
    if (phase === 'restore' || known === undefined) {
      partition.accept(value, headers);
      return [];
    }
    // What this task wrote itself comes back here too; its memory is the newer truth.
    if (!isPlannedOver(value, known)) return [];
    return [
      { topic: 'deliveries', key, value: known, partitionKey: known.channelId, headers: partition.headersOf(known) },
    ];
  }
}
