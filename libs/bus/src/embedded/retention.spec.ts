/** What the file keeps and what it drops: segments whole, tombstones when everybody has passed them. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordText } from '../local/record-text.ts';
import { tombstoneKeptMs } from './compacted-rows.ts';
import { SqliteStore } from './sqlite-store.ts';

const startAt = Date.UTC(2026, 10, 21, 10);
const retentionMs = 80_000;

let directory: string;
let store: SqliteStore;

const open = () => new SqliteStore({ directory, installationId: null, fileBytesMax: null });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quorate-retention-'));
  store = open();
  store.saveTopic({ name: 'stream', partitionCount: 2, retentionMs });
  store.saveTopic({ name: 'table', partitionCount: 1, retentionMs: null });
});

afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

interface Put {
  readonly at: number;
  readonly base: number;
  readonly values: readonly (string | null)[];
}

function put(topic: 'stream' | 'table', { at, base, values }: Put): void {
  const texts = values.map((value) => recordText({ key: `of ${topic}`, value, headers: {} }));
  const keys = topic === 'table' ? values.map(() => 'of table') : null;
  store.commit({ at, appends: [{ topic, partition: 0, base, texts, keys }], offsets: [] });
}

const offsets = (topic: string, from = 0) =>
  store
    .read({ topic, partition: 0, from, to: 1_000, rowsMax: 1_000, charactersMax: 1_000_000 })
    .rows.map(({ offset }) => offset);

function maintain(now: number, floor = 0): void {
  while (store.maintain({ now, floors: [{ topic: 'table', partition: 0, floor }] }));
}

describe('the file of an embedded log', () => {
  it('drops a segment once its newest record has outlived the retention, and reads across those that are left', () => {
    for (let minute = 0; minute < 4; minute++) {
      put('stream', { at: startAt + minute * 30_000, base: minute * 2, values: ['1', '2'] });
    }
    expect(offsets('stream')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    maintain(startAt + retentionMs);
    expect(offsets('stream')).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    maintain(startAt + retentionMs + 30_001);
    expect(offsets('stream')).toEqual([4, 5, 6, 7]);
    expect(offsets('stream', 5)).toEqual([5, 6, 7]);
  });

  it('counts on from where it was when everything has been dropped, also after it was opened again', () => {
    put('stream', { at: startAt, base: 0, values: ['1', '2', '3'] });
    maintain(startAt + 10 * retentionMs);
    expect(offsets('stream')).toEqual([]);
    expect(store.readLast('stream', 0)).toBeNull();
    store.close();
    store = open();
    expect(store.contents().tails).toEqual([{ topic: 'stream', partition: 0, next: 3 }]);
    put('stream', { at: startAt, base: 3, values: ['4'] });
    expect(offsets('stream')).toEqual([3]);
  });

  it('keeps a tombstone until it is old and every reader has passed it', () => {
    put('table', { at: startAt, base: 0, values: ['1', null] });
    expect(offsets('table')).toEqual([1]);
    maintain(startAt + tombstoneKeptMs, 2);
    expect(offsets('table')).toEqual([1]);
    maintain(startAt + tombstoneKeptMs + 1, 1);
    expect(offsets('table')).toEqual([1]);
    maintain(startAt + tombstoneKeptMs + 1, 2);
    expect(offsets('table')).toEqual([]);
  });

  it('keeps the newest of each key for good', () => {
    put('table', { at: startAt, base: 0, values: ['1', '2', '3'] });
    maintain(startAt + 1_000 * tombstoneKeptMs, 3);
    expect(offsets('table')).toEqual([2]);
  });

  it('stops a read at its limits and says where to go on', () => {
    put('stream', { at: startAt, base: 0, values: Array.from({ length: 250 }, String) });
    const limits = { topic: 'stream', partition: 0, to: 250, rowsMax: 1_000, charactersMax: 1_000_000 };
    const byRows = store.read({ ...limits, from: 100, rowsMax: 120 });
    expect([byRows.rows.length, byRows.next]).toEqual([120, 220]);
    const byCharacters = store.read({ ...limits, from: 0, charactersMax: 1 });
    expect([byCharacters.rows.length, byCharacters.next]).toEqual([1, 1]);
    expect(store.read({ ...limits, from: 240 })).toMatchObject({ next: 250 });
  });

  it('leaves nothing of a commit that fails half way', () => {
    put('stream', { at: startAt, base: 0, values: ['1'] });
    const texts = [recordText({ key: 'key', value: '1', headers: {} })];
    const good = { topic: 'stream', partition: 1, base: 0, texts, keys: null };
    const taken = { topic: 'stream', partition: 0, base: 0, texts, keys: null };
    const offset = { group: 'group', topic: 'stream', partition: 0, offset: 1 };
    expect(() => store.commit({ at: startAt, appends: [good, taken], offsets: [offset] })).toThrow('UNIQUE');
    expect(store.readLast('stream', 1)).toBeNull();
    expect(store.contents().offsets).toEqual([]);
    store.commit({ at: startAt, appends: [good], offsets: [offset] });
    expect(store.contents().offsets).toEqual([offset]);
  });
});
