/** What a consumer that does not keep up may cost: time of its own, and no memory beyond the limits. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DurableLog, PartitionTask } from '../../log.ts';
import type { ConformanceCase } from '../case.stage.ts';
import { joinReady, nothing, record, recorder } from '../recording-task.stage.ts';

const valueCharacters = 100_000;
const recordCount = 600;
/** Of the 60 MB that wait, so much may be in memory: the engines' limits for a partition, and the collector's slack. */
const heapGrowthBytesMax = 25_000_000;

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

async function appendLarge(log: DurableLog, topic: string): Promise<void> {
  for (let first = 0; first < recordCount; first += 10) {
    const numbers = Array.from({ length: 10 }, (_, index) => first + index);
    await log.append(numbers.map((number) => record(topic, 'key', String(number).padEnd(valueCharacters, '.'))));
  }
}

/** Notes the numbers of the records once `ready` resolves. */
function stepOf(topic: string, seen: number[], ready: Promise<void>): PartitionTask['step'] {
  return async ({ records }) => {
    const arrived = (records.get(topic) ?? []).map(({ value }) => parseInt(value ?? ''));
    if (arrived.length > 0) await ready;
    seen.push(...arrived);
    return nothing;
  };
}

export const pressureCases: readonly ConformanceCase[] = [
  {
    name: 'keeps other groups and appends going, and its memory small, while one handler is stalled; then hands it all',
    needs: ['stores-outside'],
    async run(context) {
      const topic = context.topic('pressed');
      const { log } = await context.openWith([topic]);
      const stall = Promise.withResolvers<void>();
      const numbers: { stalled: number[]; free: number[] } = { stalled: [], free: [] };
      // These two keep numbers only: a recorder would hold on to every record.
      for (const [name, ready] of [
        ['stalled', stall.promise],
        ['free', Promise.resolve()],
      ] as const) {
        const { definition } = recorder({ group: context.name(name), streams: [topic.name] });
        const step = stepOf(topic.name, numbers[name], ready);
        await log.join({ ...definition, createTask: () => ({ restore: () => undefined, step }) });
      }
      const before = heapBytes();
      await appendLarge(log, topic.name);
      await context.eventually('the free group has all', () => numbers.free.length >= recordCount);
      const growth = heapBytes() - before;
      assert.ok(growth < heapGrowthBytesMax, `the heap grew by ${growth} bytes`);
      assert.deepEqual(numbers.stalled, []);
      stall.resolve();
      await context.eventually('the stalled group has all', () => numbers.stalled.length >= recordCount);
      const expected = Array.from({ length: recordCount }, (_, number) => number);
      assert.deepEqual(numbers, { stalled: expected, free: expected });
    },
  },
  {
    name: 'hands a long backlog over in steps of a bounded size, in order',
    async run(context) {
      const topic = context.topic('backlog');
      const { log } = await context.openWith([topic]);
      const count = 20_000;
      for (let first = 0; first < count; first += 1_000) {
        const numbers = Array.from({ length: 1_000 }, (_, index) => String(first + index));
        await log.append(numbers.map((value) => record(topic.name, 'key', value)));
      }
      const backlog = recorder({ group: context.name('group'), streams: [topic.name] });
      await joinReady(log, backlog);
      await context.eventually('all have come', () => backlog.received().length >= count);
      const received = backlog.received().map(({ value }) => Number(value));
      assert.ok(received.every((number, index) => number === index) && received.length === count);
      const sizes = (backlog.latest()?.gatherings ?? []).map(({ records }) => records.get(topic.name)?.length ?? 0);
      assert.ok(Math.max(...sizes) <= count / 2, `one step took ${Math.max(...sizes)} records`);
    },
  },
];
