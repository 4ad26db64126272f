/** What a consumer group promises: every group sees all, and within one each partition has one owner. */
import assert from 'node:assert/strict';
import { BusConfigurationError } from '../../errors.ts';
import type { CaseContext, ConformanceCase } from '../case.stage.ts';
import { counted, joinReady, numbered, record, recorder, values, type Recorder } from '../recording-task.stage.ts';
import { readAll } from './append.stage.ts';

const partitions = [0, 1, 2, 3];

function lifeCount({ lives }: Recorder): number {
  return lives.length;
}

/** A task that writes one output for each input, in its own partition. */
export function copier(context: CaseContext, group: string, { from, to }: { from: string; to: string }): Recorder {
  return recorder({
    group: context.name(group),
    streams: [from],
    answer: ({ records }, { partition }) => ({
      records: (records.get(from) ?? []).map(({ key, value }) => ({ ...record(to, key, value), partition })),
    }),
  });
}

export const groupCases: readonly ConformanceCase[] = [
  {
    name: 'shows every group every record once, in order per partition',
    async run(context) {
      const topic = context.topic('shared', 3);
      const { log } = await context.openWith([topic]);
      const recorders = ['one', 'other'].map((group) =>
        recorder({ group: context.name(group), streams: [topic.name] }),
      );
      for (const one of recorders) await joinReady(log, one);
      for (let index = 0; index < 60; index++) {
        await log.append(numbered(topic.name, 1, { first: index, partition: index % 3 }));
      }
      for (const one of recorders) {
        await context.eventually('each group has all', () => one.received().length >= 60);
        for (let partition = 0; partition < 3; partition++) {
          const received = one.received().filter((arrived) => arrived.partition === partition);
          const expected = counted(60).filter((value) => Number(value) % 3 === partition);
          assert.deepEqual(values(received), expected);
        }
      }
    },
  },
  {
    name: 'begins at the first record for a group that is new',
    async run(context) {
      const topic = context.topic('before');
      const { log } = await context.openWith([topic]);
      await log.append(numbered(topic.name, 10));
      const late = recorder({ group: context.name('late'), streams: [topic.name] });
      await joinReady(log, late);
      await context.eventually('the records from before have come', () => late.received().length >= 10);
      assert.deepEqual(values(late.received()), counted(10));
    },
  },
  {
    name: 'goes on where the group stood, also after steps that wrote nothing',
    async run(context) {
      const topic = context.topic('resumed');
      const { log } = await context.openWith([topic]);
      const first = recorder({ group: context.name('group'), streams: [topic.name] });
      const membership = await joinReady(log, first);
      await log.append(numbered(topic.name, 10));
      await context.eventually('the first ten have come', () => first.received().length >= 10);
      await membership.leave();
      await log.append(numbered(topic.name, 5, { first: 10 }));
      const second = recorder({ group: context.name('group'), streams: [topic.name] });
      await joinReady(log, second);
      await context.eventually('the next five have come', () => second.received().length >= 5);
      assert.deepEqual(values(second.received()), ['10', '11', '12', '13', '14']);
    },
  },
  {
    name: 'shares the partitions evenly, and leaves those that stay undisturbed when a member comes or goes',
    async run(context) {
      const topic = context.topic('balanced', partitions.length);
      const [first, second] = [await context.openWith([topic]), await context.open()];
      const [one, other] = ['a', 'b'].map(() => recorder({ group: context.name('group'), streams: [topic.name] }));
      assert.ok(one !== undefined && other !== undefined);
      const member = await joinReady(first.log, one);
      assert.deepEqual(member.partitions, partitions);
      const newcomer = await joinReady(second.log, other);
      await context.eventually(
        'both have half',
        () => member.partitions.length === 2 && newcomer.partitions.length === 2,
      );
      assert.deepEqual([...member.partitions, ...newcomer.partitions].toSorted(), partitions);
      assert.equal(lifeCount(one), 4, 'what the first member kept was not begun anew');
      assert.deepEqual(
        one.lives
          .filter(({ endCount }) => endCount === 0)
          .map(({ partition }) => partition)
          .toSorted(),
        member.partitions,
      );
      await newcomer.leave();
      await context.eventually('the first has all again', () => member.ready && member.partitions.length === 4);
      assert.equal(lifeCount(one), 6);
    },
  },
  {
    name: 'loses and doubles nothing while members come and go',
    async run(context) {
      const [from, to] = [context.topic('inputs', 4), context.topic('outputs', 4)];
      const [first, second] = [await context.openWith([from, to]), await context.open()];
      const names = { from: from.name, to: to.name };
      const member = await joinReady(first.log, copier(context, 'group', names));
      let sent = 0;
      const send = async (count: number) => {
        for (const end = sent + count; sent < end; sent++) {
          await first.log.append(numbered(from.name, 1, { first: sent, partition: sent % 4 }));
        }
      };
      await send(40);
      const joining = second.log.join(copier(context, 'group', names).definition);
      await send(40);
      const newcomer = await joining;
      await context.eventually('the newcomer has its share', () => newcomer.ready && newcomer.partitions.length === 2);
      await send(40);
      await Promise.all([member.leave(), send(40)]);
      await context.eventually('the newcomer has all', () => newcomer.partitions.length === 4);
      await send(40);
      await context.eventually('all is copied', async () => (await readAll(first.log, to.name)).length >= sent);
      await context.quiet();
      const copied = values(await readAll(first.log, to.name)).map(Number);
      assert.deepEqual(
        copied.toSorted((a, b) => a - b),
        counted(sent).map(Number),
      );
    },
  },
  {
    name: 'gives every partition to the one that stays when another joins and leaves at once',
    async run(context) {
      const topic = context.topic('restless', 4);
      const [first, second] = [await context.openWith([topic]), await context.open()];
      const steady = recorder({ group: context.name('group'), streams: [topic.name] });
      const member = await joinReady(first.log, steady);
      for (let round = 0; round < 3; round++) {
        const guest = await second.log.join(
          recorder({ group: context.name('group'), streams: [topic.name] }).definition,
        );
        await guest.leave();
      }
      await context.eventually('the steady one has all', () => member.ready && member.partitions.length === 4);
      for (const partition of partitions) await first.log.append(numbered(topic.name, 1, { partition }));
      await context.eventually('every partition is consumed', () => steady.received().length >= 4);
    },
  },
  {
    name: 'refuses a group whose topics are not partitioned alike, and topics that are not there',
    async run(context) {
      const [narrow, wide] = [context.topic('narrow', 1), context.topic('wide', 2)];
      const { log } = await context.openWith([narrow, wide]);
      const group = context.name('group');
      const unlike = recorder({ group, streams: [narrow.name], tables: [wide.name] });
      await assert.rejects(log.join(unlike.definition), BusConfigurationError);
      const absent = recorder({ group, streams: [context.name('absent')] });
      await assert.rejects(log.join(absent.definition), BusConfigurationError);
    },
  },
];
