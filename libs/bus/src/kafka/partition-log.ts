/** Reads one partition from one offset to another, and finds its ends. */
import type { LogRecord } from '../log.ts';
import { committedRecords } from './committed-records.ts';
import { errorOfCode, KafkaError, transientTypes } from './kafka-error.ts';
import { type Lane, retrying } from './lane.ts';

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

const readMsMax = 15_000;
const fetchMsMax = 100;
export const fetchBytesMax = 4 * 1024 * 1024;

/**
 * `first`: of the oldest record that is kept. `end`: where the next record will go (the high watermark). `stable`: the
 * same, or lower while a transaction is open: where a reader of committed records comes to a halt.
 */
export type PartitionMark = 'first' | 'end' | 'stable';

const marks = {
  first: { isolationLevel: 0, timestamp: -2 },
  end: { isolationLevel: 0, timestamp: -1 },
  stable: { isolationLevel: 1, timestamp: -1 },
} as const;

export async function offsetOf(lane: Lane, { topic, partition }: PartitionName, mark: PartitionMark): Promise<number> {
  const { isolationLevel, timestamp } = marks[mark];
  const question = { isolationLevel, topics: [{ topic, partitions: [{ partition, timestamp }] }] };
  const answer = await retrying({ types: transientTypes, patienceMs: readMsMax }, () =>
    lane.askLeader({ topic, partition }, 'ListOffsets', question),
  );
  return Number(answer.responses[0]?.partitions[0]?.offset);
}

export interface RangeReader {
  readonly from: number;
  /** Exclusive. Reading waits for transactions below it to end. */
  readonly until: number;
  /** Asked before each fetch: reading stops as soon as it says no. */
  readonly goesOn: () => boolean;
  readonly handle: (records: readonly LogRecord[]) => void | Promise<void>;
}

export async function readRange(lane: Lane, name: PartitionName, reader: RangeReader): Promise<void> {
  let offset = reader.from;
  while (offset < reader.until && reader.goesOn()) {
    const at = offset;
    const { records, nextOffset } = await retrying({ types: transientTypes, patienceMs: readMsMax }, () =>
      fetchOnce(lane, name, at),
    );
    const wanted = records.filter((record) => record.offset < reader.until);
    if (wanted.length > 0) await reader.handle(wanted);
    offset = nextOffset;
  }
}

async function fetchOnce(lane: Lane, { topic, partition }: PartitionName, offset: number) {
  const part = { partition, fetchOffset: String(offset), maxBytes: fetchBytesMax };
  const [fetched] = await lane.askLeader({ topic, partition }, 'Fetch', {
    isolationLevel: 1,
    maxWaitTime: fetchMsMax,
    minBytes: 1,
    maxBytes: fetchBytesMax,
    topics: [{ topic, partitions: [part] }],
    rackId: '',
  });
  if (fetched === undefined) throw new KafkaError('UNKNOWN', `Fetch: no answer for ${topic}-${partition}`);
  const error = errorOfCode(fetched.errorCode, 'Fetch');
  if (error !== null) {
    await lane.map.refresh();
    throw error;
  }
  return committedRecords(fetched, offset);
}

const lastReadCountFirst = 16;

/** The newest committed record, or null where there is none. */
export async function lastRecord(lane: Lane, name: PartitionName): Promise<LogRecord | null> {
  const [first, end] = await Promise.all([offsetOf(lane, name, 'first'), offsetOf(lane, name, 'stable')]);
  // The newest offsets may all be ends of transactions or compacted away, so ever more are read.
  for (let count = lastReadCountFirst; ; count *= 8) {
    const from = Math.max(first, end - count);
    let last: LogRecord | null = null;
    const handle = (records: readonly LogRecord[]) => void (last = records.at(-1) ?? last);
    await readRange(lane, name, { from, until: end, goesOn: () => true, handle });
    if (last !== null || from === first) return last;
  }
}
