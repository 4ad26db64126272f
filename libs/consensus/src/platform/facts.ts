/** What the platform task knows of the installation when it decides. */
import { partitionReportPeriodMs, type AuditFinding, type Instant, type PartitionReport } from '@quorate/contracts';

export interface RegionFact {
  readonly name: string;
  /** Isolated: its probers live and hold themselves cut off. */
  readonly state: 'live' | 'silent' | 'isolated';
  readonly since: Instant;
}

export interface PartitionFacts {
  /** The present, by the log's clock. */
  readonly now: Instant;
  /** The installation's partitions are 0 to this, less one. */
  readonly partitionCount: number;
  /** The newest report of each partition that was ever reported. */
  readonly reports: ReadonlyMap<number, PartitionReport>;
}

export interface PlatformFacts extends PartitionFacts {
  /** Every registered region, by name. */
  readonly regions: readonly RegionFact[];
  /** What the auditor's last pass has left. */
  readonly findings: readonly AuditFinding[];
  /** Whom to tell: the installation's `platformChannelIds`. */
  readonly channelIds: readonly string[];
}

/** A partition whose task last took a step longer ago than this is decided by nobody. */
export const standstillMsMax = 4 * partitionReportPeriodMs;

/** Of monitors with too few answers, so many in this partition are unknown for no reason that is told elsewhere. */
export type UnexplainedCounts = ReadonlyMap<number, number>;
