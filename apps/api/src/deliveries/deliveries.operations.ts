/** The routes of deliveries, as they are validated and documented. */
import { operation } from '../http/operation.ts';
import { pageSchemaOf } from '../http/page.ts';
import { exampleDelivery } from './delivery.example.ts';
import { deliveriesQuerySchema, deliveryIdParameters, deliverySchema } from './delivery.schema.ts';

const tag = 'Deliveries';

export const listDeliveriesOperation = operation({
  tag,
  route: 'GET /api/v1/deliveries',
  id: 'listDeliveries',
  summary: 'Lists deliveries with each attempt, newest first',
  query: deliveriesQuerySchema,
  answer: {
    status: 200,
    description: 'A page of deliveries.',
    schema: pageSchemaOf(deliverySchema),
    example: { items: [exampleDelivery], nextCursor: null },
  },
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
  problems: ['QRT_DELIVERY_NOT_DEAD', 'QRT_LOG_UNAVAILABLE'],
});
