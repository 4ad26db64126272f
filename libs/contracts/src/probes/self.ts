/** The probe of Quorate itself. */
import { z } from 'zod';
import { instantSchema } from '../instant.ts';
import { defineProbeType } from './probe-type.ts';

/** An outage that is only played: down for a fixed part of each period, told by a round's `dueAt` alone. */
const drillSchema = z.strictObject({
  /** The first period begins here; each begins with the outage. */
  startsAt: instantSchema,
  periodSeconds: z.int().min(1),
  downSeconds: z.int().min(1),
});
export type Drill = z.infer<typeof drillSchema>;

/** Quorate's own: the prober answers from within, and the check goes the way of every other. */
const selfProbeSchema = z.strictObject({
  /** Null for the one that is always up: the dead man's switch. */
  drill: drillSchema.nullable(),
});
export type SelfProbe = z.infer<typeof selfProbeSchema>;

export const selfProbeType = defineProbeType({ settings: selfProbeSchema, targetOf: () => 'quorate' });
