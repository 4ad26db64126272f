/** What the aggregator publishes of its decisions on `verdicts`. */
import { z } from 'zod';
import { monitorIdSchema, regionSchema, roundKindSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { castVoteSchema } from './vote.ts';

export const verdictSchema = z.enum(['up', 'down', 'inconclusive']);
export type Verdict = z.infer<typeof verdictSchema>;

export const monitorStatusSchema = z.enum(['pending', 'up', 'degraded', 'down', 'unknown', 'maintenance', 'paused']);
export type MonitorStatus = z.infer<typeof monitorStatusSchema>;

const roundFields = {
  v: z.literal(1),
  monitorId: monitorIdSchema,
  monitorVersion: z.int().min(1),
  dueAt: instantSchema,
  kind: roundKindSchema,
};

/** One round's outcome, written once when its window closes, with every vote that came in time. */
export const roundClosedSchema = z.object({
  ...roundFields,
  type: z.literal('round-closed'),
  verdict: verdictSchema,
  /** When no outstanding vote could change the verdict any more, or the window closed. */
  decidedAt: instantSchema,
  closedAt: instantSchema,
  expectedRegions: z.array(regionSchema),
  /** Expected regions that this monitor's state held as absent: they were not voters. */
  absentRegions: z.array(regionSchema),
  /** Expected regions that had lost their vote in the monitor's partition: their answers are kept and not counted. */
  quarantinedRegions: z.array(regionSchema).default([]),
  missedRoundCount: z.int().nonnegative(),
  votes: z.array(castVoteSchema),
});

/** A vote that came too late to count; its round is closed already. */
export const lateVoteSchema = z.object({ ...roundFields, type: z.literal('late-vote'), vote: castVoteSchema });

export const statusChangedSchema = z.object({
  v: z.literal(1),
  type: z.literal('status-changed'),
  monitorId: monitorIdSchema,
  monitorVersion: z.int().min(1),
  status: monitorStatusSchema,
  since: instantSchema,
  /** Whether it goes up and down too often: an open incident is then not resolved. */
  flapping: z.boolean().default(false),
  /** Regions with a down vote in the round behind a degraded or down status. */
  regions: z.array(regionSchema),
});

/** A record of `verdicts`, keyed by monitor. */
export const verdictRecordSchema = z.discriminatedUnion('type', [
  roundClosedSchema,
  lateVoteSchema,
  statusChangedSchema,
]);
export type RoundClosed = z.infer<typeof roundClosedSchema>;
export type LateVote = z.infer<typeof lateVoteSchema>;
export type StatusChanged = z.infer<typeof statusChangedSchema>;
export type VerdictRecord = z.infer<typeof verdictRecordSchema>;
