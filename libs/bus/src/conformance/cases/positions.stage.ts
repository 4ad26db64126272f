/** Where a task begins: at offsets that were committed or are still needed, or at positions kept elsewhere. */
import assert from 'node:assert/strict';
import type { ConformanceCase } from '../case.stage.ts';
import { counted, joinReady, numbered, record, recorder, values, type Answer } from '../recording-task.stage.ts';
import { readAll } from './append.stage.ts';

/** More than one gathering takes. */
const backlogCount = 6_000;

export const positionCases: readonly ConformanceCase[] = [
  {
    name: 'starts a successor at the oldest offset that is still needed',
    async run(context) {
      const topic = context.topic('needed');
      const { log } = await context.openWith([topic]);
      const answer: Answer = (_gathering, { received }) => {
        const needed = received.find(({ value }) => value === '3')?.offset;
        return { records: [], ...(needed !== undefined && { resumeFrom: { [topic.name]: needed } }) };
      };
      const first = recorder({ group: context.name('group'), streams: [topic.name], answer });
      const membership = await joinReady(log, first);
      await log.append(numbered(topic.name, 10));
      await context.eventually('all have come', () => first.received().length >= 10);
      await membership.leave();
      const second = recorder({ group: context.name('group'), streams: [topic.name] });
      await joinReady(log, second);
      await context.eventually('the needed ones come again', () => second.received().length >= 7);
      assert.deepEqual(values(second.received()), counted(10).slice(3));
    },
  },
  {
    name: 'never takes the group back, whatever a step asks for',
    async run(context) {
      const topic = context.topic('forward');
      const { log } = await context.openWith([topic]);
      let doneCount = 0;
      const answer: Answer = (_gathering, { received }) => {
        const wanted = doneCount > 0 ? '0' : '5';
        const needed = received.find(({ value }) => value === wanted)?.offset;
        if (needed === undefined) return { records: [], resumeFrom: { [topic.name]: received[0]?.offset ?? 0 } };
        return { records: [], resumeFrom: { [topic.name]: needed }, committed: () => void doneCount++ };
      };
      const first = recorder({ group: context.name('group'), streams: [topic.name], answer });
      const membership = await joinReady(log, first);
      await log.append(numbered(topic.name, 10));
      await context.eventually('both wishes were committed', () => doneCount >= 2);
      await membership.leave();
      const second = recorder({ group: context.name('group'), streams: [topic.name] });
      await joinReady(log, second);
      await context.eventually('a successor has begun', () => second.received().length >= 5);
      assert.deepEqual(values(second.received()), counted(10).slice(5));
    },
  },
  {
    name: 'says caught up only once the streams are read to the end seen at the start, and then for good',
    async run(context) {
      const topics = [context.topic('long'), context.topic('short')];
      const [long, short] = topics.map(({ name }) => name);
      assert.ok(long !== undefined && short !== undefined);
      const { log } = await context.openWith(topics);
      for (let first = 0; first < backlogCount; first += 500) await log.append(numbered(long, 500, { first }));
      await log.append(numbered(short, 10));
      const states: { caughtUp: boolean; count: number }[] = [];
      const answer: Answer = ({ caughtUp }, { received }) => {
        states.push({ caughtUp, count: received.length });
        return { records: [] };
      };
      await joinReady(log, recorder({ group: context.name('group'), streams: [long, short], answer }));
      await context.eventually('it has caught up', () => states.at(-1)?.caughtUp === true);
      await log.append(numbered(long, 500));
      await context.eventually('more has come', () => (states.at(-1)?.count ?? 0) >= backlogCount + 510);
      const first = states.findIndex(({ caughtUp }) => caughtUp);
      assert.ok((states[first]?.count ?? 0) >= backlogCount + 10);
      assert.ok(states.slice(first).every(({ caughtUp }) => caughtUp));
    },
  },
  {
    name: 'says caught up when there is nothing to read',
    async run(context) {
      const topic = context.topic('empty');
      const { log } = await context.openWith([topic]);
      const empty = recorder({ group: context.name('group'), streams: [topic.name] });
      await joinReady(log, empty);
      await context.eventually('it has caught up', () => empty.latest()?.gatherings.at(-1)?.caughtUp === true);
    },
  },
  {
    name: 'says until when it has heard everything: never beyond what lies unread, and soon the present',
    async run(context) {
      const topics = [context.topic('long'), context.topic('short')];
      const [long, short] = topics.map(({ name }) => name);
      assert.ok(long !== undefined && short !== undefined);
      const { log } = await context.openWith(topics);
      for (let first = 0; first < backlogCount; first += 500) await log.append(numbered(long, 500, { first }));
      await context.quiet();
      const reading = recorder({ group: context.name('group'), streams: [long, short] });
      await joinReady(log, reading);
      await context.eventually('the backlog has come', () => reading.received().length >= backlogCount);
      await log.append(numbered(short, 10));
      const lastOf = () => reading.received(short).at(-1)?.appendedAt ?? Infinity;
      const gatherings = reading.latest()?.gatherings ?? [];
      await context.eventually('it has heard all', () => (gatherings.at(-1)?.heardUntil ?? 0) > lastOf());
      assert.ok(gatherings.every(({ heardUntil, now }) => heardUntil <= now));
      for (const [index, { heardUntil }] of gatherings.entries()) {
        const later = gatherings.slice(index + 1).flatMap(({ records }) => [...records.values()].flat());
        assert.ok(later.every(({ appendedAt }) => appendedAt >= heardUntil));
      }
    },
  },
  {
    name: 'begins where the task says with guarantee external, each time, and still writes what it asks for',
    async run(context) {
      const [topic, out] = [context.topic('in'), context.topic('out')];
      const { log } = await context.openWith([topic, out]);
      await log.append(numbered(topic.name, 10));
      const offsets = (await readAll(log, topic.name)).map(({ offset }) => offset);
      for (const [index, written] of [
        [6, 4],
        [2, 12],
      ] as const) {
        const external = recorder({
          group: context.name('group'),
          streams: [topic.name],
          guarantee: 'external',
          positions: () => Promise.resolve({ [topic.name]: offsets[index] ?? 0 }),
          answer: ({ records }) => ({
            records: (records.get(topic.name) ?? []).map(({ value }) => record(out.name, 'key', value)),
          }),
        });
        const membership = await joinReady(log, external);
        await context.eventually('all is written', async () => (await readAll(log, out.name)).length >= written);
        await membership.leave();
        assert.deepEqual(values(external.received()), counted(10).slice(index));
      }
    },
  },
  {
    name: 'begins at the first record where an external task names no position',
    async run(context) {
      const topic = context.topic('unknown');
      const { log } = await context.openWith([topic]);
      await log.append(numbered(topic.name, 3));
      const external = recorder({
        group: context.name('group'),
        streams: [topic.name],
        guarantee: 'external',
        positions: () => Promise.resolve({}),
      });
      await joinReady(log, external);
      await context.eventually('all have come', () => external.received().length >= 3);
      assert.deepEqual(values(external.received()), counted(3));
    },
  },
  {
    name: 'with guarantee at-least-once writes outputs and goes on where it stood',
    async run(context) {
      const [topic, out] = [context.topic('in'), context.topic('out')];
      const { log } = await context.openWith([topic, out]);
      const copy = () =>
        recorder({
          group: context.name('group'),
          streams: [topic.name],
          guarantee: 'at-least-once',
          answer: ({ records }) => ({
            records: (records.get(topic.name) ?? []).map(({ value }) => record(out.name, 'key', value)),
          }),
        });
      for (const first of [0, 10]) {
        const membership = await joinReady(log, copy());
        await log.append(numbered(topic.name, 10, { first }));
        await context.eventually('all is copied', async () => (await readAll(log, out.name)).length >= first + 10);
        await membership.leave();
      }
      assert.deepEqual(values(await readAll(log, out.name)), counted(20));
    },
  },
];
