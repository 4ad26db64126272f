/** What appending promises: order, durability, and clear refusals. */
import assert from 'node:assert/strict';
import { BusConfigurationError } from '../../errors.ts';
import type { DurableLog, LogRecord, OutgoingRecord } from '../../log.ts';
import type { ConformanceCase } from '../case.stage.ts';
import { counted, numbered, record, values } from '../recording-task.stage.ts';

/** Everything that is in a topic just now. */
export async function readAll(log: DurableLog, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const follower = log.follow([topic], 'start', (arrived) => void records.push(...arrived));
  await follower.caughtUp;
  await follower.close();
  return records;
}

const unusual = ['', 'ü€😀\u0000\n\r"\\', '{"a":"\\n"}', ' '.repeat(3), '\u2028'];
const largeCharacters = 500_000;

export const appendCases: readonly ConformanceCase[] = [
  {
    name: 'hands over the records of one partition in the order of their appending',
    async run(context) {
      const topic = context.topic('ordered');
      const { log } = await context.openWith([topic]);
      for (let first = 0; first < 100; first += 10) await log.append(numbered(topic.name, 10, { first }));
      const records = await readAll(log, topic.name);
      assert.deepEqual(values(records), counted(100));
      assert.deepEqual(
        records.map(({ offset }) => offset),
        records.map(({ offset }) => offset).toSorted((a, b) => a - b),
      );
    },
  },
  {
    name: 'keeps every record of appends that run at the same time, each exactly once and each append together',
    async run(context) {
      const topic = context.topic('concurrent', 4);
      const { log } = await context.openWith([topic]);
      const appends = Array.from({ length: 40 }, (_, index) =>
        numbered(topic.name, 5, { first: index * 5, partition: index % 4 }),
      );
      await Promise.all(appends.map((records) => log.append(records)));
      const read = await readAll(log, topic.name);
      const perPartition = Map.groupBy(read, ({ partition }) => partition);
      assert.deepEqual(
        values(read)
          .map(Number)
          .toSorted((a, b) => a - b),
        counted(200).map(Number),
      );
      for (const [partition, records] of perPartition) {
        for (let index = 0; index < records.length; index += 5) {
          const first = Number(records[index]?.value);
          assert.deepEqual(values(records.slice(index, index + 5)), values(numbered('', 5, { first })), `${partition}`);
        }
      }
    },
  },
  {
    name: 'gives back key, value, headers, partition and time as they were',
    async run(context) {
      const topic = context.topic('faithful', 2);
      const { log } = await context.openWith([topic]);
      const sent: OutgoingRecord[] = unusual.map((text, index) => ({
        ...record(topic.name, `key ${text}`, text),
        partition: 1,
        headers: { traceparent: `00-${index}`, other: text },
      }));
      const before = log.now();
      await log.append(sent);
      const read = await readAll(log, topic.name);
      const plain = ({ topic: name, partition, key, value, headers }: LogRecord) => ({
        topic: name,
        partition,
        key,
        value,
        headers,
      });
      assert.deepEqual(read.map(plain), sent);
      assert.ok(read.every(({ appendedAt }) => Math.abs(appendedAt - before) < 60_000));
    },
  },
  {
    name: 'keeps a large value whole',
    async run(context) {
      const topic = context.topic('large');
      const { log } = await context.openWith([topic]);
      const large = JSON.stringify('é'.repeat(largeCharacters / 2));
      await log.append([record(topic.name, 'large', large), record(topic.name, 'small', '1')]);
      assert.deepEqual(values(await readAll(log, topic.name)), [large, '1']);
    },
  },
  {
    name: 'still has what was acknowledged after a kill, and goes on behind it',
    async run(context) {
      const topic = context.topic('durable', 2);
      const first = await context.openWith([topic]);
      await first.log.append(numbered(topic.name, 10));
      await first.kill();
      const { log } = await context.open();
      await log.append(numbered(topic.name, 10, { first: 10 }));
      const read = await readAll(log, topic.name);
      assert.deepEqual(values(read), counted(20));
      assert.equal(new Set(read.map(({ offset }) => offset)).size, 20);
    },
  },
  {
    name: 'refuses a topic that is not there, and a partition that is not there',
    async run(context) {
      const topic = context.topic('present', 2);
      const { log } = await context.openWith([topic]);
      await assert.rejects(log.append([record(context.name('absent'), 'key', '1')]), BusConfigurationError);
      await assert.rejects(log.append([{ ...record(topic.name, 'key', '1'), partition: 2 }]), BusConfigurationError);
      assert.throws(() => log.partitionCount(context.name('absent')), BusConfigurationError);
      assert.deepEqual(await readAll(log, topic.name), []);
    },
  },
  {
    name: 'refuses an append over two partitions or two topics, and keys that are its own',
    async run(context) {
      const [topic, other] = [context.topic('one', 2), context.topic('other', 2)];
      const { log } = await context.openWith([topic, other]);
      const good = record(topic.name, 'key', '1');
      await assert.rejects(log.append([good, { ...good, partition: 1 }]), BusConfigurationError);
      await assert.rejects(log.append([good, record(other.name, 'key', '2')]), BusConfigurationError);
      await assert.rejects(log.append([good, record(topic.name, '~key', '2')]), BusConfigurationError);
      assert.deepEqual(await readAll(log, topic.name), []);
    },
  },
  {
    name: 'creates topics once, keeps their records, and refuses another partition count',
    async run(context) {
      const topic = context.topic('ensured', 3);
      const { log } = await context.openWith([topic]);
      await log.append([{ ...record(topic.name, 'key', '1'), partition: 2 }]);
      await log.ensureTopics([topic, context.topic('later')]);
      assert.equal(log.partitionCount(topic.name), 3);
      assert.deepEqual(values(await readAll(log, topic.name)), ['1']);
      await assert.rejects(log.ensureTopics([{ ...topic, partitionCount: 4 }]), BusConfigurationError);
      assert.equal(log.partitionCount(topic.name), 3);
    },
  },
  {
    name: 'takes an empty append as done',
    async run(context) {
      const { log } = await context.open();
      await log.append([]);
    },
  },
];
