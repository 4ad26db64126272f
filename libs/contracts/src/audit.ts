/** What the API's auditor found amiss between log and database and could not put right by itself. */
import { z } from 'zod';
import { platformTroubleSchema } from './alert.ts';
import { instantSchema } from './instant.ts';

export const auditSamplesMax = 5;
export const auditDetailCharactersMax = 500;

export const auditFindingSchema = z.object({
  /** Names what is wrong; one entry for each. */
  kind: z.string().min(1).max(64),
  count: z.int().min(1),
  since: instantSchema,
  /** For people, in one line. */
  title: z.string().max(200),
  severity: platformTroubleSchema.shape.severity,
  consequence: platformTroubleSchema.shape.consequence,
  remedy: platformTroubleSchema.shape.remedy,
  samples: z
    .array(
      z.object({
        /** The ID of the monitor, incident, delivery or other entity that it is about. */
        subject: z.string().max(256),
        detail: z.string().max(auditDetailCharactersMax),
      }),
    )
    .max(auditSamplesMax),
});
export type AuditFinding = z.infer<typeof auditFindingSchema>;

/** The record of `directory` under `directoryKeyOfAudit`: everything that is amiss, written when that has changed. */
export const auditRecordSchema = z.object({
  v: z.literal(1),
  entity: z.literal('audit'),
  /** Counts up with each change. */
  version: z.int().min(1),
  /** When the pass ended that found it so. */
  at: instantSchema,
  findings: z.array(auditFindingSchema).max(64),
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;

export const directoryKeyOfAudit = 'audit';
