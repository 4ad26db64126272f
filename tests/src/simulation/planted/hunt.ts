/** Plants one bug after the other into the product and looks, seed by seed, for a run that finds it. */
import { runAll } from '../pool.ts';
import { bugs } from './bugs.ts';
import { compiled } from './compile.ts';
import type { PlantedBug } from './planted-bug.ts';

/** A bug that so many runs don't find is not found. */
const seedCountMax = 150;

export interface Hunted {
  readonly bug: PlantedBug;
  /** The first seed whose run showed it, and what it said; null: none. */
  readonly found: { readonly seed: number; readonly violation: string } | null;
  readonly runCount: number;
}

async function hunt(bug: PlantedBug): Promise<Hunted> {
  let found: Hunted['found'] = null;
  let seed = 0;
  let runCount = 0;
  await runAll({
    threadCount: 1,
    changed: compiled(bug.patches),
    next: () => (found !== null || seed >= seedCountMax ? null : { seed: ++seed, twice: false, told: false }),
    onReport: ({ seed: of, violations }) => {
      runCount++;
      const violation = violations.find((one) => one.includes(bug.foundBy ?? ''));
      if (violation !== undefined) found = { seed: of, violation };
    },
  });
  return { bug, found, runCount };
}

/** Several at once, each in a thread of its own: what is planted there is nowhere else. */
export async function huntAll(threadCount: number, onHunted: (hunted: Hunted) => void): Promise<readonly Hunted[]> {
  const waiting = [...bugs];
  const results: Hunted[] = [];
  const work = async (): Promise<void> => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const hunted = await hunt(bug);
      results.push(hunted);
      onHunted(hunted);
    }
  };
  await Promise.all(Array.from({ length: threadCount }, work));
  return results;
}
