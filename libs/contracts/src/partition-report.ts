/** How one partition of the aggregator stands, on `partition-reports` under the partition's number. */
import { z } from 'zod';
import { regionSchema } from './identifiers.ts';
import { instantSchema } from './instant.ts';

/** A running partition is reported so often, and at once when its quarantine changes. */
export const partitionReportPeriodMs = 5_000;

const regionsSchema = z.array(regionSchema).max(1_000);
const countSchema = z.int().nonnegative();

export const partitionReportSchema = z.object({
  v: z.literal(1),
  partition: countSchema,
  /** When its task last took a step, by the log's clock; a report that does not move on is of a task that stands. */
  at: instantSchema,
  /** The longest time since the last report that an input lay in the log before it was read; 0 when none came. */
  lagMs: countSchema,
  monitorCount: countSchema,
  /** Monitors of status `unknown`, those of `faultyCount` included. */
  unknownCount: countSchema,
  /** Monitors whose last decision failed. */
  faultyCount: countSchema,
  /** Regions that some monitor which has too few answers is waiting for: not live, or silent in its newest round. */
  missingRegions: regionsSchema,
  /** Regions whose vote does not count in this partition, since they contradict the others too often. */
  quarantinedRegions: regionsSchema,
});
export type PartitionReport = z.infer<typeof partitionReportSchema>;
