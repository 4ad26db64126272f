import { createServer, type Server } from 'node:http';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicSettings } from '@quorate/bus';
import {
  monitorRecordSchema,
  partitionOf,
  pingKey,
  probeOf,
  type Check,
  type MonitorRecord,
  type PingKind,
  type Vote,
} from '@quorate/contracts';
import { SecretBox } from '@quorate/runtime';
import { silentLogger } from '@quorate/telemetry';
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import { startGateway, type RunningGateway } from './start-gateway.ts';

const start = 1_800_000_000_000;
const minuteMs = 60_000;
const partitionCount = 3;
const id = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const token = 'Zm9vYmFyYmF6cXV4cXV1eGFi';
const secretBox = new SecretBox(randomBytes(32));

let log: SimulatedLog;
let gateways: RunningGateway[];
let servers: Server[];

interface Job {
  readonly everySeconds?: number;
  readonly token?: string;
  readonly version?: number;
}

function monitorOf({ everySeconds = 60, token: clear = token, version = 1 }: Job = {}): MonitorRecord {
  const sealed = secretBox.seal(clear, { entity: 'monitor', id, field: '/heartbeat/token' });
  return monitorRecordSchema.parse({
    v: 1,
    id,
    version,
    name: 'Backup',
    type: 'heartbeat',
    heartbeat: { everySeconds, graceSeconds: 10, token: sealed },
    paused: false,
    createdAt: start,
    changedAt: start,
    checkAtOnce: false,
  });
}

async function write(topic: string, key: string, value: object | null): Promise<void> {
  const partition = partitionOf(id, partitionCount);
  await log.deliver([{ topic, partition, key, value: value === null ? null : JSON.stringify(value) }]);
}

async function save(job: Job = {}): Promise<void> {
  await write('pings', pingKey(id, 'awaited'), { v: 1, monitorId: id, kind: 'awaited' });
  await write('monitors', id, monitorOf(job));
}

async function ask(changes: Partial<Check> = {}): Promise<void> {
  const { decision, ...monitor } = monitorOf();
  const check: Check = {
    v: 1,
    monitorId: id,
    monitorVersion: 1,
    dueAt: log.now(),
    kind: 'scheduled',
    expectedRegions: ['gateway'],
    registeredRegions: ['gateway'],
    timeoutMs: 10_000,
    decision,
    missedRoundCount: 0,
    probe: probeOf(monitor),
    ...changes,
  };
  await write(check.kind === 'manual' ? 'manual-checks' : 'checks', id, check);
}

async function run(
  gatewayId = 'api-1',
): Promise<{ gateway: RunningGateway; ping: (rest?: string, body?: string) => Promise<number> }> {
  const gateway = await startGateway({
    log,
    logger: silentLogger,
    secretBox,
    gatewayId,
    version: '0.0.0',
    intervalMs: 3_600_000,
  });
  gateways.push(gateway);
  const server = createServer((request, response) => void gateway.answer(request, response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await log.settle();
  const { port } = server.address() as AddressInfo;
  const ping = async (rest = '', body: string | null = null) => {
    const given = rest.startsWith('~') ? rest.slice(1) : `${token}${rest}`;
    const pinged = fetch(`http://127.0.0.1:${port}/heartbeats/${given}`, { method: 'POST', body });
    // The answer waits for the log, whose time stands still.
    let status: number | null = null;
    void pinged.then((answer) => (status = answer.status));
    while (status === null) {
      await new Promise((resolve) => setImmediate(resolve));
      await log.settle();
    }
    return status;
  };
  return { gateway, ping };
}

async function votes(): Promise<Vote[]> {
  await log.advance(200);
  return (await log.records('votes')).map(({ value }) => JSON.parse(value ?? 'null') as Vote);
}

const words = async () => (await votes()).map(({ outcome, reason }) => reason ?? outcome);

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  gateways = [];
  servers = [];
  await log.ensureTopics(topicSettings(partitionCount));
});

afterEach(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await log.close();
});

describe('the gateway', () => {
  it('votes on what it has heard, and on silence', async () => {
    const { ping } = await run();
    await save();
    await ask();
    expect(await words()).toEqual(['up']);
    await log.advance(60_000);
    expect(await ping()).toBe(200);
    await ask();
    await log.advance(70_000);
    await ask();
    expect(await words()).toEqual(['up', 'up', 'heartbeat.missing']);
  });

  it('tells what failed, with the exit code and what the job sent along, until it succeeds', async () => {
    const { ping } = await run();
    await save();
    await ping('/3', 'disk full');
    await ask();
    expect((await votes())[0]).toMatchObject({
      region: 'gateway',
      proberId: 'api-1',
      outcome: 'down',
      reason: 'heartbeat.failed',
      message: 'the job told exit code 3 at 2027-01-15 08:00:00 UTC',
      excerpt: 'disk full',
    });
    await ping();
    await ask({ dueAt: log.now() + 1 });
    expect((await votes())[1]).toMatchObject({ outcome: 'up', reason: null, message: null, excerpt: null });
  });

  it('tells how long the last run took, when its start was told', async () => {
    const { ping } = await run();
    await save();
    await ping('/start');
    await log.advance(4_000);
    await ping();
    await ask();
    await votes();
    await ping();
    await ask();
    expect((await votes()).map(({ phases }) => phases.totalMs)).toEqual([4_000, 0]);
  });

  it('answers manual checks, and none that ask others or nobody waits for', async () => {
    await run();
    await save();
    await ask({ kind: 'manual' });
    await ask({ expectedRegions: ['eu'] });
    expect((await votes()).map(({ kind }) => kind)).toEqual(['manual']);
  });

  it('leaves a check alone whose window is over', async () => {
    await save();
    await ask();
    await log.advance(12_001);
    await run();
    expect(await votes()).toEqual([]);
  });

  it('answers a check that came while it was away, and again nothing twice', async () => {
    await save();
    await ask();
    const { gateway } = await run();
    expect(await words()).toEqual(['up']);
    await gateway.close();
    gateways = [];
    await run();
    expect(await words()).toEqual(['up']);
  });

  it('overlooks no ping that was taken before a check, also when the pings come late', async () => {
    const { last } = log;
    await save();
    await run();
    let isHeldBack = true;
    log.last = async (topic, partition) => {
      const newest = await last.call(log, topic, partition);
      // As if the broker had one more ping than was read.
      return newest !== null && isHeldBack ? { ...newest, offset: newest.offset + 1 } : newest;
    };
    await ask();
    expect(await votes()).toEqual([]);
    isHeldBack = false;
    expect(await words()).toEqual(['up']);
  });

  it('remembers across a restart, and holds nothing against the job that it could not hear', async () => {
    const { ping, gateway } = await run();
    await save();
    await ping('/1', 'no');
    await gateway.close();
    gateways = [];
    await log.advance(minuteMs);
    const again = await run();
    await ask();
    expect(await words()).toEqual(['heartbeat.failed']);
    await again.ping();
    await again.gateway.close();
    gateways = [];
    await log.advance(2 * minuteMs);
    await run();
    await ask();
    expect(await words()).toEqual(['heartbeat.failed', 'gateway.deaf']);
  });

  it('hears a ping at whichever instance it arrives', async () => {
    const [one, other] = [await run('api-1'), await run('api-2')];
    await save();
    await log.advance(65_000);
    expect(await one.ping('/2')).toBe(200);
    await ask();
    expect(await words()).toEqual(['heartbeat.failed']);
    expect(await other.ping()).toBe(200);
    await ask();
    expect(await words()).toEqual(['heartbeat.failed', 'up']);
  });

  it('knows a token as long as its monitor has it', async () => {
    const { ping } = await run();
    expect(await ping()).toBe(404);
    await save();
    expect(await ping()).toBe(200);
    await save({ token: 'another-token', version: 2 });
    expect([await ping(), await ping('~another-token')]).toEqual([404, 200]);
    // A writer that lost its turn in the middle of an append may append after its successor.
    await save();
    expect([await ping(), await ping('~another-token')]).toEqual([404, 200]);
    await write('monitors', id, null);
    expect(await ping('~another-token')).toBe(404);
  });

  it('forgets a job with its monitor', async () => {
    const { ping } = await run();
    await save();
    await ping('/1');
    for (const kind of ['awaited', 'started', 'ended'] satisfies PingKind[])
      await write('pings', pingKey(id, kind), null);
    await ask();
    expect(await words()).toEqual(['gateway.unknown']);
  });
});
