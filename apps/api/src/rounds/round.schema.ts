/** Rounds and votes on the wire. */
import {
  castVoteSchema,
  certificateSchema,
  domainFactsSchema,
  roundKindSchema,
  verdictSchema,
} from '@quorate/contracts';
import { z } from 'zod';
import { instantParameterSchema, isoInstantSchema } from '../http/instants.ts';
import { pageParametersOf } from '../http/page.ts';

/** What was seen of a certificate and of the handshake in which it was shown. */
export const certificateAnswerSchema = certificateSchema.extend({ notAfter: isoInstantSchema });
export type CertificateAnswer = z.infer<typeof certificateAnswerSchema>;

export const voteSchema = castVoteSchema.extend({
  startedAt: isoInstantSchema,
  certificate: certificateAnswerSchema.nullable(),
  domain: domainFactsSchema.extend({ expiresAt: isoInstantSchema.nullable() }).optional(),
});
export type VoteAnswer = z.infer<typeof voteSchema>;

export const roundSchema = z.object({
  dueAt: isoInstantSchema,
  kind: roundKindSchema,
  verdict: verdictSchema,
  closedAt: isoInstantSchema,
  expectedRegions: z.array(z.string()),
  /** Expected regions that had missed the rounds before: they were not awaited. */
  absentRegions: z.array(z.string()),
  /** Expected regions in quarantine: their votes are here, and were not counted. */
  quarantinedRegions: z.array(z.string()),
  /** Scheduled rounds before this one that were never run. */
  missedRoundCount: z.int().nonnegative(),
  votes: z.array(voteSchema),
});
export type RoundAnswer = z.infer<typeof roundSchema>;

export const roundsQuerySchema = z.strictObject({
  /** Rounds of one instant are told apart by their kind. */
  ...pageParametersOf(roundKindSchema),
  /** The first `dueAt` that is wanted. */
  from: instantParameterSchema.optional(),
  /** The first `dueAt` that is no longer wanted. */
  to: instantParameterSchema.optional(),
});
export type RoundsQuery = z.output<typeof roundsQuerySchema>;
