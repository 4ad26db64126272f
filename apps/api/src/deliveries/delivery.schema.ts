/** Deliveries on the wire: what is asked and what is answered. */
import { attemptSchema, deliverySchema as deliveryRecordSchema, transitionSchema } from '@quorate/contracts';
import { z } from 'zod';
import { isoInstantSchema } from '../http/instants.ts';
import { pageParametersOf } from '../http/page.ts';

const deliveryIdSchema = z.string().min(1).max(220);
export const deliveryIdParameters = z.strictObject({ id: deliveryIdSchema });

export const deliverySchema = z.object({
  /** `incidentId:transition:sequence:channelId`; receivers drop duplicates by it. */
  id: deliveryIdSchema,
  incidentId: z.string(),
  /** Null when it tells of Quorate itself. */
  monitorId: z.uuid().nullable(),
  transition: transitionSchema,
  channelId: z.uuid(),
  state: deliveryRecordSchema.shape.state,
  nextAttemptAt: isoInstantSchema.nullable(),
  attempts: z.array(attemptSchema.extend({ at: isoInstantSchema })),
});
export type DeliveryAnswer = z.infer<typeof deliverySchema>;

export const deliveriesQuerySchema = z.strictObject({
  ...pageParametersOf(deliveryIdSchema),
  channelId: z.uuid().optional(),
  state: deliveryRecordSchema.shape.state.optional(),
});
export type DeliveriesQuery = z.output<typeof deliveriesQuerySchema>;
