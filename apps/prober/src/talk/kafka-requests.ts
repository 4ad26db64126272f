/** Requests and responses of Kafka's protocol, in versions that brokers from 0.11 to today understand. */
import { ByteReader, uint } from './bytes.ts';
import { MalformedError, send, take, type Talk } from './talk.ts';

export interface KafkaRequest {
  readonly key: number;
  readonly version: number;
  /** What it may mean when the broker hangs up instead of answering. @see take */
  readonly hint?: string;
}

/** Metadata is asked for in the first version that can be told not to create the topic. */
export const requests = {
  metadata: { key: 3, version: 4 },
  saslHandshake: { key: 17, version: 1 },
  apiVersions: { key: 18, version: 0 },
  saslAuthenticate: { key: 36, version: 0 },
} as const satisfies Record<string, KafkaRequest>;

const lengthBytes = 4;
const clientId = 'quorate';

const int16 = (value: number): Buffer => uint(value, 2, 'big');
export const int32 = (value: number): Buffer => uint(value, 4, 'big');

export function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([int16(bytes.length), bytes]);
}

export function readText(reader: ByteReader): string {
  const length = reader.int(2);
  return length < 0 ? '' : reader.take(length).toString('utf8');
}

/** As many as the response says; each item takes bytes, so a response that lies ends too early. */
export function readList<Item>(reader: ByteReader, readItem: (reader: ByteReader) => Item): Item[] {
  const items: Item[] = [];
  for (let left = reader.int(4); left > 0; left--) items.push(readItem(reader));
  return items;
}

/** The requests of one connection, numbered. */
export class RequestStream {
  #correlationId = 0;

  *ask({ key, version, hint = '' }: KafkaRequest, ...body: readonly Buffer[]): Talk<ByteReader> {
    this.#correlationId++;
    const head = [int16(key), int16(version), int32(this.#correlationId), text(clientId)];
    const request = Buffer.concat([...head, ...body]);
    yield* send(int32(request.length), request);
    const length = (yield* take(lengthBytes, hint)).readUInt32BE();
    const response = new ByteReader(yield* take(length), 'big');
    if (response.int(4) !== this.#correlationId) throw new MalformedError('answered what was not asked');
    return response;
  }
}

interface Partition {
  readonly index: number;
  readonly hasLeader: boolean;
}

export interface Topic {
  readonly errorCode: number;
  readonly name: string;
  readonly partitions: readonly Partition[];
}

export interface Metadata {
  readonly brokerCount: number;
  readonly controllerId: number;
  readonly topics: readonly Topic[];
}

function readBroker(reader: ByteReader): string {
  reader.take(4);
  const host = readText(reader);
  reader.take(4);
  readText(reader);
  return host;
}

function readPartition(reader: ByteReader): Partition {
  reader.take(2);
  const index = reader.int(4);
  const leader = reader.int(4);
  reader.take(4 * Math.max(0, reader.int(4)));
  reader.take(4 * Math.max(0, reader.int(4)));
  return { index, hasLeader: leader >= 0 };
}

function readTopic(reader: ByteReader): Topic {
  const errorCode = reader.int(2);
  const name = readText(reader);
  reader.take(1);
  return { errorCode, name, partitions: readList(reader, readPartition) };
}

export function readMetadata(reader: ByteReader): Metadata {
  reader.take(4);
  const brokerCount = readList(reader, readBroker).length;
  readText(reader);
  const controllerId = reader.int(4);
  return { brokerCount, controllerId, topics: readList(reader, readTopic) };
}
