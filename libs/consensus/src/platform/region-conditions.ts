/** What may be wrong with regions: none checks, one is silent, cut off, or at odds with the others. */
import { timeOf, type PartitionReport, type PlatformTrouble } from '@quorate/contracts';
import type { Condition } from './condition.ts';
import type { PlatformFacts, RegionFact } from './facts.ts';
import { counted, listed } from './words.ts';

/** With fewer answers than this nothing is decided where two or more regions are registered. */
const regionsNeeded = 2;

const namesOf = (regions: readonly RegionFact[]): string[] => regions.map(({ name }) => name);

const liveOf = ({ regions }: PlatformFacts): readonly RegionFact[] => regions.filter(({ state }) => state === 'live');

/** Regions whose vote is missing, and which a condition of their own tells of. */
export function troubledRegions({ regions }: PlatformFacts): readonly RegionFact[] {
  return regions.filter(({ state }) => state !== 'live');
}

function noRegion(facts: PlatformFacts): Condition[] {
  const { regions } = facts;
  if (liveOf(facts).length > 0) return [];
  const states = regions.map(({ name, state, since }) => {
    return `${name} (${state === 'silent' ? 'silent' : 'cut off'} since ${timeOf(since)})`;
  });
  return [
    {
      key: 'no-region',
      title: 'No region is checking',
      severity: 'critical',
      since: regions.length === 0 ? null : Math.max(...regions.map(({ since }) => since)),
      detail: regions.length === 0 ? 'No prober is registered.' : `None of ${listed(states)} is able to vote.`,
      consequence: 'No monitor is watched: nobody will hear of an outage until a region is back.',
      remedy: 'See that probers run and reach the log and the network; two regions at least have to answer.',
      regions: namesOf(regions),
      isExplained: false,
    },
  ];
}

/** What the others can do without it, and how bad that is. */
function withoutIt(facts: PlatformFacts): Pick<PlatformTrouble, 'severity' | 'consequence'> {
  const live = namesOf(liveOf(facts));
  const unknownCount = [...facts.reports.values()].reduce((sum, report) => sum + report.unknownCount, 0);
  const unknown = unknownCount === 0 ? '' : ` ${counted(unknownCount, 'monitor')} unknown at this moment.`;
  if (live.length >= regionsNeeded) {
    const others = `The other regions (${listed(live)}) decide without it.`;
    return {
      severity: 'warning',
      consequence: `${others} Monitors that ask too few of them become unknown.${unknown}`,
    };
  }
  const alone = `Only ${listed(live)} is left, and one region alone decides nothing where more are registered.`;
  return {
    severity: 'error',
    consequence: `${alone} Monitors become unknown, and their outages page nobody.${unknown}`,
  };
}

function troubled(facts: PlatformFacts, region: RegionFact): Condition {
  const { name, state, since } = region;
  const silent = {
    key: `region-silent:${name}`,
    title: `Region ${name} is silent`,
    detail: `None of its probers has been heard since ${timeOf(since)}.`,
    remedy:
      'See that a prober runs there and reaches the log. ' +
      `If the region is gone for good, remove it: DELETE /api/v1/regions/${name}.`,
  } as const;
  const isolated = {
    key: `region-isolated:${name}`,
    title: `Region ${name} is cut off`,
    detail: `Its probers hold themselves cut off since ${timeOf(since)}, and do not vote on what they see fail.`,
    remedy:
      'Check its way out: link, name servers, proxy, firewall. Where it has no way to the canaries by design, ' +
      'name others that it can reach in QUORATE_CANARIES.',
  } as const;
  return {
    ...(state === 'silent' ? silent : isolated),
    ...withoutIt(facts),
    since,
    regions: [name],
    isExplained: liveOf(facts).length === 0,
  };
}

const quarantines = (reports: Iterable<PartitionReport>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { quarantinedRegions } of reports) {
    for (const region of quarantinedRegions) counts.set(region, (counts.get(region) ?? 0) + 1);
  }
  return counts;
};

function quarantined({ regions, reports, partitionCount }: PlatformFacts): Condition[] {
  const live = new Set(namesOf(regions.filter(({ state }) => state === 'live')));
  return [...quarantines(reports.values())].map(([name, count]) => ({
    key: `region-quarantined:${name}`,
    title: `Region ${name} contradicts the others`,
    severity: 'warning',
    since: null,
    detail: `In ${count} of ${counted(partitionCount, 'partition')} it is at odds with the majority on most monitors.`,
    consequence: 'Its votes do not count there until it agrees again; the other regions decide.',
    remedy: `Compare its votes with theirs, and check ${name}'s way out: name servers, proxy, address blocks.`,
    regions: [name],
    isExplained: !live.has(name),
  }));
}

export function regionConditions(facts: PlatformFacts): Condition[] {
  return [
    ...noRegion(facts),
    ...troubledRegions(facts).map((region) => troubled(facts, region)),
    ...quarantined(facts),
  ];
}
