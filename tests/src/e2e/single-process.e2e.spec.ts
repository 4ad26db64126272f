/** The main job on one machine: the built product as `npm start` runs it, seen from outside. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createAuthority,
  startHeartbeatReceiver,
  startPagerDutyStandIn,
  startTarget,
  startTlsServer,
  type HeartbeatReceiver,
  type PagerDutyStandIn,
  type Target,
} from '@quorate/testing';
import { killAll } from './processes.ts';
import { SingleProcess } from './single-process.ts';
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
  pagerDuty = await startPagerDutyStandIn();
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
    target.failFor(['eu', 'us']);
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
    target.failFor(['ap']);
    await system.client.untilStatus(id, 'degraded', 30_000);
    const [round] = await system.client.rounds(id);
    expect(round?.votes.filter(({ outcome }) => outcome === 'down').map(({ region }) => region)).toEqual(['ap']);
    target.heal();
    await system.client.untilStatus(id, 'up', 30_000);
    expect(pagerDuty.events).toEqual([]);
  }, 120_000);
});

describe('a certificate that ends in 13 days', () => {
  it('is told once as a warning while the site is up, and resolved when it was renewed', async () => {
    const authority = await createAuthority();
    const certificate = (validToDays: number) => authority.issue({ names: ['127.0.0.1'], validToDays });
    const server = await startTlsServer(await certificate(13.5));
    const tls = { host: '127.0.0.1', port: server.port, verify: false };
    const more = { type: 'tls', http: undefined, tls };
    const { id } = await system.client.addMonitor('', [channelId], more);
    const withinMs = 30_000;
    await until(() => pagerDuty.of('trigger').length > 0, { withinMs, what: 'the warning' });
    expect(pagerDuty.of('trigger')[0]?.payload).toMatchObject({ severity: 'warning', class: 'certificate' });
    expect(pagerDuty.of('trigger')[0]?.payload?.summary).toMatch(/^Certificate of Shop expires in 13 days \(/);
    const shown = () =>
      system.client.call<{ status: string; certificateWarning: object | null }>('GET', `/monitors/${id}`);
    await until(async () => (await shown()).certificateWarning !== null, { withinMs, what: 'it to be shown' });
    expect(await shown()).toMatchObject({ status: 'up', certificateWarning: { daysLeft: 13 } });
    server.renew(await certificate(90));
    await until(() => pagerDuty.of('resolve').length > 0, { withinMs, what: 'the resolve' });
    await until(async () => (await shown()).certificateWarning === null, { withinMs, what: 'it to be over' });
    expect(pagerDuty.events.map(({ dedup_key: key }) => key)).toEqual(Array(2).fill(pagerDuty.events[0]?.dedup_key));
    expect(await system.client.incidents(id)).toMatchObject([{ kind: 'certificate', cause: 'renewed' }]);
    await server.close();
  }, 90_000);
});

describe('the dead man’s switch', () => {
  const intervalMs = 5_000;
  let receiver: HeartbeatReceiver;
  beforeAll(async () => {
    receiver = await startHeartbeatReceiver();
  });
  afterAll(() => receiver.close());

  it('beats at its rhythm to whoever waits for it, and its drill pages and resolves', async () => {
    const drill = { everyMinutes: 5, downSeconds: 10, channelIds: [channelId] };
    const deadMansSwitch = { url: receiver.url, intervalSeconds: intervalMs / 1_000, drill };
    await system.client.call('PATCH', '/settings', { deadMansSwitch });
    const [page] = await until(() => pagerDuty.of('trigger').length > 0 && pagerDuty.of('trigger'), {
      withinMs: 20_000,
      what: 'the page of the drill',
    });
    expect(page?.payload?.summary).toContain('Quorate drill is down: this is a drill, nothing is broken');
    await until(() => pagerDuty.of('resolve', page?.dedup_key).length > 0, { withinMs: 30_000, what: 'its resolve' });
    await until(() => receiver.beats.length >= 4, { withinMs: 30_000, what: 'four beats' });
    expect(pagerDuty.of('trigger')).toHaveLength(1);
    // The first comes at once, before the rhythm begins.
    const [, ...times] = receiver.beats.map(({ at }) => at);
    const gapsMs = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    for (const gapMs of gapsMs) expect(Math.abs(gapMs - intervalMs)).toBeLessThan(intervalMs / 2);
    await system.client.call('PATCH', '/settings', { deadMansSwitch: null });
  }, 90_000);
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
