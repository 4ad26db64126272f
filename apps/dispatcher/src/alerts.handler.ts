/** Plans by monitor: an alert becomes one delivery for each channel, in the channel's own partition. */
import { Controller, Inject } from '@nestjs/common';
import { planDeliveries } from '@quorate/alerting';
import { OnTopic, type Task, type TaskRecord, type TaskStep, type TaskWrite } from '@quorate/bus';
import type { Alert, Instant } from '@quorate/contracts';
import { startSpan, traceHeaders } from '@quorate/telemetry';
import { ChannelDirectory } from './channel-directory.ts';
import type { SendingPartition } from './sending-partition.ts';

@Controller()
export class AlertsHandler {
  readonly #channels: ChannelDirectory;

  constructor(@Inject(ChannelDirectory) channels: ChannelDirectory) {
    this.#channels = channels;
  }

  @OnTopic('alerts')
  onAlerts(records: readonly TaskRecord<Alert>[], { now }: Task<SendingPartition>): TaskStep {
    return { writes: records.flatMap((record) => this.#plan(record, now)) };
  }

  #plan({ value: alert, headers: cause }: TaskRecord<Alert>, now: Instant): TaskWrite[] {
    if (alert === null) return [];
    const span = startSpan('deliveries.plan', { parent: cause, attributes: { 'quorate.alert.id': alert.alertId } });
    const headers = traceHeaders(span);
    const typeOf = (channelId: string) => this.#channels.get(channelId)?.type;
    const deliveries = planDeliveries(alert, { typeOf, now });
    span.setAttribute('quorate.deliveries', deliveries.length).end();
    return deliveries.map((delivery) => {
      const { deliveryId, channelId } = delivery;
      return { topic: 'deliveries', key: deliveryId, value: delivery, partitionKey: channelId, headers };
    });
  }
}
