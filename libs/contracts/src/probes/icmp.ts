/** The ICMP probe: echo requests, and how many of them may go unanswered. */
import { z } from 'zod';
import { hostSchema } from './fields.ts';
import { defineProbeType } from './probe-type.ts';

export const icmpProbeSchema = z.strictObject({
  host: hostSchema,
  /** Echo requests of one check. */
  count: z.int().min(1).max(20).default(3),
  /** More loss is down; 34 lets one of three go. */
  maxLossPercent: z.int().min(0).max(99).default(34),
  ipFamily: z.enum(['auto', '4', '6']).default('auto'),
});
export type IcmpProbe = z.infer<typeof icmpProbeSchema>;

export const icmpProbeType = defineProbeType({ settings: icmpProbeSchema, targetOf: ({ host }) => host });
