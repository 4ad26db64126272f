/** What one step promises: a gathering, one method at a time, all or nothing. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceCase } from '../case.stage.ts';
import {
  counted,
  joinReady,
  nothing,
  numbered,
  record,
  recorder,
  values,
  type Answer,
} from '../recording-task.stage.ts';
import { readAll } from './append.stage.ts';

/** Fails the first time that `value` arrives. */
function failingOnce(value: string, answer: Answer): Answer {
  let failures = 0;
  return (gathering, life) => {
    const arrived = [...gathering.records.values()].flat();
    if (failures === 0 && arrived.some((one) => one.value === value)) {
      failures++;
      throw new Error('the first time it fails');
    }
    return answer(gathering, life);
  };
}

export const stepCases: readonly ConformanceCase[] = [
  {
    name: 'calls a task also when nothing arrives, with a time that goes on',
    async run(context) {
      const topic = context.topic('silent');
      const { log } = await context.openWith([topic]);
      const silent = recorder({ group: context.name('group'), streams: [topic.name], gatherMs: 10 });
      await joinReady(log, silent);
      const before = silent.latest()?.gatherings.length ?? 0;
      await context.eventually('it is called again', () => (silent.latest()?.gatherings.length ?? 0) > before + 3);
      const times = (silent.latest()?.gatherings ?? []).map(({ now }) => now);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.ok((times.at(-1) ?? 0) > (times[0] ?? 0));
      assert.equal(silent.received().length, 0);
    },
  },
  {
    name: 'leaves a task alone that may rest, until something arrives',
    async run(context) {
      const topic = context.topic('resting');
      const { log } = await context.openWith([topic]);
      const streams = [topic.name];
      const resting = recorder({ group: context.name('group'), streams, gatherMs: 10, restMs: 86_400_000 });
      await joinReady(log, resting);
      for (let arrivalCount = 0; arrivalCount < 3; arrivalCount++) {
        const before = resting.latest()?.gatherings.length ?? 0;
        await context.quiet();
        assert.equal(resting.latest()?.gatherings.length, before);
        await log.append(numbered(topic.name, 1, { first: arrivalCount }));
        await context.eventually('it arrives', () => resting.received().length > arrivalCount);
      }
    },
  },
  {
    name: 'takes a step soon after a wake, however long the gathering',
    async run(context) {
      const topic = context.topic('woken');
      const { log } = await context.openWith([topic]);
      const woken = recorder({ group: context.name('group'), streams: [topic.name], gatherMs: 86_400_000 });
      await joinReady(log, woken);
      for (let wakeCount = 0; wakeCount < 3; wakeCount++) {
        const before = woken.latest()?.gatherings.length ?? 0;
        woken.latest()?.wake();
        await context.eventually('the wake is heard', () => (woken.latest()?.gatherings.length ?? 0) > before);
      }
    },
  },
  {
    name: 'hears a wake that comes while a step is running',
    async run(context) {
      const topic = context.topic('woken-within');
      const { log } = await context.openWith([topic]);
      const answer: Answer = ({ records }, { wake, gatherings }) => {
        if (records.size === 0 && gatherings.length < 5) wake();
        return nothing;
      };
      const woken = recorder({ group: context.name('group'), streams: [topic.name], gatherMs: 86_400_000, answer });
      await joinReady(log, woken);
      await context.eventually('five steps were taken', () => (woken.latest()?.gatherings.length ?? 0) >= 5);
    },
  },
  {
    name: 'never runs two steps of one task at a time, and calls committed between them',
    async run(context) {
      const topic = context.topic('single');
      const { log } = await context.openWith([topic]);
      const events: string[] = [];
      const answer: Answer = async (_gathering, { wake }) => {
        events.push('begun');
        wake();
        await sleep(5);
        events.push('ended');
        return { records: [], committed: () => void events.push('committed') };
      };
      await joinReady(log, recorder({ group: context.name('group'), streams: [topic.name], gatherMs: 5, answer }));
      await log.append(numbered(topic.name, 10));
      await context.eventually('some steps were taken', () => events.length >= 30);
      for (let index = 0; index + 3 <= events.length; index += 3) {
        assert.deepEqual(events.slice(index, index + 3), ['begun', 'ended', 'committed']);
      }
    },
  },
  {
    name: 'writes what a step says to several partitions and topics',
    async run(context) {
      const [topic, one, other] = [context.topic('in'), context.topic('one', 2), context.table('other', 2)];
      const { log } = await context.openWith([topic, one, other]);
      const answer: Answer = ({ records }) => ({
        records: (records.get(topic.name) ?? []).flatMap(({ value }) => [
          record(one.name, 'key', value),
          { ...record(one.name, 'key', value), partition: 1 },
          { ...record(other.name, `key ${value}`, value), partition: 1, headers: { traceparent: `of ${value}` } },
        ]),
      });
      await joinReady(log, recorder({ group: context.name('group'), streams: [topic.name], answer }));
      await log.append(numbered(topic.name, 5));
      await context.eventually('all is written', async () => (await readAll(log, other.name)).length >= 5);
      const written = Map.groupBy(await readAll(log, one.name), ({ partition }) => partition);
      assert.deepEqual([values(written.get(0) ?? []), values(written.get(1) ?? [])], [counted(5), counted(5)]);
      const rows = await readAll(log, other.name);
      assert.deepEqual(values(rows), counted(5));
      assert.deepEqual(
        rows.map(({ headers }) => headers['traceparent']),
        counted(5).map((value) => `of ${value}`),
      );
    },
  },
  {
    name: 'has every output in the log when committed is called',
    async run(context) {
      const [topic, out] = [context.topic('in'), context.topic('out')];
      const { log } = await context.openWith([topic, out]);
      const seen: Promise<number>[] = [];
      const answer: Answer = ({ records }, { received }) => ({
        records: (records.get(topic.name) ?? []).map(({ value }) => record(out.name, 'key', value)),
        committed: () => {
          if (records.size > 0) seen.push(readAll(log, out.name).then((all) => all.length - received.length));
        },
      });
      await joinReady(log, recorder({ group: context.name('group'), streams: [topic.name], answer }));
      await log.append(numbered(topic.name, 5));
      await context.eventually('a step was committed', () => seen.length > 0);
      assert.ok((await Promise.all(seen)).every((missing) => missing >= 0));
    },
  },
  {
    name: 'discards the task whose step rejects, and hands a new one the same records',
    async run(context) {
      const topic = context.topic('failing');
      const { log } = await context.openWith([topic]);
      const answer = failingOnce('3', () => nothing);
      const failing = recorder({ group: context.name('group'), streams: [topic.name], answer });
      await joinReady(log, failing);
      await log.append(numbered(topic.name, 5));
      await context.eventually(
        'a second life has all',
        () => failing.lives.length > 1 && (failing.latest()?.received.length ?? 0) > 0,
      );
      await log.append(numbered(topic.name, 1, { first: 5 }));
      await context.eventually('it goes on', () => values(failing.latest()?.received ?? []).includes('5'));
      assert.equal(failing.lives.length, 2);
      assert.deepEqual(
        failing.lives.map(({ endCount }) => endCount),
        [1, 0],
      );
      const [first, second] = failing.lives.map(({ received }) => values(received));
      assert.deepEqual([...new Set([...(first ?? []), ...(second ?? [])])].toSorted(), counted(6));
      assert.ok(second?.includes('3') && second.includes('4'));
    },
  },
  {
    name: 'leaves nothing of a step that fails half way',
    async run(context) {
      const [topic, out] = [context.topic('in'), context.topic('out', 2)];
      const { log } = await context.openWith([topic, out]);
      let tornCount = 0;
      const answer: Answer = ({ records }) => {
        const arrived = records.get(topic.name) ?? [];
        const outputs = arrived.map(({ value }, index) => ({
          ...record(out.name, 'key', value),
          partition: index % 2,
        }));
        const isTorn = tornCount < 3 && arrived.length > 0;
        if (isTorn) tornCount++;
        return { records: isTorn ? [...outputs, record(context.name('absent'), 'key', '1')] : outputs };
      };
      await joinReady(log, recorder({ group: context.name('group'), streams: [topic.name], answer }));
      await log.append(numbered(topic.name, 20));
      const written = async () =>
        values(await readAll(log, out.name))
          .map(Number)
          .toSorted((a, b) => a - b);
      await context.eventually('the step has gone through', async () => (await written()).length >= 20);
      await context.quiet();
      assert.deepEqual(await written(), counted(20).map(Number));
    },
  },
  {
    name: 'never shows what failed steps wrote, also when several fail at once in one partition',
    async run(context) {
      const [topic, out] = [context.topic('in', 4), context.topic('out')];
      const { log } = await context.openWith([topic, out]);
      const shown: (string | null)[] = [];
      const follower = log.follow([out.name], 'start', (records) => void shown.push(...values(records)));
      let stepCount = 0;
      const answer: Answer = ({ records }) => {
        const outputs = (records.get(topic.name) ?? []).map(({ value }) => record(out.name, 'key', value));
        if (outputs.length === 0 || stepCount++ % 2 === 1) return { records: outputs };
        return { records: [...outputs, record(context.name('absent'), 'key', '1')] };
      };
      await joinReady(log, recorder({ group: context.name('group'), streams: [topic.name], gatherMs: 5, answer }));
      for (let index = 0; index < 80; index++) {
        await log.append(numbered(topic.name, 1, { first: index, partition: index % 4 }));
      }
      await context.eventually('all is shown', () => new Set(shown).size >= 80);
      await context.quiet();
      await follower.close();
      const numbers = shown.map(Number).toSorted((a, b) => a - b);
      assert.deepEqual(numbers, counted(80).map(Number));
    },
  },
  {
    name: 'keeps a partition going while the task of another fails again and again',
    async run(context) {
      const topic = context.topic('apart', 2);
      const { log } = await context.openWith([topic]);
      const answer: Answer = ({ records }, { partition }) => {
        if (partition === 0 && records.size > 0) throw new Error('it always fails');
        return nothing;
      };
      const apart = recorder({ group: context.name('group'), streams: [topic.name], answer });
      await joinReady(log, apart);
      await log.append(numbered(topic.name, 1, { partition: 0 }));
      await context.eventually('the bad one fails repeatedly', () => apart.lives.length >= 4);
      await log.append(numbered(topic.name, 10, { partition: 1 }));
      const ofGood = () => apart.received().filter(({ partition }) => partition === 1);
      await context.eventually('the good one has its records', () => ofGood().length >= 10);
      assert.deepEqual(values(ofGood()), counted(10));
    },
  },
];
