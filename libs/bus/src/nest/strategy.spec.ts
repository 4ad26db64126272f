/** Handlers in a real Nest application, over the simulated log. */
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Command, DeadLetter, Heartbeat } from '@quorate/contracts';
import { metricsText } from '@quorate/telemetry';
import { createSimulatedLog, type SimulatedLog } from '@quorate/testing';
import { BusConfigurationError } from '../errors.ts';
import { topicSettings } from '../topic-settings.ts';
import { hostPartitionTasks } from './host.ts';
import { OnTick, OnTopic } from './on-topic.ts';
import { PartitionTaskStrategy, type PartitionTaskOptions } from './strategy.ts';
import type { Task, TaskRecord, TaskStep } from './task.ts';

const startAt = Date.UTC(2026, 10, 21, 10);
const heartbeat: Heartbeat = {
  v: 1,
  region: 'eu',
  proberId: 'eu-1',
  version: '1.0.0',
  startedAt: startAt,
  at: startAt,
  state: 'running',
  isolated: false,
};
const command: Command = { v: 1, type: 'test-channel', channelId: id('c'), testId: id('d'), at: startAt };

function id(digit: string): string {
  return `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;
}

/** What the handlers below do, set by each spec. */
interface Behaviour {
  heard: { pattern: string; phase: string; keys: string[]; state: object }[];
  onHeartbeats: () => TaskStep | undefined;
  onTick: () => TaskStep;
}
let behaviour: Behaviour;

function note(pattern: string, records: readonly { key: string }[], task: Task<object>): void {
  behaviour.heard.push({ pattern, phase: task.phase, keys: records.map(({ key }) => key), state: task.state });
}

@Controller()
class HeartbeatHandler {
  @OnTopic('heartbeats')
  onHeartbeats(records: readonly TaskRecord<Heartbeat>[], task: Task<object>): TaskStep | undefined {
    note('heartbeats', records, task);
    return behaviour.onHeartbeats();
  }

  @OnTick()
  onTick(_none: readonly never[], task: Task<object>): Promise<TaskStep> {
    note('tick', [], task);
    return Promise.resolve(behaviour.onTick());
  }
}

@Controller()
class SecondTick {
  @OnTick()
  onTick(_none: readonly never[], task: Task<object>): void {
    note('second tick', [], task);
  }
}

@Module({ controllers: [HeartbeatHandler, SecondTick] })
class HeartbeatModule {}

let log: SimulatedLog;
let application: INestMicroservice | null = null;

async function host(options: Partial<PartitionTaskOptions<object>> = {}): Promise<PartitionTaskStrategy<object>> {
  const strategy = new PartitionTaskStrategy<object>({
    log,
    service: 'listener',
    group: 'listener',
    tables: [],
    streams: ['heartbeats'],
    stateTopic: null,
    guarantee: 'exactly-once',
    gatherMs: 100,
    createState: () => ({}),
    ...options,
  });
  application = await hostPartitionTasks(HeartbeatModule, strategy);
  await log.settle();
  return strategy;
}

async function open(): Promise<void> {
  log = createSimulatedLog({ now: startAt });
  behaviour = { heard: [], onHeartbeats: () => undefined, onTick: () => ({}) };
  await log.ensureTopics(topicSettings(12));
}

const send = (value: string, key = 'eu/eu-1') =>
  log.append([{ topic: 'heartbeats', partition: 0, key, value, headers: { traceparent: '00-1' } }]);
const heardOf = (pattern: string) => behaviour.heard.filter((heard) => heard.pattern === pattern);

afterEach(async () => {
  await application?.close();
  application = null;
  await log.close();
});

describe('PartitionTaskStrategy', () => {
  it('hands a topic’s parsed records to its handler, then ticks, also when nothing arrived', async () => {
    await open();
    const strategy = await host();
    expect(strategy.ready).toBe(true);
    expect(strategy.partitions).toEqual([0]);
    await send(JSON.stringify(heartbeat));
    await log.advance(100);
    expect(heardOf('heartbeats')).toEqual([{ pattern: 'heartbeats', phase: 'live', keys: ['eu/eu-1'], state: {} }]);
    const ticks = heardOf('tick').length;
    await log.advance(300);
    expect(heardOf('tick')).toHaveLength(ticks + 3);
  });

  it('calls each of several handlers of one pattern', async () => {
    await open();
    await host();
    await log.advance(100);
    expect(heardOf('second tick')).toHaveLength(heardOf('tick').length);
  });

  it('merges what the handlers write into one step, in the partition of the entity', async () => {
    await open();
    behaviour.onHeartbeats = () => ({
      writes: [{ topic: 'commands', key: command.type, partitionKey: id('c'), value: command }],
    });
    behaviour.onTick = () => (heardOf('heartbeats').length === 1 && heardOf('tick').length === 2 ? deletion : {});
    const deletion: TaskStep = { writes: [{ topic: 'directory', key: 'channel:x', value: null }] };
    await host();
    await send(JSON.stringify(heartbeat));
    await log.advance(100);
    const [written] = await log.records('commands');
    expect(JSON.parse(written?.value ?? '')).toEqual(command);
    expect(await log.records('directory')).toMatchObject([{ key: 'channel:x', value: null, partition: 0 }]);
  });

  it('puts a record that cannot be read into the dead letters and goes on', async () => {
    await open();
    await host();
    await send('{"v":1', 'not json');
    await send(JSON.stringify({ ...heartbeat, region: 'UPPER' }), 'not valid');
    await send(JSON.stringify(heartbeat), 'good');
    await log.advance(100);
    expect(heardOf('heartbeats').flatMap(({ keys }) => keys)).toEqual(['good']);
    const letters = (await log.records('dead-letters')).map(({ value }) => JSON.parse(value ?? '') as DeadLetter);
    expect(letters).toMatchObject([
      { service: 'listener', topic: 'heartbeats', partition: 0, offset: 0, key: 'not json', value: '{"v":1' },
      { key: 'not valid', reason: expect.stringContaining('/region') },
    ]);
    await log.advance(1_000);
    expect(await log.records('dead-letters')).toHaveLength(2);
  });

  it('restores a table through the same handlers, ignores what they return, and reports the unreadable', async () => {
    await open();
    await send(JSON.stringify(heartbeat));
    await send('broken', 'broken');
    behaviour.onHeartbeats = () => ({ writes: [{ topic: 'directory', key: 'channel:x', value: null }] });
    await host({ tables: ['heartbeats'], streams: [] });
    await log.advance(100);
    expect(heardOf('heartbeats')).toMatchObject([{ phase: 'restore', keys: ['eu/eu-1'] }]);
    expect(await log.records('directory')).toEqual([]);
    expect(await log.records('dead-letters')).toHaveLength(1);
  });

  it('discards the memory when a handler throws, keeps its own error, and hands the records over again', async () => {
    await open();
    const fault = new Error('the handler’s own');
    behaviour.onHeartbeats = () => {
      if (heardOf('heartbeats').length === 1) throw fault;
      return undefined;
    };
    await host();
    await send(JSON.stringify(heartbeat));
    await log.advance(1_000);
    const heard = heardOf('heartbeats');
    expect(heard.map(({ keys }) => keys)).toEqual([['eu/eu-1'], ['eu/eu-1']]);
    expect(heard[0]?.state).not.toBe(heard[1]?.state);
    expect(log.reports.map(({ fields }) => fields['error'])).toEqual([fault]);
  });

  it('starts where the service says with guarantee external, and closes the memory when it ends', async () => {
    await open();
    await send(JSON.stringify(heartbeat), 'first');
    await send(JSON.stringify(heartbeat), 'second');
    const ended: number[] = [];
    await host({
      guarantee: 'external',
      positions: () => Promise.resolve({ heartbeats: 1 }),
      onEnd: (_state, partition) => void ended.push(partition),
    });
    expect(heardOf('heartbeats').map(({ keys }) => keys)).toEqual([['second']]);
    await application?.close();
    expect(ended).toEqual([0]);
  });

  it('counts steps, restarts and dead letters, and the partitions that it owns', async () => {
    const service = 'counted';
    const countOf = async (name: string) => {
      const line = (await metricsText()).split('\n').find((one) => one.startsWith(name) && one.includes(service));
      return Number(line?.split(' ').at(-1) ?? 0);
    };
    await open();
    behaviour.onHeartbeats = () => {
      if (heardOf('heartbeats').length === 1) throw new Error('the first time it fails');
      return undefined;
    };
    await host({ service });
    await send(JSON.stringify(heartbeat));
    await send('broken');
    await log.advance(1_000);
    expect(await countOf('quorate_task_restarts_total')).toBe(1);
    expect(await countOf('quorate_task_steps_total')).toBeGreaterThan(5);
    expect(await countOf('quorate_task_step_duration_seconds_count')).toBeGreaterThan(5);
    expect(await countOf('quorate_dead_letters_total')).toBeGreaterThanOrEqual(1);
    expect(await countOf('quorate_partitions_owned')).toBe(1);
    await application?.close();
    expect(await countOf('quorate_partitions_owned')).toBe(0);
  });

  it('refuses a topic that nobody hears and a handler that nobody would call', async () => {
    await open();
    await expect(host({ streams: ['directory'] })).rejects.toThrow(BusConfigurationError);
    await expect(host({ streams: ['directory'] })).rejects.toThrow(
      'no handler hears directory; the handler of heartbeats would never be called',
    );
  });
});
