/** The log is legible: whoever looks at Kafka with a tool of their own reads keys, headers and JSON. */
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedKafka } from '@quorate/kafka-broker';
import { topics, type TopicName } from '@quorate/contracts';
import { startPagerDutyStandIn, startTarget, type PagerDutyStandIn, type Target } from '@quorate/testing';
import type { Cluster } from '../e2e/cluster.ts';
import { until } from '../e2e/until.ts';
import { hasKcat, listTopics, readTopic, writeRecord, type SeenRecord } from './kcat.ts';

/** They live in this process: whoever keeps it busy for seconds makes an outage. */
const targetsAnswer = (): Promise<void> => setImmediate();

const suite = hasKcat() ? describe : describe.skip;

const monitor = /^[0-9a-f-]{36}$/;
/** What a record of each topic is about. */
const keys: Readonly<Record<TopicName, RegExp>> = {
  monitors: monitor,
  directory: /^(channel:[0-9a-f-]{36}|installation)$/,
  checks: monitor,
  confirmations: monitor,
  'manual-checks': monitor,
  commands: /^[0-9a-f-]{36}$/,
  votes: monitor,
  pings: /^[0-9a-f-]{36}\/(awaited|started|ended)$/,
  gateways: /^api-1$/,
  'monitor-state': monitor,
  verdicts: monitor,
  alerts: monitor,
  deliveries: /^([0-9a-f-]{36}:\d+:(opened|resolved)|test:[0-9a-f-]{36}:test):\d+:[0-9a-f-]{36}$/,
  heartbeats: /^(eu|us|ap)\/prober-/,
  'partition-reports': /^\d+$/,
  'platform-commands': /^ap$/,
  'platform-state': /^[a-z-]+(:[a-z0-9-]+)?$/,
  'dead-letters': /^aggregator:votes:0:\d+$/,
};
/** What happens because of a check carries the check's trace. */
const traced: readonly TopicName[] = ['checks', 'confirmations', 'votes', 'verdicts', 'alerts', 'deliveries'];

const topicNames = Object.keys(topics) as TopicName[];

/** Of a cluster whose processes export their traces. */
export function describeLegibleLog(cluster: () => Cluster): void {
  suite('its log, seen with kcat,', () => seenWithKcat(cluster));
}

interface Scene {
  readonly cluster: Cluster;
  readonly pagerDuty: PagerDutyStandIn;
  readonly operators: PagerDutyStandIn;
  readonly target: Target;
}

/**
 * A record that is none, a job that is awaited, a manual check, a test of the channel, an outage until it is resolved,
 * and meanwhile a region that dies, is told of and is removed.
 */
async function makeEverythingHappen({ cluster, pagerDuty, operators, target }: Scene): Promise<void> {
  const { client, brokers } = cluster;
  await writeRecord(brokers, { topic: 'votes', partition: 0, key: 'scribble', value: 'no vote at all' });
  await client.call('PATCH', '/settings', { platformChannelIds: [await client.addChannel(operators.url)] });
  await cluster.replica('prober-ap').killGroup();
  const channelId = await client.addChannel(pagerDuty.url);
  const { id } = await client.addMonitor(target.url, [channelId]);
  await client.untilStatus(id, 'up', 40_000);
  await client.call('POST', '/monitors', { name: 'Backup', type: 'heartbeat', heartbeat: {} });
  await client.call('POST', `/monitors/${id}/check`);
  await client.call('POST', `/channels/${channelId}/test`);
  target.failFor(['eu', 'us']);
  await until(() => pagerDuty.of('trigger').length > 1, { withinMs: 40_000, what: 'the page' });
  target.heal();
  await until(() => pagerDuty.of('resolve').length > 0, { withinMs: 40_000, what: 'the resolve' });
  await until(() => operators.of('trigger').length > 0, { withinMs: 90_000, what: 'the page about the region' });
  await client.call('DELETE', '/regions/ap');
  const isGone = async () => (await client.regions()).every(({ name }) => name !== 'ap');
  await until(isGone, { withinMs: 10_000, what: 'the region to be removed' });
}

function seenWithKcat(cluster: () => Cluster): void {
  let pagerDuty: PagerDutyStandIn;
  let operators: PagerDutyStandIn;
  let target: Target;
  let records: ReadonlyMap<TopicName, readonly SeenRecord[]>;

  beforeAll(async () => {
    target = await startTarget();
    [pagerDuty, operators] = await Promise.all([startPagerDutyStandIn(), startPagerDutyStandIn()]);
    await makeEverythingHappen({ cluster: cluster(), pagerDuty, operators, target });
    const read = topicNames.map(async (topic) => [topic, await readTopic(cluster().brokers, topic)] as const);
    records = new Map(await Promise.all(read));
  }, 240_000);
  afterAll(async () => {
    await Promise.all([pagerDuty, operators, target].map((part) => part.close()));
  });

  it('there are the topics of the contracts, and no others', async () => {
    const seen = await listTopics(cluster().brokers);
    // On brokers that were given, other suites have theirs.
    const own = sharedKafka().given ? seen.filter((topic) => topic in topics) : seen;
    expect([...own].sort()).toEqual(Object.keys(topics).sort());
  });

  it('a dead region is told of once, in words and with its name, to whoever runs the installation', () => {
    expect(operators.of('trigger').map(({ payload }) => payload?.summary)).toEqual([
      expect.stringMatching(/^Quorate: Region ap is silent\. None of its probers has been heard since .* UTC\.$/),
    ]);
    expect(JSON.stringify(operators.events)).toContain('The other regions (eu, us) decide without it.');
  });

  describeRecords((topic) => records.get(topic) ?? []);
}

function describeRecords(recordsOf: (topic: TopicName) => readonly SeenRecord[]): void {
  it.each(topicNames)('%s has keys that say what it is about, and values as its contract says', async (topic) => {
    expect(recordsOf(topic).length).toBeGreaterThan(0);
    for (const { key, payload, tstype } of recordsOf(topic).filter((record) => record.key !== 'scribble')) {
      await targetsAnswer();
      expect(key).toMatch(keys[topic]);
      expect(tstype).toBe('logappend');
      if (payload !== null) topics[topic].schema.parse(JSON.parse(payload));
    }
  });

  it.each(traced)('%s carries the trace in its headers', async (topic) => {
    for (const { headers = [], payload, key } of recordsOf(topic)) {
      await targetsAnswer();
      if (payload === null || key === 'scribble') continue;
      const at = headers.indexOf('traceparent');
      expect(headers[at + 1]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
    }
  });

  it('a record that cannot be read lies among the dead letters, with the reason', () => {
    const [letter] = recordsOf('dead-letters');
    expect(JSON.parse(letter?.payload ?? '')).toMatchObject({
      topic: 'votes',
      key: 'scribble',
      value: 'no vote at all',
      reason: expect.stringContaining('not JSON'),
    });
  });

  it('no secret is in the clear', () => {
    const all = topicNames.map(recordsOf);
    expect(JSON.stringify(all)).not.toContain('R0UT1NG');
    expect(JSON.stringify(all)).toContain('sealed:v1:');
  });
}
