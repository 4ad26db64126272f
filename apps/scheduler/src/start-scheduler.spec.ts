import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicSettings, type DurableLog } from '@quorate/bus';
import {
  heartbeatIntervalMs,
  heartbeatKey,
  monitorRecordSchema,
  partitionOf,
  type Check,
  type Heartbeat,
  type MonitorRecord,
} from '@quorate/contracts';
import { cadenceOf, firstDueAfter } from '@quorate/schedule';
import { silentLogger } from '@quorate/telemetry';
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import type { RunningService } from '@quorate/runtime';
import { startScheduler } from './start-scheduler.ts';

const start = 1_800_000_000_000;
const partitionCount = 3;
const shopId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const shopDueAt = firstDueAfter(cadenceOf(shopId, 30_000), start + 5_000);

let log: SimulatedLog;
let running: RunningService[];

function monitorOf(changes: Partial<MonitorRecord> = {}): MonitorRecord {
  return monitorRecordSchema.parse({
    v: 1,
    id: shopId,
    version: 1,
    name: 'Shop',
    type: 'http',
    http: { url: 'https://shop.example/' },
    paused: false,
    createdAt: start,
    changedAt: start,
    checkAtOnce: false,
    ...changes,
  });
}

async function save(monitor: MonitorRecord): Promise<void> {
  const partition = partitionOf(monitor.id, partitionCount);
  await log.deliver([{ topic: 'monitors', partition, key: monitor.id, value: JSON.stringify(monitor) }]);
}

async function remove(monitorId: string): Promise<void> {
  await log.deliver([
    { topic: 'monitors', partition: partitionOf(monitorId, partitionCount), key: monitorId, value: null },
  ]);
}

/** What a job tells: that a run has begun or ended. */
async function ping(kind: 'started' | 'ended'): Promise<void> {
  const value = { v: 1, monitorId: shopId, kind, failed: false, exitCode: null, excerpt: null };
  const partition = partitionOf(shopId, partitionCount);
  await log.deliver([{ topic: 'pings', partition, key: `${shopId}/${kind}`, value: JSON.stringify(value) }]);
}

async function beat(region: string, state: Heartbeat['state'] = 'running'): Promise<void> {
  const value: Heartbeat = {
    v: 1,
    region,
    proberId: `${region}-1`,
    version: '0.1.0',
    startedAt: start,
    at: start,
    state,
    isolated: false,
  };
  await log.deliver([{ topic: 'heartbeats', partition: 0, key: heartbeatKey(value), value: JSON.stringify(value) }]);
}

/** Moves time on while the named regions go on to live. */
async function pass(durationMs: number, regions: readonly string[]): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += heartbeatIntervalMs) {
    for (const region of regions) await beat(region);
    await log.advance(Math.min(heartbeatIntervalMs, durationMs - passedMs));
  }
}

async function checks(): Promise<Check[]> {
  const records = await log.records('checks');
  return records.map(({ value }) => JSON.parse(value ?? 'null') as Check);
}

/** The log as a scheduler sees it that does not know of the others: a zombie, say. */
function inAnotherGroup(whole: SimulatedLog): DurableLog {
  return {
    engine: whole.engine,
    now: () => whole.now(),
    ensureTopics: (settings) => whole.ensureTopics(settings),
    partitionCount: (topic) => whole.partitionCount(topic),
    append: (records) => whole.append(records),
    follow: (topics, from, handle) => whole.follow(topics, from, handle),
    read: (topic, partition, handle) => whole.read(topic, partition, handle),
    last: (topic, partition) => whole.last(topic, partition),
    join: (definition) => whole.join({ ...definition, group: 'another' }),
    health: () => whole.health(),
    close: () => whole.close(),
  };
}

const rounds = (list: readonly Check[]) => list.map(({ dueAt, missedRoundCount }) => [dueAt, missedRoundCount]);

async function run(): Promise<RunningService> {
  const service = await startScheduler({ log, logger: silentLogger });
  running.push(service);
  await log.settle();
  return service;
}

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  running = [];
  await log.ensureTopics(topicSettings(partitionCount));
  for (const region of ['eu', 'us', 'ap']) await beat(region);
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.close()));
  await log.close();
});

describe('the scheduler', () => {
  it('writes one check for each round, due when the cadence says, with all that a prober needs', async () => {
    await save(monitorOf({ intervalSeconds: 30, timeoutSeconds: 7, version: 4 }));
    await run();
    await pass(shopDueAt - start + 31_000, ['eu', 'us', 'ap']);
    const [first, second] = (await checks()).filter(({ dueAt }) => dueAt >= shopDueAt);
    expect(first).toEqual({
      v: 1,
      monitorId: shopId,
      monitorVersion: 4,
      dueAt: shopDueAt,
      kind: 'scheduled',
      expectedRegions: ['ap', 'eu', 'us'],
      registeredRegions: ['ap', 'eu', 'us'],
      timeoutMs: 7_000,
      decision: monitorOf().decision,
      missedRoundCount: 0,
      probe: { type: 'http', http: (monitorOf() as { http?: unknown }).http },
    });
    expect(second?.dueAt).toBe(shopDueAt + 30_000);
  });

  it('writes them into the partition of their monitor, within a tick of being due', async () => {
    await save(monitorOf());
    await run();
    await pass(shopDueAt - start + 500, ['eu']);
    const record = (await log.records('checks')).at(-1);
    expect(record?.partition).toBe(partitionOf(shopId, partitionCount));
    expect(record?.key).toBe(shopId);
    expect((record?.appendedAt ?? 0) - shopDueAt).toBeLessThanOrEqual(250);
  });

  it('expects the assigned regions that are live, and counts the others as registered', async () => {
    await save(monitorOf({ regions: ['eu', 'us', 'mars'] }));
    await run();
    await pass(shopDueAt - start + 11_000, ['us', 'ap']);
    await pass(30_000, ['us', 'ap']);
    expect((await checks()).at(-1)).toMatchObject({ expectedRegions: ['us'], registeredRegions: ['eu', 'us'] });
  });

  it('checks at once what was created, resumed or edited while it runs', async () => {
    await run();
    await pass(10_000, ['eu']);
    await save(monitorOf({ changedAt: start + 9_900, checkAtOnce: true }));
    await pass(500, ['eu']);
    expect(rounds(await checks())).toEqual([[start + 9_900, 0]]);
  });

  it('checks at once whose job told how it ended, and not one that has only begun', async () => {
    await save(monitorOf({ intervalSeconds: 86_400 }));
    await run();
    await pass(10_000, ['eu']);
    const { length } = await checks();
    await ping('started');
    await pass(2_000, ['eu']);
    expect(await checks()).toHaveLength(length);
    await ping('ended');
    await pass(500, ['eu']);
    expect(rounds((await checks()).slice(length))).toEqual([[start + 12_000, 0]]);
  });

  it('takes up very many monitors that are due at the same time, each once', async () => {
    const ids = Array.from({ length: 900 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
    for (const id of ids) await save(monitorOf({ id, checkAtOnce: true, intervalSeconds: 86_400 }));
    await run();
    await pass(1_000, ['eu', 'us', 'ap']);
    expect((await checks()).map(({ monitorId }) => monitorId).sort()).toEqual(ids);
  });

  it('checks nothing that is paused or deleted', async () => {
    const otherId = '00000000-0000-4000-8000-000000000001';
    await run();
    await save(monitorOf({ changedAt: start, checkAtOnce: true }));
    await save(monitorOf({ id: otherId, changedAt: start, checkAtOnce: true }));
    await pass(1_000, ['eu']);
    expect(await checks()).toHaveLength(2);
    await save(monitorOf({ paused: true, version: 2, changedAt: start + 1_000 }));
    await remove(otherId);
    await pass(120_000, ['eu']);
    expect(await checks()).toHaveLength(2);
  });

  it('keeps to the newest version of a monitor when an older form comes late', async () => {
    await run();
    await save(monitorOf({ version: 3, paused: true }));
    await save(monitorOf({ version: 2, changedAt: start, checkAtOnce: true }));
    await pass(60_000, ['eu']);
    expect(await checks()).toEqual([]);
  });

  it('goes on where its predecessor stood: the newest missed round runs, the older are counted', async () => {
    await save(monitorOf());
    const first = await run();
    await pass(shopDueAt - start + 1_000, ['eu']);
    await first.close();
    running.splice(0);
    const before = await checks();
    await pass(97_000, ['eu']);
    await run();
    await pass(4_000, ['eu']);
    expect(rounds((await checks()).slice(before.length))).toEqual([[shopDueAt + 90_000, 2]]);
  });

  it('names the same rounds as another scheduler that runs at the same time', async () => {
    const ids = [shopId, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
    for (const id of ids) await save(monitorOf({ id, changedAt: start, checkAtOnce: true }));
    await run();
    await log.advance(100);
    running.push(await startScheduler({ log: inAnotherGroup(log), logger: silentLogger }));
    await pass(100_000, ['eu', 'us', 'ap']);
    const names = (await checks()).map(({ monitorId, dueAt }) => `${monitorId} ${dueAt}`);
    const due = ids.flatMap((id) => {
      const cadence = cadenceOf(id, 30_000);
      const first = firstDueAfter(cadence, start);
      return [start, first, first + 30_000, first + 60_000, first + 90_000]
        .filter((at) => at <= start + 99_000)
        .map((at) => `${id} ${at}`);
    });
    expect(new Set(names)).toEqual(new Set(due));
    expect(names).toHaveLength(2 * due.length);
  });

  it('waits at its start until every registered region is heard, a moment at most', async () => {
    await pass(60_000, ['eu', 'us']);
    await save(monitorOf({ changedAt: start + 59_000, checkAtOnce: true }));
    await run();
    await pass(2_000, ['eu', 'us']);
    expect(await checks()).toEqual([]);
    await pass(2_000, ['eu', 'us']);
    expect((await checks()).at(0)).toMatchObject({
      expectedRegions: ['eu', 'us'],
      registeredRegions: ['ap', 'eu', 'us'],
    });
  });

  it('is not ready before it knows of live regions, and says what it waits for', async () => {
    for (const region of ['eu', 'us', 'ap']) await beat(region, 'stopped');
    const service = await run();
    expect(service.health()).toMatchObject({ ready: false, detail: 'schedules 3 partitions, waits for live regions' });
    await log.advance(11_000);
    expect(service.health()).toMatchObject({ ready: true, detail: 'schedules 3 partitions' });
  });

  it('writes rounds that no region attends to, so that the silence is noticed', async () => {
    for (const region of ['eu', 'us', 'ap']) await beat(region, 'stopped');
    await save(monitorOf({ changedAt: start, checkAtOnce: true }));
    await run();
    await log.advance(11_000);
    expect((await checks()).at(-1)).toMatchObject({ expectedRegions: [], registeredRegions: ['ap', 'eu', 'us'] });
  });

  it('does not trip over a record that is no heartbeat', async () => {
    await log.deliver([
      { topic: 'heartbeats', partition: 0, key: 'eu/x', value: '{' },
      { topic: 'heartbeats', partition: 0, key: 'eu/y', value: '{"v":9}' },
      { topic: 'heartbeats', partition: 0, key: 'us/us-1', value: null },
    ]);
    await save(monitorOf({ changedAt: start, checkAtOnce: true }));
    await run();
    await pass(4_000, ['eu', 'ap']);
    expect((await checks()).at(-1)).toMatchObject({ registeredRegions: ['ap', 'eu'] });
  });
});
