/** Writes batches with a producer's identity and sequence numbers, and reads the broker's word on each. */
import type { OutgoingRecord } from '../log.ts';
import type { ProduceAnswer, ProducerIdentity, WireRecord } from './exchanges.ts';
import { errorOfCode, KafkaError } from './kafka-error.ts';
import type { Lane } from './lane.ts';
import type { LogClock } from './log-clock.ts';

/** Kafka's own default for the largest batch is 1 MiB, with its header. */
export const batchBytesMax = 900_000;
/** What one record takes besides its key, value and headers. */
const recordOverheadBytes = 64;
const acknowledgeMsMax = 8_000;

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly firstSequence: number;
  readonly records: readonly OutgoingRecord[];
}

export interface Producer {
  readonly identity: ProducerIdentity;
  readonly transactionalId: string | null;
}

/** Per batch, in the order given: null when it was written, else why it was not. */
export type BatchOutcomes = readonly (KafkaError | null)[];

export function byteLengthOf({ key, value, headers = {} }: OutgoingRecord): number {
  let bytes = recordOverheadBytes + Buffer.byteLength(key) + Buffer.byteLength(value ?? '');
  for (const [name, text] of Object.entries(headers)) bytes += Buffer.byteLength(name) + Buffer.byteLength(text);
  return bytes;
}

/** Cuts records into batches that a broker takes; a record that is too large alone is its own batch. */
export function intoBatches(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const batches: OutgoingRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const more = byteLengthOf(record);
    bytes += more;
    if (bytes > batchBytesMax) {
      batches.push([]);
      bytes = more;
    }
    batches.at(-1)?.push(record);
  }
  return batches;
}

/**
 * One request to `node`, with at most one batch per partition. @throws KafkaError when nothing is known of the
 * outcome.
 */
export async function produce(
  { lane, clock, node }: { readonly lane: Lane; readonly clock: LogClock; readonly node: number },
  { identity, transactionalId }: Producer,
  batches: readonly Batch[],
): Promise<BatchOutcomes> {
  const sentAt = clock.local();
  const answer = await lane.ask(node, 'Produce', {
    ...identity,
    transactionalId,
    acks: -1,
    timeout: acknowledgeMsMax,
    compression: 0,
    topicData: batches.map(({ topic, partition, firstSequence, records }) => ({
      topic,
      partitions: [{ partition, firstSequence, messages: records.map(wireRecord) }],
    })),
  });
  return batches.map((batch) => outcomeOf(batch, answer, (appendedAt) => clock.appended(sentAt, appendedAt)));
}

function outcomeOf(
  { topic, partition }: Batch,
  { topics }: ProduceAnswer,
  appended: (at: number) => void,
): KafkaError | null {
  const answered = topics
    .filter(({ topicName }) => topicName === topic)
    .flatMap(({ partitions }) => partitions)
    .find((part) => part.partition === partition);
  if (answered === undefined) throw new KafkaError('UNKNOWN', `Produce: no answer for ${topic}-${partition}`);
  const error = errorOfCode(answered.errorCode, 'Produce');
  if (error === null) appended(Number(answered.logAppendTime));
  return error;
}

function wireRecord({ key, value, headers = {} }: OutgoingRecord): WireRecord {
  return { key, value, headers };
}
