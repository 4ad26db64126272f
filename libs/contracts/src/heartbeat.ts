/** A prober's sign of life, on `heartbeats` under `region/proberId`. */
import { z } from 'zod';
import { proberIdSchema, regionSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';

export const heartbeatSchema = z.object({
  v: z.literal(1),
  region: regionSchema,
  proberId: proberIdSchema,
  version: z.string().max(64),
  startedAt: instantSchema,
  at: instantSchema,
  /** `stopped` is the last word of an orderly end: the prober votes no more. */
  state: z.enum(['running', 'stopped']),
  /** Whether it holds itself cut off: what it sees fail, it then says nothing about. */
  isolated: z.boolean().default(false),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

export const heartbeatIntervalMs = 2_000;
/** A prober whose newest heartbeat is older than this is silent. */
export const heartbeatFreshMs = 10_000;

export function heartbeatKey({ region, proberId }: Pick<Heartbeat, 'region' | 'proberId'>): string {
  return `${region}/${proberId}`;
}
