/**
 * The one door into kafkajs: its sockets and its encoding of Kafka's protocol, typed as far as the engine uses them.
 *
 * Its producer, consumer and cluster stay outside on purpose. `send` over two leaders can lose a partition unnoticed,
 * two sends at once on an idempotent producer lose one record and double another, `read_committed` shows aborted
 * records when two producers' transactions overlap, one leaderless partition fails the metadata of all topics, a
 * reconnected socket goes on with half of an old answer, and neither static membership nor a rebalance listener can
 * be reached. What replaces them here is small, because any unclear outcome ends in starting over.
 */
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Exchanges } from './exchanges.ts';
import { decodeFetchAnswer, fetchAnswerVersion } from './fetch-answer.ts';
import { KafkaError, kafkaErrorOf, notReachedError } from './kafka-error.ts';
import { mendRequestQueue } from './request-queue.ts';
import { addZstdCodec } from './zstd-codec.ts';

const require = createRequire(import.meta.url);

/** Opens a connection; kafkajs' own default is `net.connect` with keep-alive. */
export type SocketFactory = (address: { host: string; port: number; onConnect: () => void }) => Socket;

export interface WireSettings {
  readonly clientId: string;
  readonly socketFactory?: SocketFactory | undefined;
  /** How long an answer may take, where the request itself does not wait. */
  readonly requestMsMax?: number;
}

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

interface ProtocolRequest {
  readonly request: { readonly apiVersion: number };
  readonly response: { decode(bytes: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
  readonly requestTimeout?: number;
}
type EncodeRequest = (question: unknown) => ProtocolRequest;
interface RequestDefinition {
  readonly versions: readonly string[];
  protocol(options: { version: number }): EncodeRequest;
}
type ApiVersions = Record<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** `kafkajs/src/network/connection`. */
interface KafkajsConnection {
  readonly requestQueue: { rejectAll(error: Error): void };
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  isConnected(): boolean;
  send(request: ProtocolRequest): Promise<unknown>;
}
type ConnectionConstructor = new (options: object) => KafkajsConnection;

const Connection = require('kafkajs/src/network/connection') as ConnectionConstructor;
const apiKeys = require('kafkajs/src/protocol/requests/apiKeys') as Record<string, number>;
const defaultSocketFactory = require('kafkajs/src/network/socketFactory') as () => SocketFactory;
const { requests, lookup } = require('kafkajs/src/protocol/requests') as {
  requests: Record<string, RequestDefinition>;
  lookup: (
    versions: ApiVersions,
  ) => (apiKey: number | undefined, definition: RequestDefinition | undefined) => EncodeRequest;
};

addZstdCodec((require('kafkajs') as { CompressionCodecs: Parameters<typeof addZstdCodec>[0] }).CompressionCodecs);
mendRequestQueue(require('kafkajs/src/network/requestQueue') as Parameters<typeof mendRequestQueue>[0]);

const connectMsMax = 3_000;
const requestMsMax = 10_000;
const apiVersionsVersion = 2;

const silent = { debug() {}, info() {}, warn() {}, error() {}, namespace: () => silent };

/** Answers that speak of many partitions or topics: kafkajs would throw one's error away with the others' answers. */
const answeredByPart: ReadonlySet<string> = new Set(['Metadata', 'Produce', 'Fetch', 'CreateTopics']);

/**
 * One socket to one node. It answers requests in the order they were sent, so a request that waits holds up the
 * others.
 */
export class NodeConnection {
  readonly #connection: KafkajsConnection;
  readonly #encoderOf: (name: string) => EncodeRequest;

  private constructor(connection: KafkajsConnection, versions: ApiVersions) {
    this.#connection = connection;
    this.#encoderOf = (name) => lookup(versions)(apiKeys[name], requests[name]);
  }

  /** @throws KafkaError */
  static async open(address: NodeAddress, settings: WireSettings): Promise<NodeConnection> {
    const connection = new Connection({
      ...address,
      clientId: settings.clientId,
      logger: silent,
      socketFactory: settings.socketFactory ?? defaultSocketFactory(),
      connectionTimeout: connectMsMax,
      requestTimeout: settings.requestMsMax ?? requestMsMax,
    });
    try {
      await connection.connect();
      return new NodeConnection(connection, await apiVersionsOf(connection));
    } catch (error) {
      discard(connection);
      throw notReachedError(error);
    }
  }

  get isOpen(): boolean {
    return this.#connection.isConnected();
  }

  /**
   * Errors of single topics or partitions are in the answer.
   * @throws KafkaError: what the node refused, or that nothing is known of the outcome.
   */
  async ask<Name extends keyof Exchanges>(
    name: Name,
    question: Exchanges[Name]['question'],
  ): Promise<Exchanges[Name]['answer']> {
    try {
      const protocol = this.#encoderOf(name)(question);
      const response = readerOf(name, protocol);
      return await this.#connection.send({ ...protocol, response });
    } catch (error) {
      throw kafkaErrorOf(error, name);
    }
  }

  /** What is under way is rejected. */
  close(): void {
    discard(this.#connection);
  }
}

function readerOf(name: string, { request, response }: ProtocolRequest): ProtocolRequest['response'] {
  if (name === 'Fetch' && request.apiVersion !== fetchAnswerVersion) {
    throw new KafkaError('UNSUPPORTED_VERSION', `Kafka is too old: it speaks version ${request.apiVersion} of Fetch`);
  }
  return {
    decode: name === 'Fetch' ? decodeFetchAnswer : (bytes) => response.decode(bytes),
    parse: answeredByPart.has(name) ? async (decoded) => decoded : (decoded) => response.parse(decoded),
  };
}

async function apiVersionsOf(connection: KafkajsConnection): Promise<ApiVersions> {
  const definition = requests['ApiVersions'];
  const encode = definition?.protocol({ version: apiVersionsVersion }) as unknown as () => ProtocolRequest;
  const { apiVersions } = (await connection.send(encode())) as {
    apiVersions: { apiKey: number; minVersion: number; maxVersion: number }[];
  };
  return Object.fromEntries(apiVersions.map(({ apiKey, ...range }) => [apiKey, range]));
}

/** `disconnect` would wait for the answers that are outstanding. */
function discard(connection: KafkajsConnection): void {
  connection.requestQueue.rejectAll(new KafkaError('CONNECTION_CLOSED', 'The connection was closed here'));
  void connection.disconnect();
}
