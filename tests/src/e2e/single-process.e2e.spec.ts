/** The main job on one machine: the built product as `npm start` runs it, seen from outside. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPagerDuty, type PagerDutyStandIn } from './pagerduty.ts';
import { killAll } from './processes.ts';
import { SingleProcess } from './single-process.ts';
import { startTarget, type Target } from './target.ts';
import { until } from './until.ts';

const regions = ['eu', 'us', 'ap'];

let system: SingleProcess;
let pagerDuty: PagerDutyStandIn;
let target: Target;
let channelId = '';

beforeAll(async () => {
  system = await SingleProcess.start();
  await system.client.untilRegionsLive(...regions);
}, 60_000);
afterAll(async () => {
  await system.remove();
  await killAll();
});
beforeEach(async () => {
  pagerDuty = await startPagerDuty();
  target = await startTarget();
  channelId = await system.client.addChannel(pagerDuty.url);
});
afterEach(async () => {
  await Promise.all([pagerDuty.close(), target.close()]);
});

async function addMonitor(): Promise<string> {
  const { id } = await system.client.addMonitor(target.url, [channelId]);
  await system.client.untilStatus(id, 'up', 30_000);
  return id;
}

describe('a site that two of three regions see down', () => {
  it('pages once with the evidence of both, and resolves once under the same key', async () => {
    const id = await addMonitor();
    const { timeToAlertSecondsMax } = await system.client.monitor(id);
    target.failFor('eu', 'us');
    const [trigger] = await until(() => pagerDuty.of('trigger').length > 0 && pagerDuty.of('trigger'), {
      withinMs: timeToAlertSecondsMax * 1_000,
      what: 'the page',
      instead: async () => [await system.client.monitor(id), await system.client.rounds(id)],
    });
    const evidence = JSON.stringify(trigger?.payload?.custom_details);
    expect(evidence).toMatch(/eu/);
    expect(evidence).toMatch(/us/);
    expect(evidence).toContain('503');
    await system.client.untilStatus(id, 'down', 20_000);
    target.heal();
    await until(() => pagerDuty.of('resolve').length > 0, { withinMs: 30_000, what: 'the resolve' });
    await system.client.untilStatus(id, 'up', 30_000);
    expect(pagerDuty.of('trigger')).toHaveLength(1);
    expect(pagerDuty.of('resolve').map((event) => event.dedup_key)).toEqual([trigger?.dedup_key]);
    const [incident] = await system.client.incidents(id);
    expect(incident).toMatchObject({ status: 'resolved', monitorId: id });
    expect([...(incident?.regions ?? [])].sort()).toEqual(['eu', 'us']);
  }, 120_000);
});

describe('a site that one of three regions sees down', () => {
  it('is degraded, names the region, and pages nobody', async () => {
    const id = await addMonitor();
    target.failFor('ap');
    await system.client.untilStatus(id, 'degraded', 30_000);
    const [round] = await system.client.rounds(id);
    expect(round?.votes.filter(({ outcome }) => outcome === 'down').map(({ region }) => region)).toEqual(['ap']);
    target.heal();
    await system.client.untilStatus(id, 'up', 30_000);
    expect(pagerDuty.events).toEqual([]);
  }, 120_000);
});

describe('an orderly end', () => {
  it('takes less than ten seconds, and the next start has everything', async () => {
    const id = await addMonitor();
    const endsAt = performance.now() + 10_000;
    system.process.signal('SIGTERM');
    expect(await system.process.exit).toEqual({ code: 0, signal: null });
    expect(performance.now()).toBeLessThan(endsAt);
    await system.startAgain();
    expect(await system.client.monitor(id)).toMatchObject({ id, status: 'up' });
    expect(system.process.output()).not.toContain('shown only now');
  }, 60_000);
});
