/** One machine whose power fails again and again, at seeded moments, while sites break and heal. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BreakingSite, runDrill } from './outages.ts';
import { killAll } from './processes.ts';
import { seededNumbers } from './seeded.ts';
import { SingleProcess } from './single-process.ts';

const kills = 8;
/** Late sends would be seen by then. */
const countMs = 15_000;

let system: SingleProcess;
let sites: BreakingSite[] = [];

beforeAll(async () => {
  system = await SingleProcess.start();
  await system.client.untilRegionsLive('eu', 'us', 'ap');
  sites = await Promise.all(Array.from({ length: 4 }, () => BreakingSite.start(system.client)));
}, 90_000);
afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await system.remove();
  await killAll();
});

describe('the single process, killed whole', () => {
  it('pages once for each outage and resolves each page, whenever it dies', async () => {
    await runDrill({
      sites,
      random: seededNumbers(3),
      kills,
      gapMs: { min: 2_000, max: 6_000 },
      kill: async () => {
        await system.kill();
        await system.startAgain();
      },
    });
    await delay(countMs);
    for (const site of sites) {
      const { outages, triggered, resolved, repeats } = site.count();
      expect(outages).toBeGreaterThanOrEqual(2);
      expect(triggered).toHaveLength(outages);
      expect([...resolved].sort()).toEqual([...triggered].sort());
      expect(repeats).toBeLessThanOrEqual(kills);
    }
  }, 300_000);
});
