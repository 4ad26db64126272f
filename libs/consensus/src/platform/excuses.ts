/**
 * Which unknown monitors need no word of their own. While a region is in trouble the monitors that wait for it are
 * unknown, and once it is back each stays so until its next round, which may be a day away: neither is news to whoever
 * heard of the region.
 */
import { belowFloorCount } from './partition-conditions.ts';
import { troubledRegions } from './region-conditions.ts';
import type { PlatformFacts, UnexplainedCounts } from './facts.ts';

/** By partition, how many unknown monitors a region's trouble has explained. */
export type Excuses = ReadonlyMap<number, number>;

export function excusesAfter(before: Excuses, facts: PlatformFacts): Excuses {
  const troubled = troubledRegions(facts);
  const names = new Set(troubled.map(({ name }) => name));
  const isNobodyLeft = troubled.length === facts.regions.length;
  const isSomeoneIsolated = troubled.some(({ state }) => state === 'isolated');
  const excuses = new Map<number, number>();
  for (const report of facts.reports.values()) {
    const { partition, missingRegions } = report;
    const count = belowFloorCount(report);
    const isWaitedFor = missingRegions.length > 0 || isSomeoneIsolated;
    const isExplained = isNobodyLeft || (isWaitedFor && missingRegions.every((region) => names.has(region)));
    excuses.set(partition, isExplained ? count : Math.min(before.get(partition) ?? 0, count));
  }
  return excuses;
}

export function unexplainedOf({ reports }: PlatformFacts, excuses: Excuses): UnexplainedCounts {
  return new Map(
    [...reports].map(([partition, report]) => [partition, belowFloorCount(report) - (excuses.get(partition) ?? 0)]),
  );
}
