/** What Kafka refused or left unanswered, by one name, and what may be done about it. */

import { createRequire } from 'node:module';

/** Names of codes that kafkajs 2.2.4 does not know. */
const laterCodes: Readonly<Record<number, string>> = {
  90: 'PRODUCER_FENCED',
  107: 'INELIGIBLE_REPLICA',
  120: 'TRANSACTION_ABORTABLE',
};

export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  /** Kafka's own name of the error; `CONNECTION_CLOSED`, `NOT_CONNECTED`, `TIMED_OUT`, `NOT_REACHED` without answer. */
  readonly type: string;
  /** Only with `MEMBER_ID_REQUIRED`: the id to join with. */
  readonly memberId: string | undefined;

  constructor(type: string, message: string, options?: ErrorOptions & { memberId?: string | undefined }) {
    super(`${type}: ${message}`, options);
    this.type = type;
    this.memberId = options?.memberId;
  }
}

interface KafkajsError {
  readonly name: string;
  readonly message: string;
  readonly type?: string;
  readonly memberId?: string;
}

/** Names of kafkajs' own errors. */
const namesOfTheirs: Readonly<Record<string, string>> = {
  KafkaJSServerDoesNotSupportApiKey: 'UNSUPPORTED_VERSION',
  KafkaJSConnectionError: 'NOT_CONNECTED',
  KafkaJSConnectionClosedError: 'CONNECTION_CLOSED',
  KafkaJSRequestTimeoutError: 'TIMED_OUT',
};

function typeOf({ name, message, type }: KafkajsError): string {
  const code = /Unknown error code (\d+)/.exec(message)?.[1];
  if (code !== undefined) return laterCodes[Number(code)] ?? `CODE_${code}`;
  return type ?? namesOfTheirs[name] ?? 'UNKNOWN';
}

/** @param request the name of the request that failed. */
export function kafkaErrorOf(error: unknown, request: string): KafkaError {
  if (error instanceof KafkaError) return error;
  const theirs = error as KafkajsError;
  return new KafkaError(typeOf(theirs), `${request}: ${theirs.message}`, { cause: error, memberId: theirs.memberId });
}

export function isType(error: unknown, types: ReadonlySet<string>): boolean {
  return error instanceof KafkaError && types.has(error.type);
}

/** Somebody else has taken this producer's name since. */
export const fencedTypes: ReadonlySet<string> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
]);

/** No connection came about, so nothing was asked: the question may go to whoever a new map of the cluster names. */
const notReached = 'NOT_REACHED';
export const notAskedTypes: ReadonlySet<string> = new Set([notReached]);

export function notReachedError(cause: unknown): KafkaError {
  return new KafkaError(notReached, `Connect: ${(cause as Error).message}`, { cause });
}

/** There was no answer: what was asked may or may not have happened. */
export const connectionTypes: ReadonlySet<string> = new Set([
  'NOT_CONNECTED',
  'CONNECTION_CLOSED',
  'TIMED_OUT',
  ...notAskedTypes,
]);

/** The partition is led by another node now, or by none for the moment. */
export const staleLeaderTypes: ReadonlySet<string> = new Set([
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'KAFKA_STORAGE_ERROR',
]);

/** The coordinator is another node now, or still loads what it knows. */
export const staleCoordinatorTypes: ReadonlySet<string> = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** Read requests may simply be made again after these. */
export const transientTypes: ReadonlySet<string> = new Set([
  ...connectionTypes,
  ...staleLeaderTypes,
  ...staleCoordinatorTypes,
  'BROKER_NOT_AVAILABLE',
  'OFFSET_NOT_AVAILABLE',
  'UNSTABLE_OFFSET_COMMIT',
]);

/** kafkajs' table of Kafka's error codes. */
const protocolErrors = createRequire(import.meta.url)('kafkajs/src/protocol/error') as {
  createErrorFromCode(code: number): KafkajsError;
};

/** The error that stands for `code` in a part of an answer, or null when that part went well. */
export function errorOfCode(code: number, request: string): KafkaError | null {
  return code === 0 ? null : kafkaErrorOf(protocolErrors.createErrorFromCode(code), request);
}
