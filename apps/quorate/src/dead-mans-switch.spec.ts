/** The dead man's switch over its whole path: every real service on a simulated log, each stopped in turn. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startAggregator } from '@quorate/aggregator';
import { topicSettings } from '@quorate/bus';
import {
  channelRecordSchema,
  directoryKeyOfChannel,
  heartbeatIntervalMs,
  heartbeatKey,
  mapChannelSecrets,
  monitorRecordSchema,
  type Alert,
  type Delivery,
  type Heartbeat,
} from '@quorate/contracts';
import { startDispatcher } from '@quorate/dispatcher';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { startProber } from '@quorate/prober';
import { SecretBox, type RunningService } from '@quorate/runtime';
import { startScheduler } from '@quorate/scheduler';
import { silentLogger } from '@quorate/telemetry';
import {
  createSimulatedLog,
  startHeartbeatReceiver,
  type HeartbeatReceiver,
  type SimulatedLog,
} from '@quorate/testing';

const startedAt = 1_800_000_000_000;
const intervalMs = 6_000;
const channelId = '11111111-1111-4111-8111-111111111111';
const monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const secretBox = new SecretBox(Buffer.alloc(32, 7));
const guard = new AddressGuard(allowLoopback);
const logger = silentLogger;
const turnsMax = 1_000;

type Part = 'scheduler' | 'prober eu' | 'prober us' | 'prober ap' | 'aggregator' | 'dispatcher';

const starts: Readonly<Record<Part, (log: SimulatedLog) => Promise<RunningService>>> = {
  dispatcher: (log) => startDispatcher({ log, logger, secretBox, guard, publicUrl: null }),
  aggregator: (log) => startAggregator({ log, logger }),
  'prober eu': (log) => prober(log, 'eu'),
  'prober us': (log) => prober(log, 'us'),
  'prober ap': (log) => prober(log, 'ap'),
  scheduler: (log) => startScheduler({ log, logger }),
};
const everyPart = Object.keys(starts) as Part[];

function prober(log: SimulatedLog, region: string): Promise<RunningService> {
  const prober = { region, proberId: `${region}-1`, version: '1', canaries: ['none'] };
  return startProber({ log, logger, secretBox, guard, ...prober });
}

let log: SimulatedLog;
let receiver: HeartbeatReceiver;
let running: Map<Part, RunningService>;

async function start(part: Part): Promise<void> {
  if (part.startsWith('prober')) await beat(part);
  running.set(part, await starts[part](log));
  await log.settle();
}

async function stop(part: Part): Promise<void> {
  const closing = running.get(part)?.close();
  running.delete(part);
  await log.advance(100);
  await closing;
}

/** A prober's heartbeats keep real time; on this clock they are told for it. */
async function beat(part: Part): Promise<void> {
  const region = part.replace('prober ', '');
  const own = { region, proberId: `${region}-1`, version: '1', startedAt, at: log.now() };
  const heartbeat: Heartbeat = { v: 1, ...own, state: 'running', isolated: false };
  const value = JSON.stringify(heartbeat);
  await log.deliver([{ topic: 'heartbeats', partition: 0, key: heartbeatKey(heartbeat), value }]);
}

async function valuesOf<Value>(topic: string): Promise<Value[]> {
  const records = await log.records(topic);
  return records.flatMap(({ value }) => (value === null ? [] : [JSON.parse(value) as Value]));
}

/** Gives what is on its way to the receiver the real time that it needs. */
async function arrive(): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn++) {
    const deliveries = await valuesOf<Delivery>('deliveries');
    if (!running.has('dispatcher') || deliveries.every(({ state }) => state !== 'pending')) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
    await log.settle();
  }
  throw new Error('A sign of life is on its way for good');
}

/** How many signs of life the receiver heard meanwhile. */
async function beatsWithin(durationMs: number): Promise<number> {
  const before = receiver.beats.length;
  for (let passedMs = 0; passedMs < durationMs; passedMs += heartbeatIntervalMs) {
    for (const part of running.keys()) if (part.startsWith('prober')) await beat(part);
    await log.advance(heartbeatIntervalMs);
    await arrive();
  }
  return receiver.beats.length - before;
}

async function saveSwitch(): Promise<void> {
  const ids = { v: 1, version: 1, name: 'Dead man’s switch' };
  const monitor = monitorRecordSchema.parse({
    ...{ ...ids, id: monitorId, paused: false, createdAt: startedAt, changedAt: startedAt, checkAtOnce: true },
    ...{ type: 'self', self: { drill: null }, intervalSeconds: intervalMs / 1_000, timeoutSeconds: 2 },
    channelIds: [channelId],
  });
  const heartbeat = { url: receiver.url, method: 'GET' };
  const channel = channelRecordSchema.parse({ ...ids, entity: 'channel', id: channelId, type: 'heartbeat', heartbeat });
  const sealed = mapChannelSecrets(channel, (secret, field) =>
    secretBox.seal(secret, { entity: 'channel', id: channelId, field }),
  );
  await log.deliver([{ topic: 'monitors', partition: 0, key: monitorId, value: JSON.stringify(monitor) }]);
  const key = directoryKeyOfChannel(channelId);
  await log.deliver([{ topic: 'directory', partition: 0, key, value: JSON.stringify(sealed) }]);
}

beforeEach(async () => {
  log = createSimulatedLog({ now: startedAt });
  receiver = await startHeartbeatReceiver();
  running = new Map();
  await log.ensureTopics(topicSettings(1));
  await saveSwitch();
  for (const part of everyPart) await start(part);
});

afterEach(async () => {
  for (const part of [...running.keys()].toReversed()) await stop(part);
  await log.close();
  await receiver.close();
});

describe('the dead man’s switch', () => {
  it('beats at its rhythm while everything runs, one beat for each round', async () => {
    const count = await beatsWithin(4 * intervalMs);
    expect(count).toBeGreaterThanOrEqual(4);
    expect(count).toBeLessThanOrEqual(5);
    const pulses = (await valuesOf<Alert>('alerts')).map(({ alertId }) => alertId);
    expect(new Set(pulses).size).toBe(pulses.length);
    expect(pulses).toHaveLength(receiver.beats.length);
  });

  it.each<[string, Part[]]>([
    ['the scheduler', ['scheduler']],
    ['the majority of the regions', ['prober eu', 'prober us']],
    ['the aggregator', ['aggregator']],
    ['the dispatcher', ['dispatcher']],
  ])('falls silent when %s stops, and beats again when it returns, without a burst', async (_what, parts) => {
    await beatsWithin(2 * intervalMs);
    for (const part of parts) await stop(part);
    await arrive();
    expect(await beatsWithin(4 * intervalMs)).toBe(0);
    for (const part of parts) await start(part);
    const count = await beatsWithin(2 * intervalMs);
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(3);
  });

  it.each([-1, 1])('beats on when the machine’s clock is set by %s h', async (hours) => {
    await beatsWithin(2 * intervalMs);
    log.setClock(log.now() + hours * 3_600_000);
    const count = await beatsWithin(4 * intervalMs);
    expect(count).toBeGreaterThanOrEqual(3);
    expect(count).toBeLessThanOrEqual(6);
  });

  it('beats on when a single region of three stops', async () => {
    await stop('prober ap');
    expect(await beatsWithin(3 * intervalMs)).toBeGreaterThanOrEqual(2);
  });
});
