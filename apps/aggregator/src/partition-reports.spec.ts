import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicSettings } from '@quorate/bus';
import {
  heartbeatKey,
  monitorRecordSchema,
  partitionReportPeriodMs,
  partitionReportSchema,
  type Heartbeat,
  type PartitionReport,
  type TopicName,
} from '@quorate/contracts';
import type { RunningService } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import { PartitionReports } from './partition-reports.ts';
import { startAggregator } from './start-aggregator.ts';

const start = 1_800_000_000_000;
const shopId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const partitionCount = 3;

let log: SimulatedLog;
let service: RunningService;

const monitor = monitorRecordSchema.parse({
  ...{ v: 1, id: shopId, version: 1, paused: false, createdAt: start, changedAt: start, checkAtOnce: true },
  ...{ name: 'Shop', type: 'tcp', tcp: { host: 'shop.example', port: 443 }, regions: ['eu', 'us'] },
});
const checkOf = (dueAt: number) => ({
  ...{ v: 1, monitorId: shopId, monitorVersion: 1, dueAt, kind: 'scheduled', timeoutMs: 10_000, missedRoundCount: 0 },
  ...{ expectedRegions: ['eu'], registeredRegions: ['eu', 'us'], decision: monitor.decision },
  probe: { type: 'tcp', tcp: { host: 'shop.example', port: 443, tls: false, steps: [] } },
});

async function put(topic: TopicName, value: object, key = shopId): Promise<void> {
  const partition = topic === 'heartbeats' ? 0 : 2;
  await log.deliver([{ topic, partition, key, value: JSON.stringify(value) }]);
}

async function beat(region: string): Promise<void> {
  const prober = { region, proberId: `${region}-1` };
  const beat: Heartbeat = {
    v: 1,
    ...prober,
    version: '0.1.0',
    startedAt: start,
    at: start,
    state: 'running',
    isolated: false,
  };
  await put('heartbeats', beat, heartbeatKey(prober));
}

async function run(): Promise<void> {
  service = await startAggregator({ log, logger: silentLogger });
  await log.advance(200);
}

/** The newest report of each partition. */
async function reports(): Promise<PartitionReport[]> {
  const records = await log.records('partition-reports');
  const newest = new Map(records.map(({ key, value }) => [key, partitionReportSchema.parse(JSON.parse(value ?? ''))]));
  return [...newest.values()].sort((left, right) => left.partition - right.partition);
}

const end = async () => (await log.records('partition-reports')).at(-1)?.offset ?? -1;

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  await log.ensureTopics(topicSettings(partitionCount));
  for (const region of ['eu', 'us']) await beat(region);
});

afterEach(async () => {
  await service.close();
  await log.close();
});

describe('the reports of the partitions', () => {
  it('are written once a period, for all that are idle too, without lag', async () => {
    await run();
    await log.advance(partitionReportPeriodMs);
    const before = await end();
    await log.advance(partitionReportPeriodMs);
    expect((await end()) - before).toBe(partitionCount);
    const idle = { lagMs: 0, monitorCount: 0, unknownCount: 0, missingRegions: [], quarantinedRegions: [] };
    expect(await reports()).toMatchObject([0, 1, 2].map((partition) => ({ partition, ...idle })));
    expect((await reports()).every(({ at }) => log.now() - at <= partitionReportPeriodMs)).toBe(true);
  });

  it('name the regions that monitors wait for which nobody can judge', async () => {
    await put('monitors', monitor);
    await run();
    for (const dueAt of [start, start + 30_000]) {
      await put('checks', checkOf(dueAt));
      await log.advance(30_000);
    }
    expect((await reports())[2]).toMatchObject({
      ...{ partition: 2, monitorCount: 1, unknownCount: 1, faultyCount: 0 },
      missingRegions: ['eu', 'us'],
    });
  });
});

describe('a partition that was lost', () => {
  const reportOf = (partition: number): PartitionReport =>
    partitionReportSchema.parse({
      ...{ v: 1, partition, at: start, lagMs: 0, monitorCount: 0, unknownCount: 0, faultyCount: 0 },
      ...{ missingRegions: [], quarantinedRegions: [] },
    });

  it('is reported no more, unless a new task has taken the place of the old', async () => {
    await run();
    const together = new PartitionReports();
    const [first, second] = [{ takeReport: () => reportOf(1) }, { takeReport: () => reportOf(2) }];
    together.add(1, first);
    together.add(2, { takeReport: () => null });
    together.add(2, second);
    together.remove(2, first);
    expect(together.takeDue(start).map(({ key }) => key)).toEqual(['1', '2']);
    together.remove(2, second);
    expect(together.takeDue(start + partitionReportPeriodMs).map(({ key }) => key)).toEqual(['1']);
  });
});
