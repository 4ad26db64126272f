/** What many runs come to. */
import { describe, expect, it } from '@jest/globals';
import { failedRun, type RunReport } from './run-report.ts';
import { Tally } from './tally.ts';

const pace = { elapsedMs: 2_000, threadCount: 2 };
const fine = (seed: number, faults: Readonly<Record<string, number>>): RunReport => {
  return { ...failedRun(seed, ''), violations: [], faults, simulatedMs: 1_800_000 };
};

describe('the tally', () => {
  it('adds up runs, faults by kind and simulated hours, and says that nothing broke', () => {
    const tally = new Tally();
    tally.add(fine(1, { kill: 2, freeze: 1 }), false);
    tally.add(fine(2, { kill: 1_000 }), true);
    const words = tally.inWords(pace);
    expect(words).toMatch(/kill +1,002/);
    expect(words).toMatch(/by kind: 1,003/);
    expect(words).toMatch(/runs +2, of which 1 twice/);
    expect(words).toMatch(/simulated hours +1\n/);
    expect(words).toMatch(/runs per second +1\.5 on 2 threads/);
    expect(words.trimEnd().endsWith('violations: 0')).toBe(true);
    expect(tally.brokenCount).toBe(0);
  });

  it('names the seed of each run that broke, its first sentence and how to see it again', () => {
    const tally = new Tally();
    tally.add({ ...fine(7, {}), violations: ['a page was lost', 'another'] }, false);
    const words = tally.inWords(pace);
    expect(words).toContain('Seed 7: a page was lost (and 1 more)\n  npm run simulate -- --seed 7\n');
    expect(words.trimEnd().endsWith('violations: 1')).toBe(true);
  });

  it('stays readable where everything breaks', () => {
    const tally = new Tally();
    for (let seed = 1; seed <= 50; seed++) tally.add(failedRun(seed, 'broken'), false);
    expect(tally.inWords(pace)).toContain('… and 30 runs more');
  });
});
