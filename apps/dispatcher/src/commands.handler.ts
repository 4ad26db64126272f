/** Hears what people ask of a channel: to send a harmless test, or a dead delivery again. */
import { Controller } from '@nestjs/common';
import { mayRetry, newDelivery, plannedAgain } from '@quorate/alerting';
import { OnTopic, type Task, type TaskRecord, type TaskStep, type TaskWrite } from '@quorate/bus';
import { alertIdOf, type Alert, type Command, type Delivery } from '@quorate/contracts';
import type { RecordHeaders } from '@quorate/telemetry';
import type { SendingPartition } from './sending-partition.ts';

type TestChannel = Extract<Command, { type: 'test-channel' }>;

function testAlert({ testId, channelId, at }: TestChannel): Alert {
  const incidentId = `test:${testId}`;
  return {
    v: 1,
    subject: 'monitor',
    trouble: null,
    alertId: alertIdOf(incidentId, 'test', 0),
    incidentId,
    monitorId: testId,
    transition: 'test',
    sequence: 0,
    at,
    monitor: { name: 'Test of a channel', type: 'test', target: 'quorate', tags: {} },
    channelIds: [channelId],
    firstFailureAt: at,
    openedAt: at,
    resolvedAt: null,
    resolveCause: null,
    acknowledgedBy: null,
    regions: [],
    expectedRegions: [],
    votes: [],
  };
}

@Controller()
export class CommandsHandler {
  @OnTopic('commands')
  onCommands(records: readonly TaskRecord<Command>[], task: Task<SendingPartition>): TaskStep {
    return { writes: records.flatMap((record) => this.#obey(record, task)) };
  }

  #obey({ value: command, headers }: TaskRecord<Command>, { state, now }: Task<SendingPartition>): TaskWrite[] {
    switch (command?.type) {
      case 'test-channel':
        return accepted([newDelivery(testAlert(command), command.channelId, now)], state, headers);
      case 'retry-delivery':
        return accepted(
          revived(command.delivery, state).map((delivery) => plannedAgain(delivery, now)),
          state,
          headers,
        );
      default:
        return []; // Meant for the aggregator.
    }
  }
}

/** A dead delivery, and with a trigger what died with it: else it would open what nothing resolves. */
function revived(asked: Delivery, state: SendingPartition): readonly Delivery[] {
  const delivery = state.get(asked) ?? asked;
  if (!mayRetry(delivery)) return [];
  if (delivery.alert.transition !== 'opened') return [delivery];
  const followers = state.lane(delivery.channelId).queue.lineOf(delivery);
  return [delivery, ...followers.filter((other) => mayRetry(other) && other.deliveryId !== delivery.deliveryId)];
}

function accepted(deliveries: readonly Delivery[], state: SendingPartition, headers: RecordHeaders): TaskWrite[] {
  return deliveries.map((delivery) => {
    state.accept(delivery, headers);
    const { deliveryId, channelId } = delivery;
    return { topic: 'deliveries', key: deliveryId, value: delivery, partitionKey: channelId, headers };
  });
}
