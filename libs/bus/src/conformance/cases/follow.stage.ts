/** What following promises, and where a predecessor stood. */
import assert from 'node:assert/strict';
import { BusConfigurationError, BusUnavailableError } from '../../errors.ts';
import type { LogRecord } from '../../log.ts';
import type { ConformanceCase } from '../case.stage.ts';
import { counted, numbered, record, values } from '../recording-task.stage.ts';
import { fold } from './tables.stage.ts';

const backlogCount = 5_000;

export const followCases: readonly ConformanceCase[] = [
  {
    name: 'follows from the start: everything that was there, then what comes, in order per partition',
    async run(context) {
      const topics = [context.topic('followed', 2), context.topic('too')];
      const [one, other] = topics.map(({ name }) => name);
      assert.ok(one !== undefined && other !== undefined);
      const { log } = await context.openWith(topics);
      for (const partition of [0, 1]) {
        for (let first = 0; first < backlogCount; first += 500) {
          await log.append(numbered(one, 500, { first, partition }));
        }
      }
      await log.append(numbered(other, 3));
      const shown: LogRecord[] = [];
      const follower = log.follow([one, other], 'start', (records) => void shown.push(...records));
      await follower.caughtUp;
      assert.equal(shown.length, 2 * backlogCount + 3);
      for (const partition of [0, 1]) await log.append(numbered(one, 5, { first: backlogCount, partition }));
      await context.eventually('the new ones are shown', () => shown.length >= 2 * backlogCount + 13);
      for (const partition of [0, 1]) {
        const ofPartition: LogRecord[] = shown.filter(
          (arrived) => arrived.topic === one && arrived.partition === partition,
        );
        assert.deepEqual(values(ofPartition), counted(backlogCount + 5));
      }
      await follower.close();
    },
  },
  {
    name: 'follows from now: nothing that was there, everything that comes',
    async run(context) {
      const topic = context.topic('now');
      const { log } = await context.openWith([topic]);
      await log.append(numbered(topic.name, 5));
      const shown: LogRecord[] = [];
      const follower = log.follow([topic.name], 'now', (records) => void shown.push(...records));
      await follower.caughtUp;
      await log.append(numbered(topic.name, 5, { first: 5 }));
      await context.eventually('the new ones are shown', () => shown.length >= 5);
      assert.deepEqual(values(shown), counted(10).slice(5));
      await follower.close();
    },
  },
  {
    name: 'shows each of several followers everything, and one that is closed nothing more',
    async run(context) {
      const topic = context.topic('several');
      const { log } = await context.openWith([topic]);
      const shown: [LogRecord[], LogRecord[]] = [[], []];
      const followers = shown.map((one) => log.follow([topic.name], 'start', (records) => void one.push(...records)));
      await log.append(numbered(topic.name, 5));
      await context.eventually('both have five', () => shown.every(({ length }) => length >= 5));
      await followers[0]?.close();
      await log.append(numbered(topic.name, 5, { first: 5 }));
      await context.eventually('the open one has ten', () => shown[1].length >= 10);
      await context.quiet();
      assert.deepEqual(shown.map(values), [counted(5), counted(10)]);
    },
  },
  {
    name: 'shows a follower of a table the newest of each key, and tombstones as they come',
    async run(context) {
      const table = context.table('directory');
      const { log } = await context.openWith([table]);
      for (const [key, value] of [
        ['a', '1'],
        ['b', '1'],
        ['a', '2'],
        ['c', '1'],
        ['c', null],
      ] as const) {
        await log.append([record(table.name, key, value)]);
      }
      const shown: LogRecord[] = [];
      const follower = log.follow([table.name], 'start', (records) => void shown.push(...records));
      await follower.caughtUp;
      assert.deepEqual(fold(shown), { a: '2', b: '1' });
      await log.append([record(table.name, 'b', null)]);
      await context.eventually('the tombstone is shown', () => shown.at(-1)?.key === 'b');
      assert.deepEqual(fold(shown), { a: '2' });
      await follower.close();
    },
  },
  {
    name: 'goes on showing when a listener throws',
    async run(context) {
      const topic = context.topic('throwing');
      const { log } = await context.openWith([topic]);
      const shown: LogRecord[] = [];
      const follower = log.follow([topic.name], 'start', (records) => {
        shown.push(...records);
        if (shown.length === 1) throw new Error('the listener fails once');
      });
      await log.append(numbered(topic.name, 1));
      await context.eventually('the first is shown', () => shown.length >= 1);
      await log.append(numbered(topic.name, 4, { first: 1 }));
      await context.eventually('the others are shown', () => shown.length >= 5);
      assert.deepEqual(values(shown), counted(5));
      await follower.close();
    },
  },
  {
    name: 'reads what a partition holds, a slice at a time, and nothing that comes meanwhile',
    async run(context) {
      const topic = context.topic('read', 2);
      const { log } = await context.openWith([topic]);
      for (let first = 0; first < backlogCount; first += 500) await log.append(numbered(topic.name, 500, { first }));
      await log.append(numbered(topic.name, 3, { partition: 1 }));
      const shown: LogRecord[] = [];
      let [handlingCount, handlingCountMost] = [0, 0];
      await log.read(topic.name, 0, async (records) => {
        handlingCountMost = Math.max(handlingCountMost, ++handlingCount);
        if (shown.length === 0) await log.append(numbered(topic.name, 5, { first: backlogCount }));
        shown.push(...records);
        handlingCount--;
      });
      assert.deepEqual([handlingCount, handlingCountMost], [0, 1]);
      assert.deepEqual(values(shown), counted(backlogCount));
      await log.read(topic.name, 1, (records) => void shown.push(...records));
      assert.equal(shown.length, backlogCount + 3);
    },
  },
  {
    name: 'reads nothing where there is nothing, and stops reading when it is thrown at',
    async run(context) {
      const [empty, full] = [context.topic('empty'), context.topic('full')];
      const { log } = await context.openWith([empty, full]);
      await log.append(numbered(full.name, 1));
      const shown: LogRecord[] = [];
      await log.read(empty.name, 0, (records) => void shown.push(...records));
      const handle = (records: readonly LogRecord[]) => {
        shown.push(...records);
        throw new Error('enough');
      };
      await assert.rejects(log.read(full.name, 0, handle), { message: 'enough' });
      assert.equal(shown.length, 1);
      await assert.rejects(
        log.read(context.name('nowhere'), 0, () => undefined),
        BusConfigurationError,
      );
    },
  },
  {
    name: 'knows the newest record of each partition, and null where there is none',
    async run(context) {
      const topic = context.topic('last', 2);
      const first = await context.openWith([topic]);
      assert.equal(await first.log.last(topic.name, 0), null);
      await first.log.append(numbered(topic.name, 5));
      const last = await first.log.last(topic.name, 0);
      assert.deepEqual([last?.value, last?.partition, last?.topic], ['4', 0, topic.name]);
      assert.equal(await first.log.last(topic.name, 1), null);
      await first.kill();
      const { log } = await context.open();
      assert.deepEqual(await log.last(topic.name, 0), last);
    },
  },
  {
    name: 'says that it is healthy, and after its end that it is not; then it takes nothing more',
    async run(context) {
      const topic = context.topic('healthy');
      const { log } = await context.openWith([topic]);
      assert.equal((await log.health()).healthy, true);
      await log.append(numbered(topic.name, 1));
      await log.close();
      assert.equal((await log.health()).healthy, false);
      await assert.rejects(log.append(numbered(topic.name, 1)), BusUnavailableError);
      await log.close();
    },
  },
];
