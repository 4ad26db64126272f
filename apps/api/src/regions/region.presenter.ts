/** Shows regions and their probers, and how the partitions stand, as the API promises them. */
import { undecidedPartitions, type PartitionFacts } from '@quorate/consensus';
import { regionStatesOf, type ProberPresence } from '@quorate/schedule';
import { isoOf } from '../http/instants.ts';
import type { Quarantine } from './partition-watch.ts';
import type { PartitionsAnswer, RegionAnswer } from './regions.operations.ts';

/** `probers` in the order in which they are to be shown. A region that does not live is not shown as quarantined. */
export function presentRegions(
  probers: readonly ProberPresence[],
  quarantines: ReadonlyMap<string, Quarantine>,
): RegionAnswer[] {
  const byRegion = Map.groupBy(probers, ({ region }) => region);
  return regionStatesOf(probers).map(({ name, state, since }) => {
    const quarantine = quarantines.get(name);
    const isQuarantined = state === 'live' && quarantine !== undefined;
    return {
      name,
      state: isQuarantined ? 'quarantined' : state,
      since: isoOf(isQuarantined ? quarantine.since : since),
      quarantinedPartitionCount: quarantine?.partitionCount ?? 0,
      probers: (byRegion.get(name) ?? []).map(({ proberId, version, lastSeenAt }) => {
        return { id: proberId, version, lastSeenAt: isoOf(lastSeenAt) };
      }),
    };
  });
}

export function presentPartitions(facts: PartitionFacts): PartitionsAnswer {
  const reports = [...facts.reports.values()];
  const sum = (count: 'monitorCount' | 'unknownCount' | 'faultyCount') =>
    reports.reduce((total, report) => total + report[count], 0);
  return {
    count: facts.partitionCount,
    undecided: undecidedPartitions(facts),
    lagMs: Math.max(0, ...reports.map(({ lagMs }) => lagMs)),
    monitorCount: sum('monitorCount'),
    unknownMonitorCount: sum('unknownCount'),
    faultyMonitorCount: sum('faultyCount'),
  };
}
