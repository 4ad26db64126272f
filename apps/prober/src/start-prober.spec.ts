import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BusUnavailableError, topicSettings, type DurableLog } from '@quorate/bus';
import {
  decisionSchema,
  heartbeatSchema,
  mapProbeSecrets,
  partitionOf,
  probeSchema,
  voteSchema,
  type Check,
  type Heartbeat,
  type Vote,
} from '@quorate/contracts';
import { AddressGuard, allowLoopback, NameResolver } from '@quorate/outbound';
import { SecretBox, type RunningService } from '@quorate/runtime';
import { metricsText, silentLogger } from '@quorate/telemetry';
import {
  answering,
  createSimulatedLog,
  startNameServer,
  startRawServer,
  startTarget,
  type NameServer,
  type RawServer,
  type SimulatedLog,
  type Target,
} from '@quorate/testing';
import { startProber, type ProberDependencies } from './start-prober.ts';

const start = 1_800_000_000_000;
const partitionCount = 3;
const turnsMax = 200;
const shopId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';
const secretBox = new SecretBox(Buffer.alloc(32, 7));
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let log: SimulatedLog;
let target: Target;
let silent: RawServer;
let running: RunningService[];

function checkOf(changes: Partial<Check> = {}): Check {
  return {
    v: 1,
    monitorId: shopId,
    monitorVersion: 3,
    dueAt: start,
    kind: 'scheduled',
    expectedRegions: ['eu', 'us'],
    registeredRegions: ['eu', 'us'],
    timeoutMs: 5_000,
    decision: decisionSchema.parse({}),
    missedRoundCount: 0,
    probe: probeSchema.parse({ type: 'http', http: { url: target.url } }),
    ...changes,
  };
}

function silentProbe(): Check['probe'] {
  return probeSchema.parse({ type: 'http', http: { url: `http://127.0.0.1:${silent.port}/` } });
}

async function announce(check: Check, topic = 'checks'): Promise<void> {
  const partition = partitionOf(check.monitorId, partitionCount);
  await log.deliver([
    { topic, partition, key: check.monitorId, value: JSON.stringify(check), headers: { traceparent } },
  ]);
}

async function run(changes: Partial<ProberDependencies> = {}): Promise<RunningService> {
  const guard = new AddressGuard(allowLoopback);
  const own = {
    log,
    logger: silentLogger,
    region: 'eu',
    proberId: 'eu-1',
    secretBox,
    guard,
    canaries: ['none'],
    version: '0.1.0',
  };
  const service = await startProber({ ...own, ...changes });
  running.push(service);
  await log.settle();
  return service;
}

/** The log to a prober whose votes it will not take. */
function withoutVotes(whole: SimulatedLog): DurableLog {
  return {
    engine: whole.engine,
    now: () => whole.now(),
    ensureTopics: (settings) => whole.ensureTopics(settings),
    partitionCount: (topic) => whole.partitionCount(topic),
    append: async (records) => {
      if (records[0]?.topic === 'votes') throw new BusUnavailableError('No leader');
      await whole.append(records);
    },
    follow: (topics, from, handle) => whole.follow(topics, from, handle),
    read: (topic, partition, handle) => whole.read(topic, partition, handle),
    last: (topic, partition) => whole.last(topic, partition),
    join: (definition) => whole.join(definition),
    health: () => whole.health(),
    close: () => whole.close(),
  };
}

/** Lets real time and the log's own pass until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await log.advance(20);
  }
  throw new Error('What was waited for did not come');
}

async function votes(count: number): Promise<Vote[]> {
  await until(async () => (await log.records('votes')).length >= count);
  return (await log.records('votes')).map(({ value }) => voteSchema.parse(JSON.parse(value ?? '')));
}

async function heartbeats(): Promise<Heartbeat[]> {
  const records = await log.records('heartbeats');
  return records.map(({ value }) => heartbeatSchema.parse(JSON.parse(value ?? '')));
}

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  running = [];
  await log.ensureTopics(topicSettings(partitionCount));
  target = await startTarget();
  silent = await startRawServer(answering([], 'silence'));
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.close()));
  await log.close();
  await target.close();
  await silent.close();
});

describe('the prober', () => {
  it.each(['checks', 'confirmations', 'manual-checks'])('votes on %s that ask for its region', async (topic) => {
    await run();
    await announce(checkOf(), topic);
    expect((await votes(1)).at(0)).toMatchObject({
      monitorId: shopId,
      monitorVersion: 3,
      dueAt: start,
      kind: 'scheduled',
      region: 'eu',
      proberId: 'eu-1',
      outcome: 'up',
      reason: null,
      statusCode: 200,
      connection: 'fresh',
    });
    expect(target.visits.map(({ userAgent }) => userAgent)).toEqual(['Quorate/0.1.0 (eu)']);
  });

  it('writes the vote into its monitor’s partition and hands on the trace', async () => {
    await run();
    await announce(checkOf());
    await votes(1);
    const [record] = await log.records('votes');
    expect(record).toMatchObject({ partition: partitionOf(shopId, partitionCount), key: shopId });
    expect(record?.headers['traceparent']).toContain('0af7651916cd43dd8448eb211c80319c');
  });

  it('says why a target is down', async () => {
    target.failFor(['eu']);
    await run();
    await announce(checkOf());
    expect((await votes(1)).at(0)).toMatchObject({
      outcome: 'down',
      reason: 'status.unexpected',
      message: 'got 503, expected 200-299',
      excerpt: 'out of order\n',
    });
  });

  it('lets the target see the region, so that it may fail for one only', async () => {
    target.failFor(['us']);
    await run();
    await run({ region: 'us', proberId: 'us-1' });
    await announce(checkOf());
    const outcomes = (await votes(2)).map(({ region, outcome }) => [region, outcome]);
    expect(Object.fromEntries(outcomes)).toEqual({ eu: 'up', us: 'down' });
  });

  it('passes over checks that do not ask for its region, and says nothing', async () => {
    await run({ region: 'ap', proberId: 'ap-1' });
    await announce(checkOf());
    await announce(checkOf({ expectedRegions: ['ap'], dueAt: start + 1 }));
    expect((await votes(1)).map(({ dueAt }) => dueAt)).toEqual([start + 1]);
  });

  it('abstains from a check that it comes to past the deadline', async () => {
    await announce(checkOf({ timeoutMs: 1_000 }));
    await log.advance(1_500);
    await run();
    expect((await votes(1)).at(0)).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
    expect(target.visits).toEqual([]);
  });

  it('opens sealed secrets, and abstains where it cannot', async () => {
    const probe = probeSchema.parse({
      type: 'http',
      http: { url: target.url, auth: { type: 'bearer', token: 'open sesame' } },
    });
    const sealedFor = (id: string) =>
      mapProbeSecrets(probe, (secret, field) => secretBox.seal(secret, { entity: 'monitor', id, field }));
    await run();
    await announce(checkOf({ probe: sealedFor(shopId) }));
    await announce(checkOf({ probe: sealedFor('00000000-0000-4000-8000-000000000001'), dueAt: start + 1 }));
    const byDueAt = (await votes(2)).sort((one, other) => one.dueAt - other.dueAt);
    expect(byDueAt.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['up', null],
      ['abstain', 'prober.internal'],
    ]);
  });

  it('abstains from what is under way when it is stopped, and says goodbye', async () => {
    const service = await run();
    await announce(checkOf({ probe: silentProbe() }));
    await until(() => silent.connectionCount === 1);
    await service.close();
    expect((await votes(1)).at(0)).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
    expect(await heartbeats()).toMatchObject([{ region: 'eu', proberId: 'eu-1', state: 'stopped' }]);
  });

  it('has a successor perform the checks whose votes were never written', async () => {
    const service = await run({ log: withoutVotes(log) });
    await announce(checkOf());
    await until(() => target.visits.length === 1);
    await log.advance(200);
    await service.close();
    expect(await log.records('votes')).toEqual([]);
    await run({ proberId: 'eu-2' });
    expect((await votes(1)).at(0)).toMatchObject({ proberId: 'eu-2', outcome: 'up' });
  });

  it('beats as soon as it runs, and is ready then', async () => {
    const service = await run();
    expect(await heartbeats()).toMatchObject([{ region: 'eu', proberId: 'eu-1', version: '0.1.0', state: 'running' }]);
    expect(service.health()).toEqual({ ready: true, detail: 'votes on 3 partitions' });
  });
});

describe('a prober whose link is cut', () => {
  let names: NameServer;

  beforeEach(async () => {
    names = await startNameServer();
  });
  afterEach(() => names.close());

  async function runOnLink(): Promise<RunningService> {
    const resolver = new NameResolver({ servers: [names.address] });
    const timings = { intervalMs: 20, freshMs: 0, timeoutMs: 2_000, idleMs: 60_000 };
    return await run({ resolver, timings, canaries: [`shop.test:${target.port}`] });
  }

  /** Nobody listens at the other end of a cut link. */
  const link = (is: 'whole' | 'cut'): void =>
    names.set('shop.test', { addresses: [is === 'whole' ? '127.0.0.1' : '127.0.0.2'] });

  /** The outcome of the round that is announced as the `count`th. */
  async function outcomeOf(count: number): Promise<string> {
    const probe = probeSchema.parse({ type: 'http', http: { url: `http://shop.test:${target.port}/` } });
    await announce(checkOf({ probe, dueAt: start + count }));
    const { outcome, reason } = (await votes(count))[count - 1] ?? {};
    return `${outcome} ${reason}`;
  }

  it('abstains, says so, and votes again by itself', async () => {
    link('whole');
    const service = await runOnLink();
    expect(await outcomeOf(1)).toBe('up null');
    await until(async () => (await metricsText()).includes('quorate_probers_self_judging{region="eu"} 1'));
    link('cut');
    expect(await outcomeOf(2)).toBe('abstain prober.isolated');
    expect(service.health().detail).toBe('holds itself cut off and abstains on 3 partitions');
    link('whole');
    await until(() => service.health().detail === 'votes on 3 partitions');
    expect(await outcomeOf(3)).toBe('up null');
    link('cut');
    expect(await outcomeOf(4)).toBe('abstain prober.isolated');
    await service.close();
    expect(await heartbeats()).toMatchObject([{ state: 'stopped', isolated: true }]);
  });

  it('votes when it was cut before it started: the others know better', async () => {
    link('cut');
    await runOnLink();
    expect([await outcomeOf(1), await outcomeOf(2)]).toEqual(['down connect.refused', 'down connect.refused']);
    expect(await heartbeats()).toMatchObject([{ state: 'running', isolated: false }]);
  });
});
