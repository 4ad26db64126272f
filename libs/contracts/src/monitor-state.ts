/**
 * What the aggregator remembers of one monitor between rounds, on `monitor-state`. Open vote windows are not in it:
 * they are rebuilt from the votes, which stay unread for a successor until their window has closed.
 */
import { z } from 'zod';
import { alertSchema } from './alert.ts';
import { monitorIdSchema, regionSchema, roundKindSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { decisionSchema } from './monitor.ts';
import { monitorStatusSchema, verdictSchema } from './verdict.ts';
import { certificateSchema } from './vote.ts';

/** How many closed rounds of each kind a monitor remembers; older ones are closed without being looked up. */
export const closedRoundsKeptMax = { scheduled: 16, confirming: 4, manual: 8 } as const;
const closedRoundsMax = Object.values(closedRoundsKeptMax).reduce((sum: number, count) => sum + count, 0);

const regionsSchema = z.array(regionSchema).max(1_000);
const roundFields = { kind: roundKindSchema, dueAt: instantSchema };
/** A W3C trace context, handed on to the records of later rounds. */
const traceparentSchema = z.string().max(256).nullable();

/** A round that the aggregator asked for itself and whose window is open: no stream that it reads repeats its check. */
const confirmingRoundSchema = z.object({
  dueAt: instantSchema,
  /** When its check was written, by the log's clock. */
  appendedAt: instantSchema,
  monitorVersion: z.int().min(1),
  expectedRegions: regionsSchema,
  registeredRegions: regionsSchema,
  timeoutMs: z.int().min(1),
  decision: decisionSchema,
  traceparent: traceparentSchema,
});

/** A round whose verdict was applied while its window stays open for evidence. */
const decidedRoundSchema = z.object({
  ...roundFields,
  verdict: verdictSchema,
  decidedAt: instantSchema,
  /** Voters whose vote did not count, since their region was in quarantine as the verdict fell. */
  quarantinedRegions: regionsSchema.default([]),
});

/** A round that is over. Its end at the latest, and the expected regions whose late votes are still worth a line. */
const closedRoundSchema = z.object({ ...roundFields, closesAt: instantSchema, unheardRegions: regionsSchema });

/** Verdicts in a row that may open (`down`: a suspicion) or resolve (`up`: a recovery) an incident. */
const turnSchema = z.object({
  towards: z.enum(['down', 'up']),
  count: z.int().min(1),
  /** Inconclusive verdicts since the last one that counted. */
  inconclusiveCount: z.int().nonnegative(),
  firstDueAt: instantSchema,
  /** When the next confirming round is due; null while one is to be judged. */
  confirmAt: instantSchema.nullable(),
  traceparent: traceparentSchema,
});

const openIncidentSchema = alertSchema
  .pick({
    incidentId: true,
    monitor: true,
    channelIds: true,
    firstFailureAt: true,
    openedAt: true,
    acknowledgedBy: true,
    regions: true,
    expectedRegions: true,
    votes: true,
  })
  .extend({
    /** When it was opened or last reminded of. */
    remindedAt: instantSchema,
    reminderCount: z.int().nonnegative(),
    traceparent: traceparentSchema,
  });

/** A certificate that is about to expire, as it was told. */
const certificateWarningSchema = openIncidentSchema
  .omit({ remindedAt: true, reminderCount: true })
  .extend({ certificate: certificateSchema });

export const monitorStateSchema = z.object({
  v: z.literal(1),
  monitorId: monitorIdSchema,
  /** The version of the monitor that this state has taken in. */
  monitorVersion: z.int().min(1),
  /** Tells whether an edit changed what is probed. */
  probeFingerprint: z.int(),
  status: monitorStatusSchema,
  statusSince: instantSchema,
  /** Whether an up verdict was applied since the monitor was created or resumed. */
  seenUp: z.boolean(),
  /** Whether the last decision about this monitor failed; its status is unknown until a verdict falls again. */
  faulty: z.boolean(),
  /** The newest round whose verdict was applied, by `dueAt`, scheduled before confirming; at first the epoch. */
  applied: z.object(roundFields),
  /** When the newest verdict that counted fell. */
  fellAt: instantSchema,
  decided: z.array(decidedRoundSchema),
  confirming: z.array(confirmingRoundSchema),
  /** The newest closed rounds, oldest first. */
  closed: z.array(closedRoundSchema).max(closedRoundsMax),
  /** Rounds in a row, up to two, that an expected region missed; with two it is absent. */
  silence: z.record(regionSchema, z.int().min(1).max(2)),
  /**
   * Of each region that could be compared, the rounds in a row, up to two, in which it contradicted the majority. Zero:
   * in the newest it agreed.
   */
  contradictions: z.record(regionSchema, z.int().min(0).max(2)).default({}),
  /** Rounds in a row, up to two, with too few answers to decide anything. */
  belowFloorCount: z.int().min(0).max(2),
  /** Rounds in a row, up to two, with a down vote but no down verdict. */
  degradedCount: z.int().min(0).max(2),
  /** Regions with a down vote in the newest of those rounds. */
  degradedRegions: regionsSchema,
  /** The newest verdicts that counted and were conclusive, oldest first, `u` or `d` each. */
  recentVerdicts: z
    .string()
    .regex(/^[ud]{0,21}$/)
    .default(''),
  /** Whether it goes up and down too often to be called either. */
  flapping: z.boolean().default(false),
  turn: turnSchema.nullable(),
  incident: openIncidentSchema.nullable(),
  /** Whether a maintenance window covers the monitor. */
  maintenance: z.boolean().default(false),
  /** An incident that began under maintenance: who watches hears of it if it outlasts the window. */
  heldIncident: openIncidentSchema.nullable().default(null),
  /** The warning that is open. It moves neither status nor incident. */
  certificateWarning: certificateWarningSchema.nullable().default(null),
  /**
   * When the last one expires of those that were seen as a warning was last told, also after its end: each is told
   * once. Null since an edit of what is probed.
   */
  certificateToldUntil: instantSchema.nullable().default(null),
});
export type MonitorState = z.infer<typeof monitorStateSchema>;
