/** What compacted topics promise: the newest of each key, whole at the start, followed afterwards. */
import assert from 'node:assert/strict';
import type { LogRecord } from '../../log.ts';
import type { ConformanceCase } from '../case.stage.ts';
import { joinReady, numbered, record, recorder, values, type Answer } from '../recording-task.stage.ts';
import { readAll } from './append.stage.ts';

const keyCount = 5_000;
/** More than any case takes. */
const wrongMs = 600_000;

/** What the records amount to, one after the other. */
export function fold(records: readonly LogRecord[]): Record<string, string> {
  const table = new Map<string, string>();
  for (const { key, value } of records) {
    if (value === null) table.delete(key);
    else table.set(key, value);
  }
  return Object.fromEntries([...table].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export const tableCases: readonly ConformanceCase[] = [
  {
    name: 'restores a table before the first step, with the newest value of each key and without what was deleted',
    async run(context) {
      const table = context.table('restored');
      const { log } = await context.openWith([table]);
      for (const [key, value] of [
        ['a', '1'],
        ['b', '1'],
        ['c', '1'],
        ['a', '2'],
        ['b', null],
        ['d', '1'],
        ['b', '3'],
        ['c', null],
      ] as const) {
        await log.append([record(table.name, key, value)]);
      }
      const task = recorder({ group: context.name('group'), tables: [table.name] });
      await joinReady(log, task);
      const life = task.latest();
      assert.deepEqual(fold(life?.restored ?? []), { a: '2', b: '3', d: '1' });
      assert.deepEqual(life?.received, []);
      const offsets = (life?.restored ?? []).map(({ offset }) => offset);
      assert.deepEqual(
        offsets,
        offsets.toSorted((a, b) => a - b),
      );
    },
  },
  {
    name: 'hands over what comes into a table later, tombstones too, in order and without a gap',
    async run(context) {
      const table = context.table('followed');
      const { log } = await context.openWith([table]);
      await log.append([record(table.name, 'a', '1')]);
      const task = recorder({ group: context.name('group'), tables: [table.name] });
      const joining = log.join(task.definition);
      for (let index = 0; index < 20; index++) await log.append([record(table.name, `k${index}`, String(index))]);
      await joining;
      await log.append([record(table.name, 'a', null)]);
      const all = () => [...(task.latest()?.restored ?? []), ...(task.latest()?.received ?? [])];
      await context.eventually('the tombstone has come', () => all().some(({ value }) => value === null));
      assert.deepEqual(Object.keys(fold(all())), Array.from({ length: 20 }, (_, index) => `k${index}`).toSorted());
      const offsets = all().map(({ offset }) => offset);
      assert.deepEqual(
        offsets,
        [...new Set(offsets)].toSorted((a, b) => a - b),
      );
    },
  },
  {
    name: 'restores to each partition its own part of a table, and gives the table whole at every start',
    async run(context) {
      const table = context.table('parted', 2);
      const { log } = await context.openWith([table]);
      for (const partition of [0, 1]) {
        await log.append([{ ...record(table.name, `of ${partition}`, '1'), partition }]);
      }
      for (let round = 0; round < 2; round++) {
        const task = recorder({ group: context.name('group'), tables: [table.name] });
        const membership = await joinReady(log, task);
        for (const partition of [0, 1]) {
          assert.deepEqual(fold(task.latest(partition)?.restored ?? []), { [`of ${partition}`]: '1' });
        }
        await membership.leave();
      }
    },
  },
  {
    name: 'restores its state topic to a successor, and never hands a task its own state back',
    async run(context) {
      const [topic, state] = [context.topic('in'), context.table('state')];
      const { log } = await context.openWith([topic, state]);
      const counter: Answer = ({ records }, { received, restored }) => {
        if (records.size === 0) return { records: [] };
        const before = Number(fold(restored)['count'] ?? 0);
        return { records: [record(state.name, 'count', String(before + received.length))] };
      };
      const settings = { streams: [topic.name], stateTopic: state.name, answer: counter };
      for (const round of [1, 2]) {
        const task = recorder({ group: context.name('group'), ...settings });
        const membership = await joinReady(log, task);
        await log.append(numbered(topic.name, 5));
        await context.eventually('it has counted', async () => {
          return fold(await readAll(log, state.name))['count'] === String(round * 5);
        });
        await context.quiet();
        assert.deepEqual(task.received(state.name), []);
        await membership.leave();
      }
    },
  },
  {
    name: 'hands a task what the group’s own tasks write into a table, over partitions',
    async run(context) {
      const [topic, table] = [context.topic('in', 2), context.table('crossed', 2)];
      const { log } = await context.openWith([topic, table]);
      const answer: Answer = ({ records }, { partition }) => ({
        records: (records.get(topic.name) ?? []).map(({ value }) => ({
          ...record(table.name, `from ${partition}`, value),
          partition: 1 - partition,
        })),
      });
      const task = recorder({ group: context.name('group'), streams: [topic.name], tables: [table.name], answer });
      await joinReady(log, task);
      for (const partition of [0, 1]) await log.append(numbered(topic.name, 3, { partition }));
      await context.eventually('both have heard of the other', () => task.received(table.name).length >= 6);
      for (const partition of [0, 1]) {
        const heard = task.received(table.name).filter((one) => one.partition === partition);
        assert.deepEqual(values(heard), ['0', '1', '2']);
        assert.ok(heard.every(({ key }) => key === `from ${1 - partition}`));
      }
    },
  },
  {
    name: 'restores a table of thousands of keys whole and in order',
    async run(context) {
      const table = context.table('long');
      const { log } = await context.openWith([table]);
      for (const round of ['old', 'new']) {
        for (let first = 0; first < keyCount; first += 1_000) {
          const keys = Array.from({ length: 1_000 }, (_, index) => `k${first + index}`);
          await log.append(keys.map((key) => record(table.name, key, `${round} ${key}`)));
        }
      }
      const task = recorder({ group: context.name('group'), tables: [table.name] });
      await joinReady(log, task);
      const restored = task.latest()?.restored ?? [];
      const table1 = fold(restored);
      assert.equal(Object.keys(table1).length, keyCount);
      assert.ok(Object.entries(table1).every(([key, value]) => value === `new ${key}`));
      const offsets = restored.map(({ offset }) => offset);
      assert.deepEqual(
        offsets,
        offsets.toSorted((a, b) => a - b),
      );
    },
  },
  ...(['at-least-once', 'exactly-once'] as const).map((guarantee): ConformanceCase => ({
    name: `tells a task with a table the log's time from its first step on, ${guarantee}, whatever its own clock says`,
    needs: ['clocks-differ'],
    async run(context) {
      const table = context.table('timed');
      const { log } = await context.openWith([table]);
      await log.append([record(table.name, 'a', '1')]);
      for (const clockAheadMs of [wrongMs, -wrongMs]) {
        const misled = await context.open({ clockAheadMs });
        const task = recorder({ group: context.name('group'), tables: [table.name], guarantee });
        const membership = await joinReady(misled.log, task);
        await context.eventually('a step is taken', () => task.latest()?.gatherings.length !== 0);
        const first = task.latest()?.gatherings[0]?.now ?? 0;
        assert.ok(Math.abs(first - log.now()) < wrongMs / 2, `${first - log.now()} ms off`);
        await membership.leave();
        const shown: LogRecord[] = [];
        await log.read(table.name, 0, (records) => void shown.push(...records));
        assert.deepEqual(fold(shown), { a: '1' });
      }
    },
  })),
];
