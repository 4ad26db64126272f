/** Shows a delivery as the API promises it. */
import type { Delivery } from '@quorate/contracts';
import { isoOf, isoOrNull } from '../http/instants.ts';
import type { DeliveryAnswer } from './delivery.schema.ts';

export function presentDelivery({
  deliveryId,
  channelId,
  state,
  nextAttemptAt,
  attempts,
  alert,
}: Delivery): DeliveryAnswer {
  return {
    id: deliveryId,
    incidentId: alert.incidentId,
    monitorId: alert.subject === 'platform' ? null : alert.monitorId,
    transition: alert.transition,
    channelId,
    state,
    nextAttemptAt: isoOrNull(nextAttemptAt),
    attempts: attempts.map((attempt) => ({ ...attempt, at: isoOf(attempt.at) })),
  };
}
