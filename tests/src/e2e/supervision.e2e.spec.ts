/** What `npm start` does when one of its two processes dies. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { killAll } from './processes.ts';
import { SingleProcess } from './single-process.ts';
import { until } from './until.ts';

let system: SingleProcess;
beforeEach(async () => {
  system = await SingleProcess.start();
}, 60_000);
afterEach(async () => {
  await system.remove();
  await killAll();
});

async function childOf(pid: number): Promise<number> {
  const [child = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  return Number.parseInt(child, 10);
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // There is no such process.
    return false;
  }
}

describe('the supervisor', () => {
  it('starts the process that does the work again when it was killed', async () => {
    const child = await childOf(system.process.pid);
    process.kill(child, 'SIGKILL');
    await system.process.says(/Quorate crashed \(SIGKILL\); starting it again in 500 ms/);
    await until(() => [...system.process.output().matchAll(/Quorate is ready/g)].length === 2, {
      withinMs: 30_000,
      what: 'the second ready screen',
      instead: () => system.process.output(),
    });
    expect(await childOf(system.process.pid)).not.toBe(child);
  }, 60_000);

  it('leaves nothing running when it is killed itself', async () => {
    const child = await childOf(system.process.pid);
    system.process.signal('SIGKILL');
    await until(() => !lives(child), { withinMs: 10_000, what: 'the end of the process that does the work' });
    await system.startAgain();
  }, 60_000);
});
