/** What the auditor found, on the wire. */
import { auditFindingSchema } from '@quorate/contracts';
import { z } from 'zod';
import { isoInstantSchema } from '../http/instants.ts';
import { pageSchemaOf } from '../http/page.ts';
import { choiceKinds, keepSides } from './choice.ts';
import { findingKinds, type FindingKind } from './finding.ts';

const kindSchema = z.enum(Object.keys(findingKinds) as [FindingKind, ...FindingKind[]]);

export const findingSchema = auditFindingSchema.extend({ kind: kindSchema, since: isoInstantSchema });
export type FindingAnswer = z.infer<typeof findingSchema>;

export const auditSchema = pageSchemaOf(findingSchema).extend({
  /** When the last pass ended; null before the first. */
  passedAt: isoInstantSchema.nullable(),
  /** What was put right lately, newest first. */
  repairs: z.array(
    z.object({
      at: isoInstantSchema,
      kind: kindSchema,
      count: z.int().min(1),
      /** A few of the IDs. */
      subjects: z.array(z.string()),
    }),
  ),
});
export type AuditAnswer = z.infer<typeof auditSchema>;

export const findingParameters = z.strictObject({ kind: z.enum(choiceKinds) });

export const resolutionSchema = z.strictObject({
  /** Which one counts. The other is changed accordingly. */
  keep: z.enum(keepSides),
});
