/** The decision that someone must hear of an incident's change. The aggregator writes each once. */
import { z } from 'zod';
import { channelIdSchema, monitorIdSchema, regionSchema, transitionSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { castVoteSchema, certificateSchema } from './vote.ts';

/**
 * The last two end warnings of a certificate: another one is in its place, or an edit wants no warning of it any more.
 */
export const resolveCauseSchema = z.enum(['recovered', 'paused', 'deleted', 'renewed', 'edited']);
export type ResolveCause = z.infer<typeof resolveCauseSchema>;

/** What a platform alert tells beside its name. For people: each is a sentence or two. */
export const platformTroubleSchema = z.object({
  severity: z.enum(['critical', 'error', 'warning']),
  /** What is wrong, and since when. */
  detail: z.string().max(2_000),
  /** What it means for monitors. */
  consequence: z.string().max(2_000),
  /** What to do. */
  remedy: z.string().max(2_000),
});
export type PlatformTrouble = z.infer<typeof platformTroubleSchema>;

export const alertSchema = z.object({
  v: z.literal(1),
  /**
   * Who is in trouble: a target, its certificate, which is about to expire while the target is as it was, Quorate
   * itself, or so many targets that they are told in one roll-up. Of a platform alert `monitor` is a stand-in: its
   * `name` the condition in a sentence, its `type` "platform", its `target` the condition's key. Of a storm it is one
   * too, and `monitorId` is the channel's ID.
   */
  subject: z.enum(['monitor', 'certificate', 'platform', 'storm']).default('monitor'),
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
  /** Of a platform alert only. */
  trouble: platformTroubleSchema.nullable().default(null),
  /** Of a certificate's alert only: what the region saw whose chain expires first. */
  certificate: certificateSchema.optional(),
  /** The channels that the monitor, or for the platform the installation, named when the alert was decided. */
  channelIds: z.array(channelIdSchema),
  firstFailureAt: instantSchema,
  openedAt: instantSchema,
  resolvedAt: instantSchema.nullable(),
  /** Why it was resolved; null for other transitions. */
  resolveCause: resolveCauseSchema.nullable(),
  /** Who acknowledged it; null for other transitions. */
  acknowledgedBy: z.string().max(200).nullable(),
  /** The regions that saw the target down, or its certificate expire soon; of a platform alert those it is about. */
  regions: z.array(regionSchema),
  expectedRegions: z.array(regionSchema),
  /** The votes of the deciding round: the evidence. */
  votes: z.array(castVoteSchema),
});
export type Alert = z.infer<typeof alertSchema>;
