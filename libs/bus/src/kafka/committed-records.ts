/** Which of the fetched records count: read-committed, as Kafka's own client does it. */
import type { LogRecord } from '../log.ts';
import type { AbortedTransaction, FetchedPartition, RecordBatch, WireMessage } from './fetch-answer.ts';

export interface CommittedRecords {
  readonly records: readonly LogRecord[];
  /** Where to fetch next. */
  readonly nextOffset: number;
}

const abortMarker = 0;

/**
 * The records at or above `from` that no aborted transaction wrote. A transaction that was aborted reaches from its
 * first offset to its producer's abort marker, and several producers' may overlap in one partition. The broker lists
 * them by their ends; kafkajs reads the list as if by their beginnings and lets one in per record, which shows
 * aborted records.
 */
export function committedRecords(fetched: FetchedPartition, from: number): CommittedRecords {
  const beginnings = fetched.abortedTransactions.toSorted(byFirstOffset);
  const aborting = new Set<string>();
  const records: LogRecord[] = [];
  let nextOffset = from;
  for (const batch of fetched.batches) {
    const last = lastOffset(batch);
    while (beginnings[0] !== undefined && Number(beginnings[0].firstOffset) <= last) {
      aborting.add(beginnings[0].producerId);
      beginnings.shift();
    }
    if (isAbortMarker(batch)) aborting.delete(batch.producerId);
    const counts = !batch.isControlBatch && !(batch.inTransaction && aborting.has(batch.producerId));
    if (counts) for (const message of batch.records) records.push(logRecord(fetched, message));
    nextOffset = Math.max(nextOffset, last + 1);
  }
  // A batch comes whole, also when `from` is in its middle.
  return { records: records.filter(({ offset }) => offset >= from), nextOffset };
}

function byFirstOffset(one: AbortedTransaction, other: AbortedTransaction): number {
  return Number(one.firstOffset) - Number(other.firstOffset);
}

function lastOffset({ firstOffset, lastOffsetDelta }: RecordBatch): number {
  return Number(firstOffset) + lastOffsetDelta;
}

/** The key of a control record is its version and its type, two bytes each. */
function isAbortMarker({ isControlBatch, records }: RecordBatch): boolean {
  const key = records[0]?.key;
  return isControlBatch && key?.length === 4 && key.readInt16BE(2) === abortMarker;
}

function logRecord({ topic, partition }: FetchedPartition, message: WireMessage): LogRecord {
  const { offset, timestamp, key, value, headers } = message;
  return {
    topic,
    partition,
    offset: Number(offset),
    appendedAt: Number(timestamp),
    key: key?.toString() ?? '',
    value: value?.toString() ?? null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, headerText(text)])),
  };
}

/** Of a header that was given several times, the last. */
function headerText(text: Buffer | readonly Buffer[]): string {
  return (Buffer.isBuffer(text) ? text : text.at(-1))?.toString() ?? '';
}
