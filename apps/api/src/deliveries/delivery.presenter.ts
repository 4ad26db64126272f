/** Shows a delivery as the API promises it. */
import type { Delivery, Storm } from '@quorate/contracts';
import { isoOf, isoOrNull } from '../http/instants.ts';
import type { DeliveryAnswer } from './delivery.schema.ts';

export function presentDelivery({
  deliveryId,
  channelId,
  state,
  rolledUpIn,
  nextAttemptAt,
  attempts,
  alert,
  storm,
}: Delivery): DeliveryAnswer {
  return {
    id: deliveryId,
    incidentId: alert.incidentId,
    monitorId: alert.subject === 'monitor' || alert.subject === 'certificate' ? alert.monitorId : null,
    transition: alert.transition,
    channelId,
    state,
    rolledUpIn,
    storm: storm === null ? null : countsOf(storm),
    nextAttemptAt: isoOrNull(nextAttemptAt),
    attempts: attempts.map((attempt) => ({ ...attempt, at: isoOf(attempt.at) })),
  };
}

function countsOf({ openCount, acknowledgedCount, resolvedCount }: Storm): DeliveryAnswer['storm'] {
  return { openCount, acknowledgedCount, resolvedCount };
}
