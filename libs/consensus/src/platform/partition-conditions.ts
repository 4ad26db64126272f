/** What may be wrong with partitions and their monitors: undecided, late, unknown, failing. */
import { timeOf, type PartitionReport } from '@quorate/contracts';
import type { Condition } from './condition.ts';
import { standstillMsMax, type PartitionFacts, type PlatformFacts, type UnexplainedCounts } from './facts.ts';
import { counted, listed } from './words.ts';

/** Beyond this votes come too late for many a window. */
const lagMsMax = 15_000;

/** The partitions that nobody has taken a step for, or not for long. */
export function undecidedPartitions({ now, partitionCount, reports }: PartitionFacts): number[] {
  const all = Array.from({ length: partitionCount }, (_, partition) => partition);
  return all.filter((partition) => now - (reports.get(partition)?.at ?? -Infinity) > standstillMsMax);
}

function undecided(facts: PlatformFacts): Condition[] {
  const partitions = undecidedPartitions(facts);
  if (partitions.length === 0) return [];
  const stoodAt = partitions.flatMap((partition) => facts.reports.get(partition)?.at ?? []);
  const since = stoodAt.length === 0 ? null : Math.min(...stoodAt);
  const monitorCount = partitions.reduce(
    (sum, partition) => sum + (facts.reports.get(partition)?.monitorCount ?? 0),
    0,
  );
  return [
    {
      key: 'partitions-undecided',
      title: `${partitions.length} of ${counted(facts.partitionCount, 'partition')} undecided`,
      severity: 'critical',
      since,
      detail: `No aggregator decides for ${listed(partitions)}${since === null ? '' : ` since ${timeOf(since)}`}.`,
      consequence: `Votes for ${counted(monitorCount, 'monitor')} are not counted: their outages page nobody.`,
      remedy: "See that aggregators run, and look for what fails in their logs ('A partition task failed').",
      regions: [],
      isExplained: false,
    },
  ];
}

function lagging(facts: PlatformFacts): Condition[] {
  const { partitionCount } = facts;
  const lags = [...facts.reports.values()].filter(({ lagMs }) => lagMs > lagMsMax);
  if (lags.length === 0) return [];
  const undecidedOnes = new Set(undecidedPartitions(facts));
  const worst = Math.round(Math.max(...lags.map(({ lagMs }) => lagMs)) / 1_000);
  return [
    {
      key: 'log-lagging',
      title: 'Decisions lag behind the log',
      severity: 'error',
      since: null,
      detail: `In ${lags.length} of ${counted(partitionCount, 'partition')} votes wait up to ${worst} s to be read.`,
      consequence: 'Pages come that much late, and votes that come after their window count for nothing.',
      remedy: 'See whether aggregators or brokers are short of CPU or disk; more aggregators share the partitions.',
      regions: [],
      isExplained: lags.every(({ partition }) => undecidedOnes.has(partition)),
    },
  ];
}

/** Monitors of a partition with too few answers; those whose decision failed have a condition of their own. */
export const belowFloorCount = ({ unknownCount, faultyCount }: PartitionReport): number =>
  Math.max(0, unknownCount - faultyCount);

function unknown({ reports }: PlatformFacts, unexplained: UnexplainedCounts): Condition[] {
  const count = [...unexplained.values()].reduce((sum, each) => sum + each, 0);
  if (count === 0) return [];
  const partitions = [...unexplained].filter(([, each]) => each > 0).map(([partition]) => partition);
  const missing = new Set(partitions.flatMap((partition) => reports.get(partition)?.missingRegions ?? []));
  const regions = [...missing].sort();
  const waited =
    regions.length === 0
      ? 'No region that they name is registered, or those who answer cannot tell'
      : `No answer comes from ${listed(regions)}`;
  return [
    {
      key: 'monitors-unknown',
      title: count === 1 ? '1 monitor is unknown' : `${count} monitors are unknown`,
      severity: 'error',
      since: null,
      detail: `Too few regions answer for ${count === 1 ? 'it' : 'them'}. ${waited}.`,
      consequence: 'Whether they are up is not known; their outages page nobody, and open incidents stay open.',
      remedy: 'GET /api/v1/monitors?status=unknown lists them; see why those regions do not answer, or name others.',
      regions,
      isExplained: false,
    },
  ];
}

function failing({ reports }: PlatformFacts): Condition[] {
  const count = [...reports.values()].reduce((sum, { faultyCount }) => sum + faultyCount, 0);
  if (count === 0) return [];
  return [
    {
      key: 'decisions-failing',
      title: `Decisions fail for ${counted(count, 'monitor')}`,
      severity: 'error',
      since: null,
      detail: 'A decision about each of them ended in an error. It is a defect of Quorate.',
      consequence: 'They are unknown until a decision succeeds; all other monitors go on.',
      remedy: 'The dead letters hold the inputs, the log of the aggregator the errors: report both.',
      regions: [],
      isExplained: false,
    },
  ];
}

export function partitionConditions(facts: PlatformFacts, unexplained: UnexplainedCounts): Condition[] {
  return [...undecided(facts), ...lagging(facts), ...unknown(facts, unexplained), ...failing(facts)];
}
