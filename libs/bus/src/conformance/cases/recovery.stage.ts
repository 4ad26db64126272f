/** What outlasts a death, a freeze and a hand-over: nothing acknowledged is lost, nothing is done twice. */
import assert from 'node:assert/strict';
import type { CaseContext, ConformanceCase } from '../case.stage.ts';
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
import { copier } from './groups.stage.ts';
import { fold } from './tables.stage.ts';

function sorted(records: readonly { readonly value: string | null }[]): number[] {
  return values(records)
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** A promise that a case lets go. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Copies each input and counts it in the state topic, in the same step. */
function counter(context: CaseContext, topics: { from: string; to: string; state: string }) {
  const { from, to, state } = topics;
  const answer: Answer = ({ records }, { received, restored, partition }) => {
    const arrived = records.get(from) ?? [];
    if (arrived.length === 0) return nothing;
    const count = Number(fold(restored)['count'] ?? 0) + received.length;
    const outputs = arrived.map(({ value }) => record(to, 'key', value));
    return { records: [record(state, 'count', String(count)), ...outputs].map((one) => ({ ...one, partition })) };
  };
  return recorder({ group: context.name('group'), streams: [from], stateTopic: state, gatherMs: 5, answer });
}

export const recoveryCases: readonly ConformanceCase[] = [
  {
    name: 'hands over again what a killed process had not committed',
    async run(context) {
      const topic = context.topic('in');
      const first = await context.openWith([topic]);
      const answer: Answer = ({ records }) => {
        const arrived = records.get(topic.name) ?? [];
        return arrived.some(({ value }) => value === '5') ? new Promise(() => undefined) : nothing;
      };
      const stuck = recorder({ group: context.name('group'), streams: [topic.name], answer });
      await joinReady(first.log, stuck);
      await first.log.append(numbered(topic.name, 5));
      await context.eventually('the first five are done', () => stuck.received().length >= 5);
      await context.eventually('and one step more', () => (stuck.latest()?.gatherings.at(-1)?.records.size ?? 1) === 0);
      await first.log.append(numbered(topic.name, 5, { first: 5 }));
      await context.eventually('it is stuck', () => stuck.received().length > 5);
      await first.kill();
      const { log } = await context.open();
      const next = recorder({ group: context.name('group'), streams: [topic.name] });
      await joinReady(log, next);
      await context.eventually('the others come again', () => next.received().length >= 5);
      assert.deepEqual(values(next.received()), counted(10).slice(5));
    },
  },
  {
    name: 'has state, outputs and offsets of the same steps after a kill in the middle of the work',
    async run(context) {
      const [topic, out, state] = [context.topic('in'), context.topic('out'), context.table('state')];
      const first = await context.openWith([topic, out, state]);
      const names = { from: topic.name, to: out.name, state: state.name };
      const before = counter(context, names);
      await joinReady(first.log, before);
      for (let index = 0; index < 100; index++) await first.log.append(numbered(topic.name, 1, { first: index }));
      await context.eventually('some are done', () => before.received().length > 10);
      await first.kill();
      const { log } = await context.open();
      await joinReady(log, counter(context, names));
      await log.append(numbered(topic.name, 20, { first: 100 }));
      await context.eventually('all is copied', async () => (await readAll(log, out.name)).length >= 120);
      await context.quiet();
      assert.deepEqual(sorted(await readAll(log, out.name)), counted(120).map(Number));
      assert.equal(fold(await readAll(log, state.name))['count'], '120');
    },
  },
  {
    name: 'keeps every topic, record and offset over an orderly end',
    async run(context) {
      const [topic, out, state] = [context.topic('in', 2), context.topic('out', 2), context.table('state', 2)];
      const first = await context.openWith([topic, out, state]);
      const names = { from: topic.name, to: out.name, state: state.name };
      await joinReady(first.log, counter(context, names));
      for (const partition of [0, 1]) await first.log.append(numbered(topic.name, 10, { partition }));
      await context.eventually('all is copied', async () => (await readAll(first.log, out.name)).length >= 20);
      await first.log.close();
      await first.kill();
      const { log } = await context.open();
      const after = counter(context, names);
      await joinReady(log, after);
      await log.append(numbered(topic.name, 1, { first: 10 }));
      await context.eventually('the new one is copied', async () => (await readAll(log, out.name)).length >= 21);
      assert.deepEqual(values(after.received()), ['10']);
    },
  },
  {
    name: 'refuses the step of an owner whose partition has gone to another meanwhile',
    async run(context) {
      const [topic, out] = [context.topic('in', 2), context.topic('out', 2)];
      const [first, second] = [await context.openWith([topic, out]), await context.open()];
      const { opened, open } = gate();
      const stuck = new Set<number>();
      const slow: Answer = async ({ records }, { partition }) => {
        const arrived = records.get(topic.name) ?? [];
        if (arrived.length === 0) return nothing;
        stuck.add(partition);
        await opened;
        return { records: arrived.map(({ value }) => ({ ...record(out.name, 'the old owner', value), partition })) };
      };
      const settings = { group: context.name('group'), streams: [topic.name] };
      await joinReady(first.log, recorder({ ...settings, answer: slow }));
      for (const partition of [0, 1]) await first.log.append(numbered(topic.name, 5, { partition }));
      await context.eventually('the first is in a step of each', () => stuck.size === 2);
      const quick: Answer = ({ records }, { partition }) => ({
        records: (records.get(topic.name) ?? []).map(({ value }) => ({
          ...record(out.name, 'the new', value),
          partition,
        })),
      });
      const successor = recorder({ ...settings, answer: quick });
      await second.log.join(successor.definition);
      const ofSuccessor = async () => (await readAll(second.log, out.name)).filter(({ key }) => key === 'the new');
      await context.eventually('the successor has taken over', async () => (await ofSuccessor()).length >= 5);
      open();
      await context.quiet();
      const [{ partition } = { partition: -1 }] = await ofSuccessor();
      const written = (await readAll(second.log, out.name)).filter((one) => one.partition === partition);
      assert.deepEqual(
        written.map(({ key, value }) => `${key} ${value}`),
        counted(5).map((value) => `the new ${value}`),
      );
    },
  },
  {
    name: 'lets the step that is running end and keeps it when a member leaves, and takes no other',
    async run(context) {
      const [topic, out] = [context.topic('in'), context.topic('out')];
      const { log } = await context.openWith([topic, out]);
      const { opened, open } = gate();
      const slow: Answer = async ({ records }) => {
        const arrived = records.get(topic.name) ?? [];
        if (arrived.length > 0) await opened;
        return { records: arrived.map(({ value }) => record(out.name, 'key', value)) };
      };
      const task = recorder({ group: context.name('group'), streams: [topic.name], gatherMs: 5, answer: slow });
      const membership = await joinReady(log, task);
      await log.append(numbered(topic.name, 5));
      await context.eventually('it is in the step', () => task.received().length >= 5);
      const leaving = membership.leave();
      const stepCount = task.latest()?.gatherings.length;
      open();
      await leaving;
      assert.deepEqual(values(await readAll(log, out.name)), counted(5));
      await context.quiet();
      assert.equal(task.latest()?.gatherings.length, stepCount);
      assert.equal(task.latest()?.endCount, 1);
      assert.deepEqual([membership.ready, membership.partitions], [false, []]);
    },
  },
  {
    name: 'waits only so long for a step that does not end when a member leaves, and lets a successor fence it',
    async run(context) {
      const [topic, out] = [context.topic('in'), context.topic('out')];
      const { log } = await context.openWith([topic, out]);
      const { opened, open } = gate();
      const stuck: Answer = async ({ records }) => {
        const arrived = records.get(topic.name) ?? [];
        if (arrived.length > 0) await opened;
        return { records: arrived.map(({ value }) => record(out.name, 'key', value)) };
      };
      const task = recorder({ group: context.name('group'), streams: [topic.name], answer: stuck });
      const membership = await joinReady(log, task);
      await log.append(numbered(topic.name, 5));
      await context.eventually('it is in the step', () => task.received().length >= 5);
      let hasLeft = false;
      void membership.leave().then(() => (hasLeft = true));
      await context.eventually('it has left', () => hasLeft);
      await joinReady(log, copier(context, 'group', { from: topic.name, to: out.name }));
      await context.eventually('the successor has copied', async () => (await readAll(log, out.name)).length >= 5);
      open();
      await context.quiet();
      assert.deepEqual(values(await readAll(log, out.name)), counted(5));
    },
  },
  {
    name: 'gives the partitions of a killed process to one that lives, without loss or doubling',
    needs: ['several-processes'],
    async run(context) {
      const [from, to] = [context.topic('inputs', 4), context.topic('outputs', 4)];
      const [first, second] = [await context.openWith([from, to]), await context.open()];
      const names = { from: from.name, to: to.name };
      await joinReady(first.log, copier(context, 'group', names));
      const member = await joinReady(second.log, copier(context, 'group', names));
      for (let index = 0; index < 100; index++) {
        await second.log.append(numbered(from.name, 1, { first: index, partition: index % 4 }));
        if (index === 50) await first.kill();
      }
      await context.eventually('the one that lives has all', () => member.partitions.length === 4);
      await context.eventually('all is copied', async () => (await readAll(second.log, to.name)).length >= 100);
      await context.quiet();
      assert.deepEqual(sorted(await readAll(second.log, to.name)), counted(100).map(Number));
    },
  },
  {
    name: 'fences a process that was frozen past its session and thawed, and takes it in again',
    needs: ['several-processes', 'freezes'],
    async run(context) {
      const [from, to] = [context.topic('inputs', 4), context.topic('outputs', 4)];
      const [first, second] = [await context.openWith([from, to]), await context.open()];
      const names = { from: from.name, to: to.name };
      const frozen = await joinReady(first.log, copier(context, 'group', names));
      const member = await joinReady(second.log, copier(context, 'group', names));
      let sent = 0;
      const send = async (count: number) => {
        for (const end = sent + count; sent < end; sent++) {
          await second.log.append(numbered(from.name, 1, { first: sent, partition: sent % 4 }));
        }
      };
      await send(40);
      await first.freeze?.();
      await context.eventually('the other has all', () => member.partitions.length === 4);
      await send(40);
      await first.thaw?.();
      await send(40);
      await context.eventually('the thawed one has its share', () => frozen.ready && frozen.partitions.length === 2);
      await send(40);
      await context.eventually('all is copied', async () => (await readAll(second.log, to.name)).length >= sent);
      await context.quiet();
      assert.deepEqual(sorted(await readAll(second.log, to.name)), counted(sent).map(Number));
    },
  },
];
