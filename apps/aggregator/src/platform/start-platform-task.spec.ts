import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicSettings, type DurableLog, type PartitionTask } from '@quorate/bus';
import {
  directoryKeyOfAudit,
  directoryKeyOfInstallation,
  heartbeatKey,
  type Alert,
  type Heartbeat,
  type TopicName,
} from '@quorate/contracts';
import { metricsText, silentLogger } from '@quorate/telemetry';
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import { startPlatformTask } from './start-platform-task.ts';

const start = 1_800_000_000_000;
const partitionCount = 3;
const channelIds = ['1c7e7f0e-4a5c-4f0e-8a45-0d5d0a3c9d11'];

let log: SimulatedLog;
let running: Awaited<ReturnType<typeof startPlatformTask>>[];
let living: Set<string>;

async function put(topic: TopicName, key: string, value: object | null): Promise<void> {
  await log.deliver([{ topic, partition: 0, key, value: value === null ? null : JSON.stringify(value) }]);
}

async function beat(region: string, proberId = `${region}-1`): Promise<void> {
  const prober = { region, proberId };
  const heartbeat: Heartbeat = {
    ...{ v: 1, ...prober, version: '0.1.0', startedAt: start, at: start, state: 'running', isolated: false },
  };
  await put('heartbeats', heartbeatKey(prober), heartbeat);
}

async function report(partition: number): Promise<void> {
  const counts = { lagMs: 0, monitorCount: 1, unknownCount: 0, faultyCount: 0 };
  const report = { v: 1, partition, at: log.now(), ...counts, missingRegions: [], quarantinedRegions: [] };
  await put('partition-reports', String(partition), report);
}

/** Lets time pass; the probers of the living regions say that they live, and the partitions that they are decided. */
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 5) {
    for (const region of living) await beat(region);
    for (let partition = 0; partition < partitionCount; partition++) await report(partition);
    await log.advance(5_000);
  }
}

async function run(): Promise<void> {
  running.push(await startPlatformTask(log, silentLogger));
  await log.advance(1_000);
}

/** Ends log and services as `kill -9` would, and starts anew. */
async function crash(): Promise<void> {
  log = log.crash();
  running = [];
  await run();
}

async function alerts(): Promise<Alert[]> {
  return (await log.records('alerts')).map(({ value }) => JSON.parse(value ?? 'null') as Alert);
}

const told = async () => (await alerts()).map(({ transition, monitor }) => `${transition} ${monitor.target}`);
const registered = async () => (await log.records('heartbeats')).filter(({ value }) => value !== null).length;

beforeEach(async () => {
  log = createSimulatedLog({ now: start });
  running = [];
  living = new Set(['ap', 'eu', 'us']);
  await log.ensureTopics(topicSettings(partitionCount));
  await put('directory', directoryKeyOfInstallation, {
    ...{ v: 1, entity: 'installation', version: 2, platformChannelIds: channelIds },
  });
  for (const region of living) await beat(region);
});

afterEach(async () => {
  await Promise.all(running.map((service) => service.close()));
  await log.close();
});

type Act = () => Promise<unknown>;

/** A region falls silent, someone takes it on, and it comes back. */
const silence: readonly Act[] = [
  () => pass(10),
  () => Promise.resolve(living.delete('ap')),
  () => pass(30),
  () => pass(45),
  async () => {
    const [opened] = await alerts();
    const incidentId = opened?.incidentId;
    await put('platform-commands', 'x', { v: 1, type: 'acknowledge', incidentId, by: 'Ada', at: log.now() });
  },
  () => pass(10),
  () => Promise.resolve(living.add('ap')),
  () => pass(20),
  () => pass(30),
];

const whole = ['opened region-silent:ap', 'acknowledged region-silent:ap', 'resolved region-silent:ap'];

describe('the platform task', () => {
  it('tells of a silent region once for the installation, whoever else runs', async () => {
    await run();
    await run();
    for (const act of silence) await act();
    expect(await told()).toEqual(whole);
    const [opened, acknowledged, resolved] = await alerts();
    expect(opened).toMatchObject({ subject: 'platform', channelIds, regions: ['ap'], monitor: { type: 'platform' } });
    expect(acknowledged).toMatchObject({ incidentId: opened?.incidentId, acknowledgedBy: 'Ada' });
    expect(resolved).toMatchObject({ incidentId: opened?.incidentId, channelIds, resolveCause: 'recovered' });
    const state = await log.records('platform-state');
    expect(state.map(({ key, value }) => [key, value])).toEqual([['region-silent:ap', null]]);
    expect(running.map(({ ready, isHere }) => [ready, isHere])).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('shows in the metrics of its process what is raised', async () => {
    const shown = async () =>
      /quorate_platform_conditions\{condition="region-silent"\} (\d)/.exec(await metricsText())?.[1];
    await run();
    living.delete('ap');
    await pass(80);
    expect(await shown()).toBe('1');
    await Promise.all(running.splice(0).map((service) => service.close()));
    expect(await shown()).toBe('0');
    await run();
    await pass(5);
    expect(await shown()).toBe('1');
  });

  it('is quiet about an installation that is well, and writes nothing', async () => {
    await run();
    await pass(120);
    expect(await told()).toEqual([]);
    expect(await log.records('platform-state')).toEqual([]);
  });

  it('tells of it where nobody is named to hear it', async () => {
    await put('directory', directoryKeyOfInstallation, {
      ...{ v: 1, entity: 'installation', version: 3, platformChannelIds: [] },
    });
    living.clear();
    await run();
    await pass(80);
    expect(await alerts()).toMatchObject([{ channelIds: [], monitor: { target: 'no-region' } }]);
  });

  it('tells of what the auditor finds, and that it is over', async () => {
    const finding = {
      ...{ kind: 'row-missing', count: 1, since: start, title: '1 entity is on the log only', severity: 'error' },
      ...{ consequence: 'It is watched all the same.', remedy: 'Say which one counts.', samples: [] },
    };
    const audit = (version: number, findings: object[]) =>
      put('directory', directoryKeyOfAudit, { v: 1, entity: 'audit', version, at: start, findings });
    await audit(1, [finding]);
    await run();
    await pass(30);
    expect(await told()).toEqual(['opened audit:row-missing']);
    await audit(2, []);
    await audit(1, [finding]);
    await pass(30);
    expect(await told()).toEqual(['opened audit:row-missing', 'resolved audit:row-missing']);
  });

  it('removes a silent region for good, and what was told of it ends', async () => {
    await run();
    living.delete('ap');
    await pass(80);
    await put('platform-commands', 'ap', { v: 1, type: 'remove-region', region: 'ap', at: log.now() });
    await pass(50);
    expect(await registered()).toBe(2);
    expect(await told()).toEqual(['opened region-silent:ap', 'resolved region-silent:ap']);
  });

  it('forgets a prober whose place another has taken, after a day', async () => {
    await beat('eu', 'eu-0');
    await log.advance(25 * 3_600_000);
    await run();
    expect(await registered()).toBe(4);
    await pass(10);
    expect(await registered()).toBe(3);
  });

  it('removes no region whose prober lives', async () => {
    await run();
    await put('platform-commands', 'ap', { v: 1, type: 'remove-region', region: 'ap', at: log.now() });
    await log.advance(2_000);
    expect(await registered()).toBe(3);
  });
});

describe('its successor', () => {
  it.each(silence.map((_act, index) => index))(
    'tells the same, once, when the process was killed after act %i',
    async (index) => {
      await run();
      for (const act of silence.slice(0, index + 1)) await act();
      await crash();
      await pass(70);
      for (const act of silence.slice(index + 1)) await act();
      await pass(40);
      expect((await told()).filter((word) => !word.startsWith('acknowledged'))).toEqual([whole[0], whole[2]]);
      expect(log.reports).toEqual([]);
    },
  );
});

/** A log on which the step with this number is lost: its outcome is never known to the task. */
function losingStep(lost: number): DurableLog {
  let stepCount = 0;
  const frail = (task: PartitionTask): PartitionTask => ({
    restore: (records) => task.restore(records),
    step: async (gathering) => {
      const step = await task.step(gathering);
      if (step.records.length > 0 && stepCount++ === lost) throw new Error('The connection was cut.');
      return step;
    },
  });
  const join: DurableLog['join'] = (definition) =>
    log.join({ ...definition, createTask: (partition, wake) => frail(definition.createTask(partition, wake)) });
  return new Proxy<DurableLog>(log, {
    get: (target, name: keyof DurableLog) => (name === 'join' ? join : (target[name] as () => unknown).bind(target)),
  });
}

describe('a step that fails', () => {
  it.each([0, 1, 2])('is decided again from the log, and told once: step %i', async (lost) => {
    running.push(await startPlatformTask(losingStep(lost), silentLogger));
    for (const act of silence) {
      await act();
      if (lost === 0) await pass(70);
    }
    await pass(70);
    expect(await told()).toEqual(whole);
    expect(log.reports).toHaveLength(1);
  });
});
