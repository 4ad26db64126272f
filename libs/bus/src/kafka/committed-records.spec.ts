import { describe, expect, it } from '@jest/globals';
import { committedRecords } from './committed-records.ts';
import type { FetchedPartition, RecordBatch } from './fetch-answer.ts';

/** A batch of one record; `producer` wrote it in a transaction. */
const written = (offset: number, producer: string | null): RecordBatch => ({
  firstOffset: String(offset),
  lastOffsetDelta: 0,
  producerId: producer ?? '-1',
  inTransaction: producer !== null,
  isControlBatch: false,
  records: [
    { offset: String(offset), timestamp: '7', key: Buffer.from('k'), value: Buffer.from(`v${offset}`), headers: {} },
  ],
});

const ended = (offset: number, producer: string, how: 'abort' | 'commit'): RecordBatch => ({
  ...written(offset, producer),
  isControlBatch: true,
  records: [
    {
      ...written(offset, producer).records[0]!,
      key: Buffer.from(how === 'abort' ? [0, 0, 0, 0] : [0, 0, 0, 1]),
    },
  ],
});

const emptyBatch = (offset: number, lastOffsetDelta: number): RecordBatch => ({
  ...written(offset, null),
  lastOffsetDelta,
  records: [],
});

const fetched = (batches: RecordBatch[], aborted: [producer: string, first: number][] = []): FetchedPartition => ({
  topic: 'votes',
  partition: 3,
  errorCode: 0,
  highWatermark: '99',
  abortedTransactions: aborted.map(([producerId, first]) => ({ producerId, firstOffset: String(first) })),
  batches,
});

const offsets = (partition: FetchedPartition, from = 0) =>
  committedRecords(partition, from).records.map(({ offset }) => offset);

describe('committedRecords', () => {
  it('passes over what was aborted and takes what was committed', () => {
    const batches = [
      written(0, 'A'),
      ended(1, 'A', 'abort'),
      written(2, 'A'),
      ended(3, 'A', 'commit'),
      written(4, null),
    ];
    expect(offsets(fetched(batches, [['A', 0]]))).toEqual([2, 4]);
  });

  it('shows nothing of two aborted transactions that overlap, listed by their ends as brokers do', () => {
    const batches = [
      ...[written(0, 'A'), written(1, 'B'), written(2, 'A')],
      ...[ended(3, 'B', 'abort'), written(4, 'A'), written(5, 'B'), ended(6, 'A', 'abort'), ended(7, 'B', 'commit')],
    ];
    const aborted: [string, number][] = [
      ['B', 1],
      ['A', 0],
    ];
    expect(offsets(fetched(batches, aborted))).toEqual([5]);
  });

  it('shows nothing of two aborted transactions that began before the first record asked for', () => {
    const batches = [
      written(50, 'B'),
      written(51, 'A'),
      ended(52, 'A', 'abort'),
      ended(53, 'B', 'abort'),
      written(54, null),
    ];
    const aborted: [string, number][] = [
      ['A', 10],
      ['B', 20],
    ];
    expect(offsets(fetched(batches, aborted), 50)).toEqual([54]);
  });

  it('takes a record that has an abort marker for a key as a record', () => {
    const record = written(0, null);
    const marked = { ...record, records: [{ ...record.records[0]!, key: Buffer.from([0, 0, 0, 0]) }] };
    expect(offsets(fetched([marked, written(1, 'A'), ended(2, 'A', 'abort')], [['A', 1]]))).toEqual([0]);
  });

  it('goes on behind ends of transactions, empty batches and the records before the wanted one', () => {
    expect(committedRecords(fetched([]), 5)).toEqual({ records: [], nextOffset: 5 });
    expect(committedRecords(fetched([emptyBatch(5, 9)]), 5)).toEqual({ records: [], nextOffset: 15 });
    expect(committedRecords(fetched([ended(5, 'A', 'commit')]), 5)).toEqual({ records: [], nextOffset: 6 });
    expect(offsets(fetched([written(4, null), written(5, null)]), 5)).toEqual([5]);
  });

  it('reads texts, times and tombstones; of a header given twice, the last', () => {
    const headers = { one: Buffer.from('1'), two: [Buffer.from('a'), Buffer.from('b')] };
    const batch = { ...written(8, null), records: [{ ...written(8, null).records[0]!, value: null, headers }] };
    expect(committedRecords(fetched([batch]), 0).records).toEqual([
      {
        topic: 'votes',
        partition: 3,
        offset: 8,
        appendedAt: 7,
        key: 'k',
        value: null,
        headers: { one: '1', two: 'b' },
      },
    ]);
  });
});
