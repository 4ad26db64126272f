/** A reader changes between memory and store without a gap, a repeat or more memory than it may have. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogRecord } from '../log.ts';
import { recordText } from './record-text.ts';
import { ReaderBudget, type ReaderSource } from './reader.ts';
import { ReaderSet } from './reader-set.ts';
import type { ReadRequest, Store } from './store.ts';
import { TopicTable } from './topic-table.ts';

const where = { topic: 'topic', partition: 0 };
/** Three of these are more than one reader may keep in memory. */
const large = '.'.repeat(1_500_000);
const readerCharactersMax = 4 * 1_024 * 1_024;

/** A log of one partition whose records are numbered by their offsets; a read ends when the spec says. */
class Partition {
  readonly topics = new TopicTable({
    topics: [{ name: 'topic', partitionCount: 1, retentionMs: 1 }],
    tails: [],
    offsets: [],
  });
  readonly budget = new ReaderBudget();
  readonly readers: ReaderSet;
  readCount = 0;
  #reads: (() => void)[] = [];

  constructor() {
    const store = { read: (request: ReadRequest) => this.#read(request) } as unknown as Store;
    const source: ReaderSource = { store, topics: this.topics, budget: this.budget, onDamaged: () => undefined };
    this.readers = new ReaderSet(source);
  }

  append(count: number, value = 'small'): void {
    const base = this.topics.end('topic', 0);
    this.topics.setEnd('topic', 0, base + count);
    const records = Array.from({ length: count }, (_, index) => this.#record(base + index, value));
    this.readers.arrive(where, records);
  }

  endReads(): void {
    for (const end of this.#reads.splice(0)) end();
  }

  #record(offset: number, value: string): LogRecord {
    return { ...where, offset, appendedAt: 0, key: 'key', value, headers: {} };
  }

  async #read({
    from,
    to,
  }: ReadRequest): Promise<{ rows: { offset: number; at: number; text: string }[]; next: number }> {
    this.readCount++;
    await new Promise<void>((resolve) => this.#reads.push(resolve));
    const next = Math.min(to, from + 3);
    const text = recordText({ key: 'key', value: 'stored', headers: {} });
    return { rows: Array.from({ length: next - from }, (_, index) => ({ offset: from + index, at: 0, text })), next };
  }
}

type Move = 'append' | 'append much' | 'take' | 'end reads';
const moves = fc.array(fc.constantFrom<Move>('append', 'append much', 'take', 'end reads'), { maxLength: 60 });

describe('PartitionReader', () => {
  it('hands over every record once and in order, however appends, takes and the store’s answers fall', async () => {
    await fc.assert(
      fc.asyncProperty(moves, fc.nat(5), async (sequence, before) => {
        const partition = new Partition();
        partition.append(before);
        const { reader } = partition.readers.open(where, 0);
        const taken: number[] = [];
        let taking: Promise<void> = Promise.resolve();
        const take = () =>
          (taking = taking
            .then(() => reader.take())
            .then((got) => void taken.push(...got.map(({ offset }) => offset))));
        const actions: Record<Move, () => void> = {
          append: () => partition.append(2),
          'append much': () => partition.append(4, large),
          take: () => void take(),
          'end reads': () => partition.endReads(),
        };
        for (const move of sequence) {
          actions[move]();
          await Promise.resolve();
          expect(partition.budget.characters).toBeLessThanOrEqual(readerCharactersMax);
        }
        const end = partition.topics.end('topic', 0);
        for (let round = 0; reader.position < end || taken.length < end; round++) {
          void take();
          await new Promise((resolve) => setImmediate(resolve));
          partition.endReads();
          if (round > 10 * end + 100) throw new Error(`stuck at ${reader.position} of ${end}`);
        }
        expect(taken).toEqual(Array.from({ length: end }, (_, offset) => offset));
      }),
      { numRuns: 200 },
    );
  });

  it('asks the store for nothing while it keeps up', async () => {
    const partition = new Partition();
    const { reader } = partition.readers.open(where, 0);
    for (let round = 0; round < 10; round++) {
      partition.append(100);
      expect(await reader.take()).toHaveLength(100);
    }
    expect([partition.readCount, partition.budget.characters]).toEqual([0, 0]);
  });

  it('shares the memory of all readers, and gives it back when it reads or ends', async () => {
    const partition = new Partition();
    const readers = Array.from({ length: 60 }, () => partition.readers.open(where, 0));
    partition.append(2, large);
    const inMemory = partition.budget.characters;
    expect(inMemory).toBeLessThanOrEqual(64 * 1_024 * 1_024);
    expect(readers.every(({ reader }) => reader.hasMore)).toBe(true);
    const [first, ...others] = readers;
    await first?.reader.take();
    expect(partition.budget.characters).toBeLessThan(inMemory);
    for (const { close } of others) close();
    expect(partition.budget.characters).toBe(0);
    expect(partition.readers.leastPosition(where)).toBe(2);
  });
});
