/** Several producers' transactions in one partition, as the dispatcher's tasks write them. */
import { sharedKafka } from '@quorate/kafka-broker';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type Producer, type Transaction } from 'kafkajs';
import type { DurableLog, LogRecord } from '../log.ts';
import { openKafkaLog } from './kafka-log.ts';

const suite = sharedKafka().available ? describe : describe.skip;
const brokers = [...sharedKafka().brokers];

suite('what is read of overlapping transactions', () => {
  const name = `overlapping-${process.pid}-${Date.now().toString(36)}`;
  const producers: Producer[] = [];
  let log: DurableLog;

  beforeAll(async () => {
    log = await openKafkaLog({ brokers, clientId: 'overlapping', onFatal: (error) => expect(error).toBeUndefined() });
    const topic = { name, partitionCount: 1, retention: { compacted: false, retentionMs: 3_600_000 } } as const;
    await log.ensureTopics([topic]);
  });
  afterAll(async () => {
    await Promise.all(producers.map((producer) => producer.disconnect()));
    await log.close();
  });

  async function transactionOf(producerName: string): Promise<Transaction> {
    const client = new Kafka({ brokers, logLevel: logLevel.NOTHING });
    const settings = { transactionalId: `${name}-${producerName}`, idempotent: true, maxInFlightRequests: 1 };
    const producer = client.producer({ ...settings, createPartitioner: () => () => 0 });
    await producer.connect();
    producers.push(producer);
    return producer.transaction();
  }
  const write = (transaction: Transaction, value: string) =>
    transaction.send({ topic: name, messages: [{ key: 'k', value }] });

  it('is what was committed, from the start and from within', async () => {
    const [a, b, c] = await Promise.all(['A', 'B', 'C'].map(transactionOf));
    await write(a!, 'A1, aborted');
    await write(b!, 'B1, aborted');
    await write(c!, 'C1');
    await write(a!, 'A2, aborted');
    await b!.abort();
    await write(a!, 'A3, aborted');
    const within: LogRecord[] = [];
    const follower = log.follow([name], 'now', (records) => within.push(...records));
    await a!.abort();
    await write(c!, 'C2');
    await c!.commit();
    await log.append([{ topic: name, partition: 0, key: 'k', value: 'the end' }]);
    const all: LogRecord[] = [];
    const reader = log.follow([name], 'start', (records) => all.push(...records));
    await reader.caughtUp;
    expect(all.map(({ value }) => value)).toEqual(['C1', 'C2', 'the end']);
    expect(await log.last(name, 0)).toMatchObject({ value: 'the end' });
    while (within.at(-1)?.value !== 'the end') await new Promise(setImmediate);
    expect(within.every(({ value }) => !value?.includes('aborted'))).toBe(true);
    await Promise.all([follower.close(), reader.close()]);
  }, 30_000);
});
