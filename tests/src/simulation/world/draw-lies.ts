/**
 * Draws a region that says the opposite of what it sees, of most monitors and for so long that it loses its vote. That
 * takes more monitors in one partition than a run has otherwise.
 */
import type { Instant } from '@quorate/contracts';
import type { Random } from '@quorate/testing';
import type { Fault, MonitorScript } from './scenario.ts';

const lieShare = 0.1;
export const liedToMonitorCount = 9;
const lieMsMin = 90_000;
const lieMsMax = 150_000;
/** In so many of these runs nothing else happens meanwhile, nor shortly before. */
const aloneShare = 0.6;
const shortlyMs = 30_000;
/** Until a run is calm; from then on nothing disturbs those who would trust the region again. */
const lastWordsMs = 1_000;

/** Of two that contradict each other nobody can say who lies. */
export function drawsLie(random: Random, regions: readonly string[]): boolean {
  return regions.length >= 3 && random.chance(lieShare);
}

interface Frame {
  readonly random: Random;
  readonly regions: readonly string[];
  readonly startAt: Instant;
  readonly calmAt: Instant;
}

type LyingRegion = Extract<Fault, { kind: 'region lies' }>;

export function drawLie({ random, regions, startAt, calmAt }: Frame, monitors: readonly MonitorScript[]): LyingRegion {
  const forMs = Math.min(random.between(lieMsMin, lieMsMax), calmAt - lastWordsMs - startAt);
  const at = random.between(startAt, calmAt - lastWordsMs - forMs);
  const ids = monitors.map(({ record }) => record.id);
  const monitorIds = random.shuffled(ids).slice(0, random.between(ids.length - 1, ids.length));
  return { at, kind: 'region lies', region: random.pick(regions) ?? '', forMs, monitorIds };
}

/** The other faults, with the lie among them. */
export function withLie(random: Random, lie: LyingRegion, others: readonly Fault[]): Fault[] {
  if (!random.chance(aloneShare)) return [...others, lie];
  return [...others.filter(({ at }) => at < lie.at - shortlyMs || at > lie.at + lie.forMs), lie];
}
