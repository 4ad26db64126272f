/** The decision that someone must hear of an incident's change. The aggregator writes each once. */
import { z } from 'zod';
import { channelIdSchema, monitorIdSchema, regionSchema, transitionSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { castVoteSchema } from './vote.ts';

export const resolveCauseSchema = z.enum(['recovered', 'paused', 'deleted']);
export type ResolveCause = z.infer<typeof resolveCauseSchema>;

export const alertSchema = z.object({
  v: z.literal(1),
  /** `incidentId:transition:sequence` */
  alertId: z.string().max(160),
  incidentId: z.string().max(128),
  monitorId: monitorIdSchema,
  transition: transitionSchema,
  sequence: z.int().nonnegative(),
  at: instantSchema,
  /** Only a pulse has it: from here on the next one is due, and nobody wants to hear of this one any more. */
  expiresAt: instantSchema.optional(),
  monitor: z.object({
    name: z.string(),
    type: z.string(),
    target: z.string(),
    tags: z.record(z.string(), z.string()),
  }),
  /** The channels that the monitor named when the alert was decided. */
  channelIds: z.array(channelIdSchema),
  firstFailureAt: instantSchema,
  openedAt: instantSchema,
  resolvedAt: instantSchema.nullable(),
  /** Why it was resolved; null for other transitions. */
  resolveCause: resolveCauseSchema.nullable(),
  /** Who acknowledged it; null for other transitions. */
  acknowledgedBy: z.string().max(200).nullable(),
  /** The regions that saw the target down. */
  regions: z.array(regionSchema),
  expectedRegions: z.array(regionSchema),
  /** The votes of the deciding round: the evidence. */
  votes: z.array(castVoteSchema),
});
export type Alert = z.infer<typeof alertSchema>;
