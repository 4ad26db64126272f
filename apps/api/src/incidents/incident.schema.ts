/** Incidents on the wire: what is asked and what is answered. */
import {
  platformTroubleSchema,
  resolveCauseSchema,
  roundKindSchema,
  transitionSchema,
  verdictSchema,
} from '@quorate/contracts';
import { z } from 'zod';
import { deliverySchema } from '../deliveries/delivery.schema.ts';
import { isoInstantSchema } from '../http/instants.ts';
import { pageParametersOf } from '../http/page.ts';
import { certificateAnswerSchema, voteSchema } from '../rounds/round.schema.ts';

const incidentIdSchema = z.string().min(1).max(128);
export const incidentIdParameters = z.strictObject({ id: incidentIdSchema });

const at = isoInstantSchema;
const roundFields = { dueAt: isoInstantSchema, kind: roundKindSchema };

export const timelineEntrySchema = z.discriminatedUnion('type', [
  z.object({ at, type: z.literal('vote'), ...roundFields, vote: voteSchema }),
  z.object({
    at,
    type: z.literal('verdict'),
    ...roundFields,
    verdict: verdictSchema,
    expectedRegions: z.array(z.string()),
    /** Their votes were heard and not counted. */
    quarantinedRegions: z.array(z.string()),
  }),
  z.object({
    at,
    type: z.literal('alert'),
    alertId: z.string(),
    transition: transitionSchema,
    sequence: z.int().nonnegative(),
    regions: z.array(z.string()),
  }),
  z.object({ at, type: z.literal('delivery'), delivery: deliverySchema }),
  z.object({ at, type: z.literal('acknowledged'), by: z.string().nullable() }),
  z.object({ at, type: z.literal('comment'), id: z.uuid(), by: z.string(), text: z.string() }),
  z.object({ at, type: z.literal('resolved'), cause: resolveCauseSchema.nullable() }),
]);
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

const incidentKindSchema = z.enum(['monitor', 'certificate', 'platform']);

const incidentFields = {
  id: incidentIdSchema,
  /** A monitor that is down, its certificate that is about to expire, or Quorate's own trouble. */
  kind: incidentKindSchema,
  /** Null for an incident of Quorate itself. */
  monitorId: z.uuid().nullable(),
  /** Of an incident of Quorate itself; null for a monitor's. */
  platform: z.object({ condition: z.string(), title: z.string(), ...platformTroubleSchema.shape }).nullable(),
  /** What was seen as the warning was given; null for an incident of another kind. */
  certificate: certificateAnswerSchema.nullable(),
  status: z.enum(['open', 'acknowledged', 'resolved']),
  firstFailureAt: isoInstantSchema,
  openedAt: isoInstantSchema,
  resolvedAt: isoInstantSchema.nullable(),
  /** Why it was resolved; null while it is open. */
  cause: resolveCauseSchema.nullable(),
  /** The regions that saw the target down, or its certificate expire soon; of Quorate's own those it is about. */
  regions: z.array(z.string()),
};

/** In a list an incident comes without its timeline. */
export const incidentSummarySchema = z.object(incidentFields);
export type IncidentSummary = z.infer<typeof incidentSummarySchema>;

export const incidentSchema = z.object({ ...incidentFields, timeline: z.array(timelineEntrySchema) });
export type IncidentAnswer = z.infer<typeof incidentSchema>;

export const incidentsQuerySchema = z.strictObject({
  ...pageParametersOf(incidentIdSchema),
  status: incidentFields.status.optional(),
  monitorId: z.uuid().optional(),
  kind: incidentKindSchema.optional(),
});
export type IncidentsQuery = z.output<typeof incidentsQuerySchema>;

const personSchema = z.string().trim().min(1).max(200).default('administrator');

export const acknowledgementSchema = z.strictObject({ by: personSchema });
export const commentSchema = z.strictObject({ by: personSchema, text: z.string().trim().min(1).max(10_000) });
