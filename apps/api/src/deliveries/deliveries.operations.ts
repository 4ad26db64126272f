/** The routes of deliveries, as they are validated and documented. */
import { operation } from '../http/operation.ts';
import { answersPage } from '../http/page.ts';
import { exampleDelivery, exampleRolledUpDelivery, exampleStormDelivery } from './delivery.example.ts';
import { deliveriesQuerySchema, deliveryIdParameters, deliverySchema } from './delivery.schema.ts';

const tag = 'Deliveries';

export const listDeliveriesOperation = operation({
  tag,
  route: 'GET /api/v1/deliveries',
  id: 'listDeliveries',
  summary: 'Lists deliveries with each attempt, newest first',
  description:
    'When many monitors of a channel open at once, the first ones page on their own and the others are told in one ' +
    'roll-up: their deliveries are `rolled-up`, and `rolledUpIn` names the storm and the message that tells of them.',
  query: deliveriesQuerySchema,
  answer: answersPage('deliveries', deliverySchema, [exampleStormDelivery, exampleRolledUpDelivery, exampleDelivery]),
});

export const retryDelivery = operation({
  tag,
  route: 'POST /api/v1/deliveries/{id}/retry',
  id: 'retryDelivery',
  summary: 'Sends a dead delivery again',
  params: deliveryIdParameters,
  unknown: 'QRT_DELIVERY_UNKNOWN',
  answer: {
    status: 202,
    description: 'It will be sent again; this is how it stands.',
    schema: deliverySchema,
    example: exampleDelivery,
  },
  problems: ['QRT_DELIVERY_NOT_DEAD', 'QRT_DELIVERY_REPLACED', 'QRT_LOG_UNAVAILABLE'],
});
