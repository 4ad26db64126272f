/** The main job on Kafka: each service a process of its own, aggregators and dispatchers killed as it goes. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { directoryKeyOfChannel } from '@quorate/contracts';
import { sharedKafka } from '@quorate/kafka-broker';
import { startHeartbeatReceiver, startPagerDutyStandIn, startTarget } from '@quorate/testing';
import { describeLegibleLog } from '../legible/describe-legible-log.ts';
import { brokersForSuite, type Brokers } from './brokers.ts';
import { channelOnLog, eraseChannel } from './channel-on-log.ts';
import { Cluster } from './cluster.ts';
import { BreakingSite, runDrill } from './outages.ts';
import { startOtlpReceiver, type OtlpReceiver } from './otlp-receiver.ts';
import { killAll } from './processes.ts';
import { seededNumbers } from './seeded.ts';
import { pagesMax, Storm } from './storm.ts';
import { until } from './until.ts';

const kills = 20;
const victims = ['aggregator-1', 'dispatcher-1', 'aggregator-2', 'dispatcher-2'];
/** Each record names its trace; that they are exported is seen elsewhere. */
const fewTraces = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
/** The auditor mends what it has seen in two passes, which are a minute apart. */
const mendedMsMax = 240_000;
/** Late sends would be seen by then. */
const countMs = 60_000;

function expectOnePageAnOutage(site: BreakingSite): void {
  const { outages, triggered, resolved, repeats } = site.count();
  expect(outages).toBeGreaterThanOrEqual(2);
  expect(triggered).toHaveLength(outages);
  expect([...resolved].sort()).toEqual([...triggered].sort());
  expect(repeats).toBeLessThanOrEqual(kills);
}

const suite = sharedKafka().available ? describe : describe.skip;

suite('on Kafka, each service its own process', () => {
  let brokers: Brokers;
  let traces: OtlpReceiver;
  let cluster: Cluster;
  let sites: BreakingSite[] = [];
  let drilledAt = 0;
  let erasedId = '';

  beforeAll(async () => {
    [brokers, traces] = await Promise.all([brokersForSuite(), startOtlpReceiver()]);
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint, ...fewTraces };
    cluster = await Cluster.start({ brokers: brokers.addresses, environment });
    erasedId = await cluster.client.addChannel('http://127.0.0.1:9/');
    await eraseChannel(brokers.addresses, erasedId);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(sites.map((site) => site.close()));
    await cluster.remove();
    await Promise.all([brokers.stop(), traces.close()]);
    await killAll();
  });

  it('pages once with the evidence of two regions, resolves once, and pages nobody for one region', async () => {
    const [target, pagerDuty] = await Promise.all([startTarget(), startPagerDutyStandIn()]);
    const { id } = await cluster.client.addMonitor(target.url, [await cluster.client.addChannel(pagerDuty.url)]);
    await cluster.client.untilStatus(id, 'up', 30_000);
    target.failFor(['ap']);
    await cluster.client.untilStatus(id, 'degraded', 40_000);
    expect(pagerDuty.events).toEqual([]);
    target.failFor(['eu', 'us']);
    await until(() => pagerDuty.of('trigger').length > 0, { withinMs: 40_000, what: 'the page' });
    target.heal();
    await until(() => pagerDuty.of('resolve').length > 0, { withinMs: 40_000, what: 'the resolve' });
    const [trigger] = pagerDuty.of('trigger');
    const evidence = JSON.stringify(trigger?.payload?.custom_details);
    for (const seen of ['eu', 'us', '503']) expect(evidence).toContain(seen);
    expect(pagerDuty.of('trigger')).toHaveLength(1);
    expect(pagerDuty.of('resolve').map((event) => event.dedup_key)).toEqual([trigger?.dedup_key]);
    await Promise.all([target.close(), pagerDuty.close()]);
  }, 180_000);

  it('pages once for each outage while aggregators and dispatchers are killed at 20 seeded moments', async () => {
    sites = await Promise.all(Array.from({ length: 4 }, () => BreakingSite.start(cluster.client)));
    await runDrill({
      sites,
      random: seededNumbers(20),
      kills,
      gapMs: { min: 1_500, max: 4_500 },
      kill: async (index) => {
        const victim = victims[index % victims.length] ?? '';
        await cluster.replica(victim).killGroup();
        await cluster.startReplica(victim);
      },
    });
    drilledAt = performance.now();
    for (const site of sites) expectOnePageAnOutage(site);
  }, 420_000);

  describeLegibleLog(() => cluster);

  it('counts a fourth region from its first prober on, with nothing else started again', async () => {
    const target = await startTarget();
    const { id } = await cluster.client.addMonitor(target.url, []);
    await cluster.client.untilStatus(id, 'up', 30_000);
    await cluster.startReplica('prober-sa');
    const rounds = async (): Promise<boolean> => {
      const [newest] = await cluster.client.rounds(id);
      return newest?.votes.some(({ region, outcome }) => region === 'sa' && outcome === 'up') ?? false;
    };
    await until(rounds, {
      withinMs: 40_000,
      what: 'the vote of the new region',
      instead: () => cluster.client.rounds(id),
    });
    await target.close();
  }, 120_000);

  it('tells of a storm in one roll-up, plays its drill and gives signs of life, while processes die', async () => {
    const { client } = cluster;
    const [receiver, pagerDuty, storm] = await Promise.all([
      startHeartbeatReceiver(),
      startPagerDutyStandIn(),
      Storm.prepare(client),
    ]);
    const raged = storm.rage();
    const drill = { everyMinutes: 5, downSeconds: 10, channelIds: [await client.addChannel(pagerDuty.url)] };
    await client.setDeadMansSwitch({ url: receiver.url, intervalSeconds: 5, drill });
    for (const victim of ['dispatcher-1', 'aggregator-1']) {
      await cluster.replica(victim).killGroup();
      await cluster.startReplica(victim);
    }
    const keys = (await raged).map(({ dedupKey }) => dedupKey);
    expect(keys.filter((key) => key.startsWith('storm:'))).toHaveLength(1);
    expect(keys).toHaveLength(pagesMax + 1);
    const played = () => pagerDuty.alerts.some(({ state }) => state === 'resolved');
    await until(played, { withinMs: 120_000, what: 'the drill', instead: () => pagerDuty.alerts });
    expect(pagerDuty.alerts).toHaveLength(1);
    await until(() => receiver.beats.length > 2, { withinMs: 60_000, what: 'three signs of life' });
    await Promise.all([storm.close(), receiver.close(), pagerDuty.close()]);
  }, 420_000);

  it('has put right by its auditor what the log had lost, and finds nothing else amiss', async () => {
    const { client } = cluster;
    const subjects = [directoryKeyOfChannel(erasedId)];
    const mended = async () => (await client.audit()).repairs.length > 0;
    await until(mended, { withinMs: mendedMsMax, what: 'the repair', instead: () => client.audit() });
    expect(await channelOnLog(brokers.addresses, erasedId)).toMatchObject({ id: erasedId });
    expect(await client.audit()).toMatchObject({ items: [], repairs: [{ kind: 'record-missing', subjects }] });
  }, 300_000);

  it('decides two of two when a region has lost its only prober', async () => {
    const [target, pagerDuty] = await Promise.all([startTarget(), startPagerDutyStandIn()]);
    const settings = { regions: ['eu', 'us', 'sa'] };
    const channelId = await cluster.client.addChannel(pagerDuty.url);
    const { id } = await cluster.client.addMonitor(target.url, [channelId], settings);
    await cluster.client.untilStatus(id, 'up', 30_000);
    await cluster.replica('prober-sa').killGroup();
    target.failFor(['eu', 'us']);
    await until(() => pagerDuty.of('trigger').length > 0, {
      withinMs: 60_000,
      what: 'the page of two of two',
      instead: () => cluster.client.rounds(id),
    });
    await Promise.all([target.close(), pagerDuty.close()]);
  }, 180_000);

  it('has paged nobody late or twice a minute after the last outage', async () => {
    await delay(Math.max(0, drilledAt + countMs - performance.now()));
    for (const site of sites) expectOnePageAnOutage(site);
  }, 120_000);

  it('ends in good order within ten seconds', async () => {
    const names = ['scheduler-1', 'prober-eu', 'aggregator-1', 'dispatcher-1', 'api-1'];
    const startedAt = performance.now();
    for (const name of names) cluster.replica(name).signal('SIGTERM');
    const exits = await Promise.all(names.map((name) => cluster.replica(name).exit));
    expect(exits).toEqual(names.map(() => ({ code: 0, signal: null })));
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  }, 60_000);
});
