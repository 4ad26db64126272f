/** The stand-in for Nest's container makes of a module what Nest itself makes of it. */
import { Controller, Inject, Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  hostPartitionTasks as hostInNest,
  OnTick,
  OnTopic,
  PartitionTaskStrategy,
  topicSettings,
  type Task,
  type TaskRecord,
} from '@quorate/bus';
import type { Heartbeat } from '@quorate/contracts';
import { createSimulatedLog } from '@quorate/testing';
import { hostPartitionTasks as hostInStandIn } from './task-host.ts';

const startAt = Date.UTC(2026, 10, 21, 10);
const diary = Symbol('what was heard');
type Diary = string[];

@Controller()
class First {
  readonly #diary: Diary;

  constructor(@Inject(diary) heard: Diary) {
    this.#diary = heard;
  }

  @OnTopic('heartbeats')
  onHeartbeats(records: readonly TaskRecord<Heartbeat>[], task: Task<{ readonly of: number }>): void {
    this.#diary.push(`${records.map(({ key }) => key).join()} in ${task.phase} of ${task.state.of}`);
  }

  @OnTick()
  onTick(none: readonly never[], { now }: Task<object>): void {
    this.#diary.push(`first tick with ${none.length} at ${now - startAt}`);
  }
}

@Controller()
class Second {
  readonly #diary: Diary;

  constructor(@Inject(diary) heard: Diary) {
    this.#diary = heard;
  }

  @OnTick()
  onTick(): void {
    this.#diary.push('second tick');
  }
}

@Module({})
class Diarists {}

async function heardThrough(host: typeof hostInStandIn): Promise<Diary> {
  const log = createSimulatedLog({ now: startAt });
  await log.ensureTopics(topicSettings(12));
  const strategy = new PartitionTaskStrategy<unknown>({
    log,
    service: 'listener',
    group: 'listener',
    tables: [],
    streams: ['heartbeats'],
    stateTopic: null,
    guarantee: 'exactly-once',
    gatherMs: 100,
    createState: (partition) => ({ of: partition }),
  });
  const heard: Diary = [];
  const providers = [{ provide: diary, useValue: heard }];
  const application = await host({ module: Diarists, controllers: [First, Second], providers }, strategy);
  await log.settle();
  const value: Heartbeat = {
    ...{ v: 1, region: 'eu', proberId: 'eu-1', version: '1.0.0' },
    ...{ startedAt: startAt, at: startAt, state: 'running', isolated: false },
  };
  await log.append([{ topic: 'heartbeats', partition: 0, key: 'eu/eu-1', value: JSON.stringify(value) }]);
  await log.advance(350);
  await application.close();
  await log.close();
  return heard;
}

describe('the stand-in for Nest', () => {
  it('hands the same to the same handlers, in the same order', async () => {
    const heard = await heardThrough(hostInStandIn);
    expect(heard).toContain('eu/eu-1 in live of 0');
    expect(heard).toEqual(await heardThrough(hostInNest));
  });
});
