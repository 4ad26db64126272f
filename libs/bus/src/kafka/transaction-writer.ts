/** One partition task's transactions: fences the predecessor, then writes a step's records and positions as one. */
import type { OutgoingRecord } from '../log.ts';
import { sequenceMax } from './appender.ts';
import type { Exchanges, ProducerIdentity } from './exchanges.ts';
import {
  connectionTypes,
  isType,
  KafkaError,
  notAskedTypes,
  staleCoordinatorTypes,
  staleLeaderTypes,
} from './kafka-error.ts';
import { type Lane, retrying } from './lane.ts';
import type { LogClock } from './log-clock.ts';
import { type Batch, intoBatches, produce } from './produce.ts';

/** An owner that dies within a transaction holds up the readers of what it wrote for at most this time. */
const transactionMsMax = 15_000;
const fenceMsMax = 20_000;
const addMsMax = 5_000;
const produceMsMax = 5_000;

/** The coordinator still ends this producer's last transaction; it takes milliseconds. */
const lastOneEnds = 'CONCURRENT_TRANSACTIONS';
/** InitProducerId may be repeated whatever came of the last try: only the newest epoch counts. */
const fenceAgain: ReadonlySet<string> = new Set([lastOneEnds, ...staleCoordinatorTypes, ...connectionTypes]);
/** So may adding to a transaction before anything was produced in it. */
const addAgain: ReadonlySet<string> = new Set([lastOneEnds, ...notAskedTypes, ...staleCoordinatorTypes]);
/** The broker did not take the batch, and may take the same one later. */
const produceAgain: ReadonlySet<string> = new Set([...staleLeaderTypes, ...notAskedTypes, 'NOT_ENOUGH_REPLICAS']);
/** The group's coordinator did not take the positions, which say where they are, not how far they moved. */
const positionsAgain: ReadonlySet<string> = new Set([...notAskedTypes, ...staleCoordinatorTypes]);

export interface TransactionStep {
  readonly records: readonly OutgoingRecord[];
  readonly group: string;
  /** By topic, the next offset wanted of this task's partition; may be empty. */
  readonly positions: ReadonlyMap<string, number>;
}

export interface TransactionWriterSettings {
  readonly lane: Lane;
  readonly clock: LogClock;
  readonly transactionalId: string;
  readonly partition: number;
}

export class TransactionWriter {
  readonly #settings: TransactionWriterSettings;
  #identity: ProducerIdentity | null = null;
  /** By topic and partition, the sequence number of the next record. */
  #sequences = new Map<string, number>();

  constructor(settings: TransactionWriterSettings) {
    this.#settings = settings;
  }

  /** Ends whatever a predecessor left open, and makes all it may still send invalid. */
  async fence(): Promise<void> {
    const { transactionalId } = this.#settings;
    const question = { transactionalId, transactionTimeout: transactionMsMax };
    const { producerId, producerEpoch } = await retrying({ types: fenceAgain, patienceMs: fenceMsMax }, () =>
      this.#askCoordinator('InitProducerId', question),
    );
    this.#identity = { producerId, producerEpoch };
    this.#sequences = new Map();
  }

  /** Writes a record that nobody will ever see, to be told when the brokers took it in. */
  async learnTime(record: OutgoingRecord): Promise<void> {
    await this.#writeRecords([record]);
    await this.#askCoordinator('EndTxn', { ...this.#producer(), transactionResult: false });
  }

  /**
   * All or nothing. After any rejection the outcome is unclear, and the writer is not to be used again: a transaction
   * that was ended by a request still under way could otherwise be taken for the next one.
   */
  async commit({ records, group, positions }: TransactionStep): Promise<void> {
    if ([...this.#sequences.values()].some((sequence) => sequence > sequenceMax)) await this.fence();
    if (records.length === 0 && positions.size === 0) return;
    await this.#writeRecords(records);
    await this.#writePositions(group, positions);
    // Even a refusal is unclear: it can come after a part of the work was done.
    await retrying({ types: notAskedTypes, patienceMs: addMsMax }, () =>
      this.#askCoordinator('EndTxn', { ...this.#producer(), transactionResult: true }),
    );
  }

  #askCoordinator<Name extends 'InitProducerId' | 'AddPartitionsToTxn' | 'AddOffsetsToTxn' | 'EndTxn'>(
    name: Name,
    question: Exchanges[Name]['question'],
  ): Promise<Exchanges[Name]['answer']> {
    const { lane, transactionalId } = this.#settings;
    return lane.askCoordinator({ kind: 'transaction', id: transactionalId }, name, question);
  }

  async #writeRecords(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return;
    const byPartition = [...Map.groupBy(records, ({ topic, partition }) => `${topic} ${partition}`).values()];
    await this.#addPartitions(byPartition);
    for (let round = byPartition.map(intoBatches); round.length > 0;) {
      await this.#produce(round.flatMap((batches) => batches.slice(0, 1)));
      round = round.map((batches) => batches.slice(1)).filter(({ length }) => length > 0);
    }
  }

  async #addPartitions(byPartition: readonly (readonly OutgoingRecord[])[]): Promise<void> {
    const names = byPartition.flatMap(([first]) => first ?? []);
    const topics = [...Map.groupBy(names, ({ topic }) => topic)].map(([topic, records]) => ({
      topic,
      partitions: records.map(({ partition }) => partition),
    }));
    await this.#add('AddPartitionsToTxn', { ...this.#producer(), topics });
  }

  async #writePositions(group: string, positions: ReadonlyMap<string, number>): Promise<void> {
    if (positions.size === 0) return;
    const { partition, lane } = this.#settings;
    await this.#add('AddOffsetsToTxn', { ...this.#producer(), groupId: group });
    const topics = [...positions].map(([topic, offset]) => ({
      topic,
      partitions: [{ partition, offset: String(offset) }],
    }));
    const question = { ...this.#producer(), groupId: group, topics };
    await retrying({ types: positionsAgain, patienceMs: addMsMax }, () =>
      lane.askCoordinator({ kind: 'group', id: group }, 'TxnOffsetCommit', question),
    );
  }

  /** Either may be the first of the transaction, which has to wait for the end of the last one. */
  async #add<Name extends 'AddPartitionsToTxn' | 'AddOffsetsToTxn'>(
    name: Name,
    question: Exchanges[Name]['question'],
  ): Promise<void> {
    await retrying({ types: addAgain, patienceMs: addMsMax }, () => this.#askCoordinator(name, question));
  }

  /** Writes at most one batch per partition: one request for each leading node, every answer looked at. */
  async #produce(batches: readonly (readonly OutgoingRecord[])[]): Promise<void> {
    let left = batches.map((records) => this.#numbered(records));
    await retrying({ types: produceAgain, patienceMs: produceMsMax }, async () => {
      const { refused, error } = await this.#produceOnce(left);
      left = refused;
      if (error === null) return;
      if (isType(error, staleLeaderTypes)) await this.#settings.lane.map.refresh();
      throw error;
    });
  }

  /** @throws KafkaError unless all that was not written may be tried again. */
  async #produceOnce(batches: readonly Batch[]): Promise<{ refused: Batch[]; error: KafkaError | null }> {
    const { lane, clock, transactionalId } = this.#settings;
    const { producerId, producerEpoch } = this.#producer();
    const producer = { identity: { producerId, producerEpoch }, transactionalId };
    const led = await Promise.all(
      batches.map(async (batch) => ({ batch, node: await lane.leader(batch.topic, batch.partition) })),
    );
    const outcomes = await Promise.all(
      [...Map.groupBy(led, ({ node }) => node)].map(async ([node, group]) => {
        const together = group.map(({ batch }) => batch);
        const errors = await produce({ lane, clock, node }, producer, together).catch((error: unknown) => {
          if (isType(error, notAskedTypes)) return together.map(() => error as KafkaError);
          throw error;
        });
        return together.flatMap((batch, index) => {
          const error = errors[index] ?? null;
          return error === null ? [] : [{ batch, error }];
        });
      }),
    );
    const refusals = outcomes.flat();
    const final = refusals.find(({ error }) => !isType(error, produceAgain));
    if (final !== undefined) throw final.error;
    return { refused: refusals.map(({ batch }) => batch), error: refusals[0]?.error ?? null };
  }

  #numbered(records: readonly OutgoingRecord[]): Batch {
    const [first] = records;
    if (first === undefined) throw new RangeError('A batch has at least one record');
    const { topic, partition } = first;
    const firstSequence = this.#sequences.get(`${topic} ${partition}`) ?? 0;
    this.#sequences.set(`${topic} ${partition}`, firstSequence + records.length);
    return { topic, partition, firstSequence, records };
  }

  #producer(): ProducerIdentity & { transactionalId: string } {
    if (this.#identity === null) throw new KafkaError('INVALID_TXN_STATE', 'The writer has not fenced yet');
    const { producerId, producerEpoch } = this.#identity;
    return { producerId, producerEpoch, transactionalId: this.#settings.transactionalId };
  }
}
