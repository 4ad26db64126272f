/** Group commit over a store whose commits end when the spec says. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { BusUnavailableError } from '../errors.ts';
import type { OutgoingRecord } from '../log.ts';
import { CommitQueue, unconfirmedCharactersMax } from './commit-queue.ts';
import type { Store, StoreCommit } from './store.ts';
import { TopicTable } from './topic-table.ts';

const topic = { name: 'topic', partitionCount: 2, retentionMs: 60_000 };

interface HeldCommit extends PromiseWithResolvers<void> {
  readonly commit: StoreCommit;
}

let commits: HeldCommit[];
let health: (Error | null)[];
let shown: string[];
let queue: CommitQueue;

/** Only what the queue asks of it: to commit. */
function heldStore(): Store {
  const commit = (asked: StoreCommit) => {
    const held = { ...Promise.withResolvers<void>(), commit: asked };
    commits.push(held);
    return held.promise;
  };
  return { commit } as unknown as Store;
}

function runSoon(_delayMs: number, action: () => void): () => void {
  setImmediate(action);
  return () => undefined;
}

beforeEach(() => {
  [commits, health, shown] = [[], [], []];
  queue = new CommitQueue({
    store: heldStore(),
    clock: { now: () => 1_000, after: runSoon },
    topics: new TopicTable({ topics: [topic], tails: [{ topic: 'topic', partition: 0, next: 7 }], offsets: [] }),
    gapMs: 5,
    onRecords: (_where, records) => shown.push(...records.map(({ offset, value }) => `${offset} ${value}`)),
    onOffsets: () => undefined,
    onHealth: (failure) => health.push(failure),
  });
});

const record = (value: string, partition = 0): OutgoingRecord => ({ topic: 'topic', partition, key: 'key', value });
const write = (...records: OutgoingRecord[]) => queue.write({ records, offsets: [] });

async function turn(): Promise<void> {
  for (let count = 0; count < 5; count++) await new Promise((resolve) => setImmediate(resolve));
}

/** Ends the newest commit. */
async function succeed(): Promise<void> {
  commits.at(-1)?.resolve();
  await turn();
}

const committed = (index: number) =>
  commits[index]?.commit.appends.map(({ partition, base, texts }) => [partition, base, texts.length]);

describe('CommitQueue', () => {
  it('makes one commit of what arrives together, and collects the next while it is under way', async () => {
    const writes = [write(record('a')), write(record('b', 1), record('c')), write(record('d'))];
    await turn();
    writes.push(write(record('e')));
    await turn();
    expect(commits).toHaveLength(1);
    expect(committed(0)).toEqual([
      [0, 7, 3],
      [1, 0, 1],
    ]);
    await succeed();
    expect(committed(1)).toEqual([[0, 10, 1]]);
    await succeed();
    await Promise.all(writes);
    expect(shown).toEqual(['7 a', '8 c', '9 d', '0 b', '10 e']);
  });

  it('shows nothing and acknowledges nothing before the commit has ended', async () => {
    let isDone = false;
    const written = write(record('a')).then(() => (isDone = true));
    await turn();
    expect([isDone, shown]).toEqual([false, []]);
    await succeed();
    await written;
    expect(shown).toEqual(['7 a']);
  });

  it('rejects everything in a failed commit, takes the same offsets again, and says both once', async () => {
    const failed = [write(record('a')), write(record('b'))];
    await turn();
    commits[0]?.reject(new Error('database or disk is full'));
    for (const one of failed) await expect(one).rejects.toThrow(BusUnavailableError);
    const again = write(record('a'));
    await turn();
    commits[1]?.reject(new Error('database or disk is full'));
    await expect(again).rejects.toThrow('disk is full');
    const good = write(record('a'));
    await turn();
    await succeed();
    await good;
    expect(shown).toEqual(['7 a']);
    expect(health.map((failure) => failure?.message ?? 'well')).toEqual([
      'The log could not be written: database or disk is full',
      'well',
    ]);
  });

  it('refuses a write that is not permitted any more when its turn comes', async () => {
    const first = write(record('a'));
    await turn();
    const refused = queue.write({ records: [record('zombie')], offsets: [], permitted: () => false });
    const expectation = expect(refused).rejects.toThrow('Another owner has taken over');
    await succeed();
    await first;
    await expectation;
    expect([commits.length, shown]).toEqual([1, ['7 a']]);
  });

  it('lets appends wait once too much is under way, and lets them in again one by one', async () => {
    const large = '.'.repeat(unconfirmedCharactersMax / 2);
    const appends = Array.from({ length: 5 }, () => queue.writeWithRoom({ records: [record(large)], offsets: [] }));
    await turn();
    expect(queue.unconfirmedCharacters).toBeLessThan(unconfirmedCharactersMax * 2);
    expect(commits[0]?.commit.appends[0]?.texts).toHaveLength(2);
    await succeed();
    expect(commits[1]?.commit.appends[0]?.texts).toHaveLength(2);
    await succeed();
    await succeed();
    await Promise.all(appends);
    expect(queue.unconfirmedCharacters).toBe(0);
  });

  it('commits what waits when it is closed, and refuses what comes after', async () => {
    const waiting = write(record('a'));
    const closing = queue.close();
    const late = write(record('b'));
    await turn();
    await succeed();
    await succeed();
    await Promise.all([waiting, late, closing]);
    await expect(write(record('c'))).rejects.toThrow('The log is closed');
  });
});
