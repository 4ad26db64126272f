/** A full disk, damaged rows, and a second owner that should not be. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeadLetter } from '@quorate/contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinReady, numbered, record, recorder, values } from '../conformance/recording-task.stage.ts';
import { BusUnavailableError } from '../errors.ts';
import type { LocalLog } from '../local/local-log.ts';
import { openEmbeddedLog, type EmbeddedLogOptions } from './open-embedded-log.ts';

let directory: string;
let reports: string[];
let fatal: Error | null;
let log: LocalLog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'quorate-faults-'));
  reports = [];
  fatal = null;
});

afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true });
});

async function open(options: Partial<EmbeddedLogOptions> = {}): Promise<void> {
  log = await openEmbeddedLog({
    directory,
    onFatal: (error) => (fatal = error),
    report: (message) => void reports.push(message),
    ...options,
  });
}

const kept = (retentionMs: number) => ({ compacted: false, retentionMs }) as const;
const topic = (name: string, retentionMs = 3_600_000) => ({ name, partitionCount: 1, retention: kept(retentionMs) });
const kilobyte = '.'.repeat(1_024);

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(5);
}

/** Changes the closed file as a bad disk might. */
function tamper(sql: string): void {
  const database = new DatabaseSync(join(directory, 'log.db'));
  database.exec(sql);
  database.close();
}

/** Appends until the file is full; how many went in. */
async function fill(name: string): Promise<number> {
  for (let count = 0; ; count += 100) {
    const records = numbered(name, 100, { first: count }).map((one) => ({ ...one, value: `${one.value} ${kilobyte}` }));
    try {
      await log.append(records);
    } catch (error) {
      expect(error).toBeInstanceOf(BusUnavailableError);
      return count;
    }
  }
}

describe('an embedded log with a full disk', () => {
  it('refuses appends whole, says so, keeps what it has, and goes on when its retention has made room', async () => {
    const retentionMs = 1_500;
    await open({ fileBytesMax: 3_000_000, upkeepEveryMs: 50 });
    await log.ensureTopics([topic('short', retentionMs), topic('long')]);
    await log.append([record('long', 'key', 'from before')]);
    const count = await fill('short');
    expect(count).toBeGreaterThan(0);
    const { healthy, detail } = await log.health();
    expect([healthy, detail]).toEqual([false, expect.stringContaining('full')]);
    expect((await log.last('short', 0))?.value).toBe(`${count - 1} ${kilobyte}`);
    const retried = async () => {
      try {
        await log.append([record('long', 'key', 'from after')]);
        return true;
      } catch {
        return false;
      }
    };
    await eventually(retried);
    expect((await log.health()).healthy).toBe(true);
    const shown: (string | null)[] = [];
    const follower = log.follow(['long'], 'start', (records) => void shown.push(...values(records)));
    await follower.caughtUp;
    expect(shown).toEqual(['from before', 'from after']);
    await follower.close();
  }, 20_000);

  it('rejects the steps too, whose tasks begin anew and do the same again', async () => {
    await open({ fileBytesMax: 3_000_000, upkeepEveryMs: 50 });
    await log.ensureTopics([topic('filler', 1_500), topic('inputs'), topic('copies')]);
    const copy = recorder({
      group: 'copiers',
      streams: ['inputs'],
      answer: ({ records }) => ({
        records: (records.get('inputs') ?? []).map(({ value }) => record('copies', 'key', `${value} ${kilobyte}`)),
      }),
    });
    await log.append(numbered('inputs', 200));
    await fill('filler');
    await log.join(copy.definition);
    const copies: string[] = [];
    const follower = log.follow(['copies'], 'start', (records) =>
      copies.push(...records.map(({ value }) => value?.split(' ')[0] ?? '')),
    );
    await eventually(() => copies.length >= 200);
    expect(copies).toEqual(numbered('', 200).map(({ value }) => value));
    await follower.close();
  }, 20_000);
});

describe('an embedded log with damaged rows', () => {
  it.each([
    ['a stream', "UPDATE seg_1 SET data = replace(data, 'b', 'B') WHERE off = 1"],
    ['a table', "UPDATE compacted SET data = replace(data, 'b', 'B') WHERE key = 'b'"],
  ])('passes over the one of %s, leaves a dead letter and hands over the others', async (kind, sql) => {
    const isTable = kind === 'a table';
    const settings = { ...topic('damaged'), ...(isTable && { retention: { compacted: true } as const }) };
    await open();
    await log.ensureTopics([settings, topic('dead-letters')]);
    for (const key of ['a', 'b', 'c']) await log.append([record('damaged', key, `"${key}"`)]);
    await log.close();
    tamper(sql);
    await open();
    const reading = recorder({ group: 'readers', [isTable ? 'tables' : 'streams']: ['damaged'] });
    await joinReady(log, reading);
    const seen = () => reading.lives.flatMap(({ restored, received }) => [...restored, ...received]);
    await eventually(() => seen().length >= 2);
    expect(values(seen())).toEqual(['"a"', '"c"']);
    await eventually(async () => (await log.last('dead-letters', 0)) !== null);
    const letter = JSON.parse((await log.last('dead-letters', 0))?.value ?? '') as DeadLetter;
    expect(letter).toMatchObject({ service: 'bus', topic: 'damaged', partition: 0, offset: 1, value: null });
    expect(reports).toEqual(['A record on disk is damaged and was passed over']);
  });
});

describe('an embedded log whose lock did not hold', () => {
  it('writes nothing once another has taken the file, and says that it is lost', async () => {
    await open();
    await log.ensureTopics([topic('topic')]);
    await log.append([record('topic', 'key', '1')]);
    tamper('UPDATE installation SET epoch = epoch + 1');
    await expect(log.append([record('topic', 'key', '2')])).rejects.toThrow(BusUnavailableError);
    await eventually(() => fatal !== null);
    expect(fatal?.message).toContain('Another process has opened the log');
    expect((await log.health()).healthy).toBe(false);
    await log.close();
    await open();
    expect((await log.last('topic', 0))?.value).toBe('1');
  });
});
