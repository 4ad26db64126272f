/** Says how a partition stands, for operators and for whoever raises platform alerts. */
import type { TaskWrite } from '@quorate/bus';
import type { Memory } from '@quorate/consensus';
import type { Instant, MonitorRecord, MonitorState, PartitionReport } from '@quorate/contracts';
import type { RoundRegions } from '@quorate/schedule';

export interface ReportedPartition {
  readonly partition: number;
  /** When its task last took a step. */
  readonly at: Instant;
  readonly lagMs: number;
  readonly memories: Iterable<Memory>;
  readonly quarantined: ReadonlySet<string>;
  readonly regionsOf: (monitor: MonitorRecord, now: Instant) => RoundRegions;
}

/** Whom a monitor waits for: the regions that are not live, and those that its newest round has not heard. */
function missingOf({ expectedRegions, registeredRegions }: RoundRegions, { closed }: MonitorState): string[] {
  const unheard = closed.at(-1)?.unheardRegions ?? [];
  return registeredRegions.filter((region) => !expectedRegions.includes(region) || unheard.includes(region));
}

export function reportOf({ memories, quarantined, regionsOf, ...standing }: ReportedPartition): PartitionReport {
  const missing = new Set<string>();
  let [monitorCount, unknownCount, faultyCount] = [0, 0, 0];
  for (const { monitor, state } of memories) {
    if (monitor === null || state === null) continue;
    monitorCount++;
    if (state.status !== 'unknown') continue;
    unknownCount++;
    if (state.faulty) faultyCount++;
    else for (const region of missingOf(regionsOf(monitor, standing.at), state)) missing.add(region);
  }
  const regions = { missingRegions: [...missing].sort(), quarantinedRegions: [...quarantined].sort() };
  return { v: 1, ...standing, monitorCount, unknownCount, faultyCount, ...regions };
}

export function writeOf(report: PartitionReport): TaskWrite {
  return { topic: 'partition-reports', key: String(report.partition), value: report };
}
