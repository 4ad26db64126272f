/** Monitors on the wire: what is asked and what is answered. */
import { monitorAnswerSchema, monitorStatusSchema } from '@quorate/contracts';
import { z } from 'zod';
import { isoInstantSchema } from '../http/instants.ts';
import { pageParametersOf } from '../http/page.ts';
import { certificateAnswerSchema, roundSchema } from '../rounds/round.schema.ts';

export const monitorIdParameters = z.strictObject({ id: z.uuid() });

/** A certificate that is about to expire, as most regions see it; it moves no status. */
const certificateWarningSchema = certificateAnswerSchema
  .pick({ notAfter: true, daysLeft: true, subject: true, issuer: true, firstToExpire: true })
  .extend({
    /** Whole days from now on. */
    daysLeft: z.int(),
    /** When it was told. */
    since: isoInstantSchema,
    /** Under which it was told: `GET /incidents/{id}` has the evidence and the deliveries. */
    incidentId: z.string(),
    /** By whom it was acknowledged; null while nobody has. */
    acknowledgedBy: z.string().nullable(),
  });

const answerFields = {
  id: z.uuid(),
  version: z.int().min(1),
  status: monitorStatusSchema,
  statusSince: isoInstantSchema,
  /** Whether it goes up and down too often: an open incident is then held until it is calm. */
  flapping: z.boolean(),
  /** From the start of an outage to the page, when every round is conclusive. */
  timeToAlertSecondsMax: z.number().positive(),
  /** Of the last round, the certificate that expires first; its `warning` says whether that is soon. */
  certificate: certificateAnswerSchema.nullable(),
  /** The warning that is open; null while none is. */
  certificateWarning: certificateWarningSchema.nullable(),
  lastRound: roundSchema.nullable(),
};

export const monitorSchema = monitorAnswerSchema(answerFields);
export type MonitorAnswer = z.infer<typeof monitorSchema>;

export const monitorsQuerySchema = z.strictObject({
  ...pageParametersOf(z.uuid()),
  status: monitorStatusSchema.optional(),
  /** A tag's name, or `name:value`. */
  tag: z.string().min(1).max(321).optional(),
  /** A part of the name or the target, in any case. */
  q: z.string().min(1).max(200).optional(),
});
export type MonitorsQuery = z.output<typeof monitorsQuerySchema>;
