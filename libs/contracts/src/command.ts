/** What people ask of a running system through the API, on `commands`. */
import { z } from 'zod';
import { deliverySchema } from './delivery.ts';
import { channelIdSchema, monitorIdSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';

/** In the monitor's partition. */
const acknowledgeSchema = z.object({
  v: z.literal(1),
  type: z.literal('acknowledge'),
  monitorId: monitorIdSchema,
  incidentId: z.string().max(128),
  by: z.string().max(200),
  at: instantSchema,
});

/** In the channel's partition: sends a harmless test alert. */
const testChannelSchema = z.object({
  v: z.literal(1),
  type: z.literal('test-channel'),
  channelId: channelIdSchema,
  /** Names the test: its delivery is `test:<testId>:test:0:<channelId>`. */
  testId: z.uuid(),
  at: instantSchema,
});

/**
 * In the channel's partition: sends a dead delivery again. It carries the delivery, whose own record may have ended in
 * a tombstone.
 */
const retryDeliverySchema = z.object({
  v: z.literal(1),
  type: z.literal('retry-delivery'),
  channelId: channelIdSchema,
  delivery: deliverySchema,
  at: instantSchema,
});

export const commandSchema = z.discriminatedUnion('type', [acknowledgeSchema, testChannelSchema, retryDeliverySchema]);
export type Command = z.infer<typeof commandSchema>;
