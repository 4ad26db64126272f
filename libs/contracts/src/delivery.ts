/** One alert to one channel, planned and tracked: the state of the dispatcher, keyed by delivery. */
import { z } from 'zod';
import { alertSchema } from './alert.ts';
import { channelIdSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { rolledUpInSchema, stormSchema } from './storm.ts';

export const attemptSchema = z.object({
  at: instantSchema,
  /** Taken by the other side; refused for good; or failed in a way that may pass. */
  outcome: z.enum(['accepted', 'refused', 'failed']),
  statusCode: z.int().nullable(),
  error: z.string().max(512).nullable(),
  durationMs: z.number().nonnegative(),
});
export type Attempt = z.infer<typeof attemptSchema>;

export const attemptsKeptMax = 50;

export const deliverySchema = z.object({
  v: z.literal(1),
  /** `alertId:channelId` */
  deliveryId: z.string().max(220),
  channelId: channelIdSchema,
  /** The channel that this delivery stands in for, when it is a fallback. */
  fallbackOf: channelIdSchema.nullable(),
  /** The fallback channel that took over because this one could not deliver in time; null while none did. */
  handedTo: channelIdSchema.nullable().default(null),
  /** `rolled-up`: it is told in a roll-up, by `rolledUpIn`, whose own deliveries say whether and when that arrived. */
  state: z.enum(['pending', 'delivered', 'dead', 'rolled-up']),
  /** With another state than `rolled-up`: that roll-up could not be delivered, so it is sent on its own after all. */
  rolledUpIn: rolledUpInSchema.nullable().default(null),
  plannedAt: instantSchema,
  /** When the next attempt is due; null when none is. */
  nextAttemptAt: instantSchema.nullable(),
  /** When it was last let go; null while nobody can have heard of it from here. */
  departedAt: instantSchema.nullable().default(null),
  attemptCount: z.int().nonnegative(),
  /** The newest attempts, oldest first, at most `attemptsKeptMax`. */
  attempts: z.array(attemptSchema).max(attemptsKeptMax),
  /** Whether it was sent after its incident had been resolved. */
  late: z.boolean(),
  alert: alertSchema,
  /** What a message of a roll-up says; null of every other delivery. */
  storm: stormSchema.nullable().default(null),
});
export type Delivery = z.infer<typeof deliverySchema>;
