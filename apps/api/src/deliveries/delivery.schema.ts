/** Deliveries on the wire: what is asked and what is answered. */
import {
  attemptSchema,
  deliverySchema as deliveryRecordSchema,
  rolledUpInSchema,
  stormSchema,
  transitionSchema,
} from '@quorate/contracts';
import { z } from 'zod';
import { isoInstantSchema } from '../http/instants.ts';
import { pageParametersOf } from '../http/page.ts';

const deliveryIdSchema = z.string().min(1).max(220);
export const deliveryIdParameters = z.strictObject({ id: deliveryIdSchema });

export const deliverySchema = z.object({
  /** `incidentId:transition:sequence:channelId`; receivers drop duplicates by it. */
  id: deliveryIdSchema,
  incidentId: z.string(),
  /** Null when it tells of Quorate itself, or of a storm of many monitors. */
  monitorId: z.uuid().nullable(),
  transition: transitionSchema,
  channelId: z.uuid(),
  /** `rolled-up`: it is told in a storm's roll-up, whose message has a state and attempts of its own. */
  state: deliveryRecordSchema.shape.state,
  /** The first message of a roll-up that tells of it. With another state, that message could not be delivered. */
  rolledUpIn: rolledUpInSchema.nullable(),
  /** Of a message of a roll-up, how many monitors stood how; null of any other delivery. */
  storm: stormSchema.pick({ openCount: true, acknowledgedCount: true, resolvedCount: true }).nullable(),
  nextAttemptAt: isoInstantSchema.nullable(),
  attempts: z.array(attemptSchema.extend({ at: isoInstantSchema })),
});
export type DeliveryAnswer = z.infer<typeof deliverySchema>;

export const deliveriesQuerySchema = z.strictObject({
  ...pageParametersOf(deliveryIdSchema),
  channelId: z.uuid().optional(),
  state: deliveryRecordSchema.shape.state.optional(),
  /** What was said of an incident, or the messages of a storm's roll-up. */
  incidentId: z.string().min(1).max(128).optional(),
  /** What is told in the roll-up of this storm. */
  stormId: z.string().min(1).max(128).optional(),
});
export type DeliveriesQuery = z.output<typeof deliveriesQuerySchema>;
