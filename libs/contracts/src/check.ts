/** The record that announces a round to the regions, on `checks`, `confirmations` and `manual-checks`. */
import { z } from 'zod';
import { monitorIdSchema, regionSchema, roundKindSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';
import { decisionSchema } from './monitor.ts';
import { probeSchema } from './probe.ts';

export const checkSchema = z.object({
  v: z.literal(1),
  monitorId: monitorIdSchema,
  monitorVersion: z.int().min(1),
  dueAt: instantSchema,
  kind: roundKindSchema,
  /** The assigned regions that were live as the emitter wrote this; nobody recomputes them. */
  expectedRegions: z.array(regionSchema).max(1_000),
  /** The assigned regions that are registered, live or not: the floor and `electorate: registered` count these. */
  registeredRegions: z.array(regionSchema).max(1_000),
  /** The one deadline over everything that a probe does. */
  timeoutMs: z.int().min(1),
  /** The rule that was in force; a manual round of an unsaved monitor has no other source for it. */
  decision: decisionSchema,
  /** Older scheduled rounds since the last emitted one that were never run. */
  missedRoundCount: z.int().nonnegative(),
  probe: probeSchema,
});
export type Check = z.infer<typeof checkSchema>;
