/**
 * Reads the answer to a Fetch request batch by batch. kafkajs' own reader keeps the records only, and so cannot tell an
 * empty batch, which the log cleaner leaves behind, from an answer that had no room for the partition.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const fetchAnswerVersion = 11;

export interface WireMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[]>>;
}

export interface RecordBatch {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  /** Whether its one record is the end of a transaction. */
  readonly isControlBatch: boolean;
  readonly records: readonly WireMessage[];
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly batches: readonly RecordBatch[];
}

/** `kafkajs/src/protocol/decoder`. */
interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readString(): string;
  readBytes(length: number): Buffer;
  readArray<Item>(read: (decoder: Decoder) => Item): Item[];
  canReadBytes(length: number): boolean;
}

const DecoderClass = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => Decoder;
const decodeRecordBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: Decoder,
) => Promise<RecordBatch>;

/** A batch's header after its length. */
const batchOverheadBytes = 49;

export async function decodeFetchAnswer(bytes: Buffer): Promise<readonly FetchedPartition[]> {
  const decoder = new DecoderClass(bytes);
  decoder.readInt32(); // throttle time
  decoder.readInt16(); // error of the fetch session, of which we have none
  decoder.readInt32(); // session
  const fetched: FetchedPartition[] = [];
  for (let topicsLeft = decoder.readInt32(); topicsLeft > 0; topicsLeft--) {
    const topic = decoder.readString();
    for (let partitionsLeft = decoder.readInt32(); partitionsLeft > 0; partitionsLeft--) {
      fetched.push({ topic, ...(await decodePartition(decoder)) });
    }
  }
  return fetched;
}

async function decodePartition(decoder: Decoder): Promise<Omit<FetchedPartition, 'topic'>> {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = decoder.readInt64().toString();
  decoder.readInt64(); // last stable offset
  decoder.readInt64(); // log start offset
  const abortedTransactions = decoder.readArray((entry) => ({
    producerId: entry.readInt64().toString(),
    firstOffset: entry.readInt64().toString(),
  }));
  decoder.readInt32(); // preferred read replica
  const recordBytes = decoder.readInt32();
  const batches = recordBytes > 0 ? await decodeBatches(new DecoderClass(decoder.readBytes(recordBytes))) : [];
  return { partition, errorCode, highWatermark, abortedTransactions, batches };
}

async function decodeBatches(decoder: Decoder): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  while (decoder.canReadBytes(batchOverheadBytes)) {
    try {
      batches.push(await decodeRecordBatch(decoder));
    } catch (error) {
      // The bytes asked for end within a batch; it comes with the next fetch.
      if ((error as Error).name === 'KafkaJSPartialMessageError') break;
      throw error;
    }
  }
  return batches;
}
