/** A gateway's sign of life, on `gateways` under its name: since when pings are heard, and when they could not be. */
import { z } from 'zod';
import { proberIdSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';

/** A time during which no gateway could take a ping. */
const deafnessSchema = z.object({ from: instantSchema, until: instantSchema });
export type Deafness = z.infer<typeof deafnessSchema>;

/** Older ones are forgotten. */
export const deafnessesKeptMax = 32;

export const gatewaySchema = z.object({
  v: z.literal(1),
  gatewayId: proberIdSchema,
  version: z.string().max(64),
  at: instantSchema,
  /** `stopped` is the last word of an orderly end. */
  state: z.enum(['running', 'stopped']),
  /** In order, the newest last; what its predecessors told is carried on. */
  deafnesses: z.array(deafnessSchema).max(deafnessesKeptMax),
});
export type Gateway = z.infer<typeof gatewaySchema>;

export const gatewayIntervalMs = 2_000;
/** While no gateway has been heard for longer than this, none could take a ping. */
export const gatewayFreshMs = 3 * gatewayIntervalMs;
