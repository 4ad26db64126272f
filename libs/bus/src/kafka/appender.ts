/**
 * Appends outside of transactions: per partition one batch under way, repeated under its sequence number until it is
 * in.
 */
import { BusConfigurationError, BusUnavailableError } from '../errors.ts';
import type { OutgoingRecord } from '../log.ts';
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
import type { PartitionName } from './partition-log.ts';
import { type Batch, batchBytesMax, byteLengthOf, intoBatches, produce, type Producer } from './produce.ts';

/** How long an append is tried before its outcome is given up as unknown. */
const appendMsMax = 15_000;
/** Sequence numbers have 31 bits; long before they end, a new producer begins anew. */
export const sequenceMax = 2 ** 30;
const appendedWithoutDoubt = 'DUPLICATE_SEQUENCE_NUMBER';

/** The broker did not take the batch, and may take the same one later. */
const refusedForNow: ReadonlySet<string> = new Set([
  ...staleLeaderTypes,
  ...staleCoordinatorTypes,
  'NOT_ENOUGH_REPLICAS',
  'BROKER_NOT_AVAILABLE',
]);
/** Whether the broker took the batch is not known; the same sequence number can not take it in twice. */
const unclear: ReadonlySet<string> = new Set([
  ...connectionTypes,
  'REQUEST_TIMED_OUT',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
]);
/** The broker does not know this producer any more. */
const producerForgotten: ReadonlySet<string> = new Set([
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
]);
/** No second try can mend these. */
const refusedForGood: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

interface Waiting {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  readonly settle: (error: Error | null) => void;
}

/**
 * One partition's appends, in the order of their calls. An idempotent producer is safe with one batch under way only:
 * with two, the second can take the sequence number of a first that failed but was taken in, and is lost.
 */
export class PartitionAppender {
  readonly #name: PartitionName;
  readonly #lane: Lane;
  readonly #clock: LogClock;
  #waiting: Waiting[] = [];
  #producer: Producer | null = null;
  #nextSequence = 0;
  #running = false;
  /** Whether a try of the batch under way had an unclear outcome. */
  #mayBeIn = false;

  constructor(name: PartitionName, lane: Lane, clock: LogClock) {
    this.#name = name;
    this.#lane = lane;
    this.#clock = clock;
  }

  /** @throws BusUnavailableError, BusConfigurationError */
  append(records: readonly OutgoingRecord[]): Promise<void> {
    const bytes = records.reduce((sum, record) => sum + byteLengthOf(record), 0);
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null) => (error === null ? resolve() : reject(error));
      this.#waiting.push({ records, bytes, settle });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const together = this.#takeTogether();
      const outcome = await this.#write(together.flatMap(({ records }) => records));
      for (const { settle } of together) settle(outcome);
    }
    this.#running = false;
  }

  /** The oldest appends, as many as fit into one batch. */
  #takeTogether(): readonly Waiting[] {
    let bytes = 0;
    const over = this.#waiting.findIndex((waiting) => (bytes += waiting.bytes) > batchBytesMax);
    return this.#waiting.splice(0, over === -1 ? this.#waiting.length : Math.max(1, over));
  }

  async #write(records: readonly OutgoingRecord[]): Promise<Error | null> {
    try {
      for (const batch of intoBatches(records)) await this.#writeBatch(batch);
      return null;
    } catch (cause) {
      // What is known of the sequence is void now: a new producer starts a new one.
      this.#producer = null;
      const { topic, partition } = this.#name;
      const Refusal = isType(cause, refusedForGood) ? BusConfigurationError : BusUnavailableError;
      return new Refusal(`Could not append to ${topic}-${partition}: ${(cause as Error).message}`, { cause });
    }
  }

  async #writeBatch(records: readonly OutgoingRecord[]): Promise<void> {
    this.#mayBeIn = false;
    const types = new Set([...refusedForNow, ...unclear, ...producerForgotten]);
    await retrying({ types, patienceMs: appendMsMax }, () => this.#tryBatch(records));
    this.#nextSequence += records.length;
  }

  async #tryBatch(records: readonly OutgoingRecord[]): Promise<void> {
    const { topic, partition } = this.#name;
    const node = await this.#lane.leader(topic, partition);
    const producer = await this.#identified(node);
    const error = await this.#produce(node, producer, { topic, partition, firstSequence: this.#nextSequence, records });
    if (error === null || error.type === appendedWithoutDoubt) return;
    if (isType(error, staleLeaderTypes)) await this.#lane.map.refresh();
    if (isType(error, producerForgotten)) this.#forgetProducer(error);
    throw error;
  }

  async #produce(node: number, producer: Producer, batch: Batch): Promise<KafkaError | null> {
    try {
      const [error = null] = await produce({ lane: this.#lane, clock: this.#clock, node }, producer, [batch]);
      this.#mayBeIn ||= error !== null && isType(error, unclear);
      return error;
    } catch (error) {
      this.#mayBeIn ||= !isType(error, notAskedTypes);
      throw error;
    }
  }

  /** @throws KafkaError that ends the tries when the batch may be in under the old producer. */
  #forgetProducer(cause: KafkaError): void {
    if (this.#mayBeIn)
      throw new KafkaError('UNCLEAR', 'The producer was forgotten after an unanswered append', { cause });
    this.#producer = null;
  }

  async #identified(node: number): Promise<Producer> {
    if (this.#producer !== null && this.#nextSequence < sequenceMax) return this.#producer;
    const question = { transactionTimeout: appendMsMax };
    const { producerId, producerEpoch } = await this.#lane.ask(node, 'InitProducerId', question);
    this.#nextSequence = 0;
    this.#producer = { identity: { producerId, producerEpoch }, transactionalId: null };
    return this.#producer;
  }
}
