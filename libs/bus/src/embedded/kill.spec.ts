/** A process that is killed with -9 again and again loses nothing that it acknowledged and tears no step. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalLog } from '../local/local-log.ts';
import { copyAndCount } from './kill-workload.stage.ts';
import { openEmbeddedLog } from './open-embedded-log.ts';

const killCount = 6;
const afterMsMax = 150;
const seed = 20_261_121;

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'quorate-kill-'))));
afterEach(() => rm(directory, { recursive: true }));

/** Park and Miller's generator: the same instants in every run. */
function* instants(): Generator<number> {
  for (let state = seed; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state % afterMsMax;
  }
}

/** Starts a process, kills it some time after its first acknowledgement; the numbers that it acknowledged. */
async function runAndKill(afterMs: number): Promise<number[]> {
  const file = join(import.meta.dirname, 'kill-worker.stage.ts');
  const child = spawn(process.execPath, [file, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => void acknowledged.push(Number(line)));
  await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  await sleep(afterMs);
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
  return acknowledged;
}

async function numbersIn(log: LocalLog, topic: string): Promise<number[]> {
  const numbers: number[] = [];
  const follower = log.follow([topic], 'start', (records) =>
    numbers.push(...records.map(({ value }) => Number(value))),
  );
  await follower.caughtUp;
  await follower.close();
  return numbers;
}

describe('an embedded log whose process is killed', () => {
  it('has every acknowledged record once, and state, copies and offsets of the same steps', async () => {
    const acknowledged: number[] = [];
    for (const afterMs of instants().take(killCount)) acknowledged.push(...(await runAndKill(afterMs)));
    const log = await openEmbeddedLog({ directory, onFatal: () => undefined });
    const membership = await log.join(copyAndCount());
    const inputs = await numbersIn(log, 'inputs');
    while ((await numbersIn(log, 'copies')).length < inputs.length) await sleep(10);
    await membership.leave();
    const copies = await numbersIn(log, 'copies');
    const counts = await numbersIn(log, 'counts');
    await log.close();
    expect(acknowledged.length).toBeGreaterThan(killCount);
    expect(acknowledged.filter((number) => !inputs.includes(number))).toEqual([]);
    expect(inputs).toEqual(inputs.map((_, index) => index));
    expect(copies).toEqual(inputs);
    expect(counts).toEqual([inputs.length]);
  }, 60_000);
});
