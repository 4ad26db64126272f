import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicSettings, type DurableLog, type PartitionTask } from '@quorate/bus';
import {
  heartbeatKey,
  monitorRecordSchema,
  partitionOf,
  probeOf,
  targetOf,
  type Alert,
  type Check,
  type Heartbeat,
  type MonitorRecord,
  type TopicName,
  type VerdictRecord,
  type Vote,
} from '@quorate/contracts';
import type { RunningService } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { answerTo, createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import { startAggregator } from './start-aggregator.ts';

const start = 1_800_000_000_000;
const partitionCount = 3;
const shopId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const regions = ['ap', 'eu', 'us'];
const traceId = '0af7651916cd43dd8448eb211c80319c';
const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };

let log: SimulatedLog;
let running: RunningService[];

const monitor: MonitorRecord = monitorRecordSchema.parse({
  v: 1,
  id: shopId,
  version: 1,
  paused: false,
  createdAt: start,
  changedAt: start,
  checkAtOnce: true,
  name: 'Shop',
  type: 'http',
  http: { url: 'https://shop.example/' },
  channelIds: ['1c7e7f0e-4a5c-4f0e-8a45-0d5d0a3c9d11'],
});

const checkOf = (dueAt: number, changes: Partial<Check> = {}): Check => ({
  v: 1,
  monitorId: shopId,
  monitorVersion: 1,
  dueAt,
  kind: 'scheduled',
  expectedRegions: regions,
  registeredRegions: regions,
  timeoutMs: 10_000,
  decision: monitor.decision,
  missedRoundCount: 0,
  probe: probeOf(monitor),
  ...changes,
});

async function put(topic: TopicName, value: object | null, key = shopId): Promise<void> {
  const partition = partitionOf(key, partitionCount);
  const text = value === null ? null : JSON.stringify(value);
  await log.deliver([{ topic, partition, key, value: text, headers }]);
}

async function read<Value>(topic: TopicName): Promise<Value[]> {
  return (await log.records(topic)).map(({ value }) => JSON.parse(value ?? 'null') as Value);
}

const alerts = () => read<Alert>('alerts');
const verdicts = () => read<VerdictRecord>('verdicts');
const told = async () => (await alerts()).map(({ transition, sequence }) => `${transition}:${sequence}`);

async function beat(): Promise<void> {
  for (const region of regions) {
    const prober = { region, proberId: `${region}-1`, version: '0.1.0', startedAt: start, at: start };
    const value: Heartbeat = { v: 1, ...prober, state: 'running', isolated: false };
    await log.deliver([{ topic: 'heartbeats', partition: 0, key: heartbeatKey(value), value: JSON.stringify(value) }]);
  }
}

async function run(on: DurableLog = log): Promise<RunningService> {
  const service = await startAggregator({ log: on, logger: silentLogger });
  running.push(service);
  await log.advance(200);
  return service;
}

/** Ends log and service as `kill -9` would, and starts anew. */
async function crash(): Promise<void> {
  log = log.crash();
  running = [];
  await run();
}

async function answer(check: Check, outcome: Vote['outcome'], voters = ['eu', 'us']): Promise<void> {
  for (const region of voters) await put('votes', answerTo(check, region, outcome));
  await log.advance(150);
}

async function confirmWith(outcome: Vote['outcome']): Promise<void> {
  const before = (await read<Check>('confirmations')).length;
  await beat();
  await log.advance(5_000);
  const check = (await read<Check>('confirmations'))[before];
  if (check === undefined) throw new Error('No confirming round was asked for.');
  await answer(check, outcome);
}

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  running = [];
  await log.ensureTopics(topicSettings(partitionCount));
  await beat();
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.close()));
  await log.close();
});

type Act = () => Promise<void>;

/** An outage and its end, act by act. */
const outage: readonly Act[] = [
  () => put('monitors', monitor),
  () => put('checks', checkOf(start)),
  () => answer(checkOf(start), 'down', ['eu']),
  () => answer(checkOf(start), 'down', ['us']),
  () => confirmWith('down'),
  () => confirmWith('down'),
  () => log.advance(12_000),
  () => put('checks', checkOf(start + 60_000)),
  () => answer(checkOf(start + 60_000), 'up', ['us', 'ap']),
  () => confirmWith('up'),
  () => log.advance(15_000),
];

async function play(acts: readonly Act[]): Promise<void> {
  for (const act of acts) await act();
}

describe('the aggregator', () => {
  it('opens one incident when enough rounds in a row were seen down, and resolves it', async () => {
    await run();
    await play(outage);
    expect(await told()).toEqual(['opened:0', 'resolved:0']);
    const confirmations = await read<Check>('confirmations');
    expect(confirmations).toHaveLength(3);
    expect(confirmations[0]).toMatchObject({ monitorId: shopId, kind: 'confirming', expectedRegions: regions });
    const [opened, resolved] = await alerts();
    expect(opened).toMatchObject({
      incidentId: `${shopId}:${confirmations[1]?.dueAt}`,
      channelIds: monitor.channelIds,
      monitor: { name: 'Shop', target: targetOf(monitor) },
      regions: ['eu', 'us'],
      votes: [{ region: 'eu' }, { region: 'us' }],
    });
    expect(resolved).toMatchObject({ incidentId: opened?.incidentId, resolveCause: 'recovered' });
    const kinds = (await verdicts()).map((record) => (record.type === 'round-closed' ? record.verdict : record.type));
    expect(kinds).toEqual(['status-changed', 'down', 'down', 'down', 'status-changed', 'up', 'up']);
  });

  it('carries the trace of the suspicion on confirming rounds, verdicts and the alert', async () => {
    await run();
    await play(outage);
    const written = await Promise.all(['confirmations', 'alerts'].map((topic) => log.records(topic)));
    for (const record of written.flat()) expect(record.headers['traceparent']).toContain(traceId);
  });

  it('keeps silent about what one region alone sees, but shows it', async () => {
    await run();
    await put('monitors', monitor);
    for (const dueAt of [start, start + 30_000]) {
      await put('checks', checkOf(dueAt));
      await answer(checkOf(dueAt), 'up', ['eu', 'us']);
      await answer(checkOf(dueAt), 'down', ['ap']);
      await log.advance(29_000);
    }
    expect(await told()).toEqual([]);
    expect((await verdicts()).at(-1)).toMatchObject({ type: 'status-changed', status: 'degraded', regions: ['ap'] });
  });

  it('acknowledges once', async () => {
    await run();
    await play(outage.slice(0, 6));
    const [opened] = await alerts();
    const command = {
      v: 1,
      type: 'acknowledge',
      monitorId: shopId,
      incidentId: opened?.incidentId,
      by: 'ada',
      at: start,
    };
    await put('commands', command);
    await put('commands', command);
    await log.advance(200);
    expect(await told()).toEqual(['opened:0', 'acknowledged:0']);
  });

  it('resolves the incident of a monitor that was deleted behind its back, and leaves a tombstone', async () => {
    const service = await run();
    await play(outage.slice(0, 6));
    await service.close();
    running = [];
    await put('monitors', null);
    await run();
    expect((await alerts()).at(-1)).toMatchObject({
      transition: 'resolved',
      resolveCause: 'deleted',
      monitor: { name: 'Shop' },
    });
    expect((await log.records('monitor-state')).at(-1)?.value ?? null).toBeNull();
  });

  it('answers a manual check of an unsaved monitor and remembers nothing of it', async () => {
    await run();
    const check = checkOf(start, { kind: 'manual' });
    await put('manual-checks', check);
    await answer(check, 'up', regions);
    expect(await verdicts()).toMatchObject([{ type: 'round-closed', kind: 'manual', verdict: 'up' }]);
    expect(await log.records('monitor-state')).toEqual([]);
  });

  it('puts aside a vote that it cannot read, and goes on', async () => {
    await run();
    await play(outage.slice(0, 2));
    await put('votes', { v: 1, outcome: 'sideways' });
    await answer(checkOf(start), 'up', regions);
    expect((await verdicts()).filter(({ type }) => type === 'round-closed')).toMatchObject([{ verdict: 'up' }]);
    expect(await read('dead-letters')).toMatchObject([{ service: 'aggregator', topic: 'votes' }]);
  });
});

describe('a successor', () => {
  it.each(outage.map((_act, index) => index))(
    'says the same, once, when its predecessor was killed after act %i',
    async (index) => {
      await run();
      await play(outage.slice(0, index));
      await outage[index]?.();
      await crash();
      await play(outage.slice(index + 1));
      expect(await told()).toEqual(['opened:0', 'resolved:0']);
      const rounds = (await verdicts()).filter(({ type }) => type === 'round-closed');
      expect(rounds).toMatchObject(['down', 'down', 'down', 'up', 'up'].map((verdict) => ({ verdict })));
      expect(log.reports).toEqual([]);
    },
  );
});

/** A log on which the step with this number is lost: its outcome is never known to the task. */
function losingStep(whole: SimulatedLog, lost: number): { log: DurableLog; steps: () => number } {
  let stepCount = 0;
  const frail = (task: PartitionTask): PartitionTask => ({
    restore: (records) => task.restore(records),
    step: async (gathering) => {
      const step = await task.step(gathering);
      const isTelling = step.records.some(({ topic }) => topic !== 'partition-reports');
      if (isTelling && stepCount++ === lost) throw new Error('The connection was cut.');
      return step;
    },
  });
  const join: DurableLog['join'] = (definition) =>
    whole.join({ ...definition, createTask: (partition, wake) => frail(definition.createTask(partition, wake)) });
  const failing = new Proxy<DurableLog>(whole, {
    get: (target, name: keyof DurableLog) => (name === 'join' ? join : (target[name] as () => unknown).bind(target)),
  });
  return { log: failing, steps: () => stepCount };
}

describe('a step that fails', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('is decided again from the log, and written once: step %i', async (lost) => {
    const { log: failing, steps } = losingStep(log, lost);
    await run(failing);
    for (const act of outage) {
      await act();
      await log.advance(2_000);
    }
    expect(steps()).toBeGreaterThan(lost);
    expect(await told()).toEqual(['opened:0', 'resolved:0']);
    const rounds = (await verdicts()).filter(({ type }) => type === 'round-closed');
    expect(rounds).toMatchObject(['down', 'down', 'down', 'up', 'up'].map((verdict) => ({ verdict })));
  });
});
