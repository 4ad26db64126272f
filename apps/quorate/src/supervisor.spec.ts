/** The supervisor over real children: small programs that crash, end or stay. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Supervisor } from './supervisor.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'quorate-supervisor-'));
});
afterEach(() => rm(home, { recursive: true }));

async function supervise(source: string): Promise<{ supervisor: Supervisor; said: string[] }> {
  const program = join(home, 'child.mjs');
  const starts = JSON.stringify(join(home, 'starts'));
  const count = `import { appendFileSync, readFileSync } from 'node:fs'; appendFileSync(${starts}, 'x');`;
  await writeFile(program, `${count} const start = readFileSync(${starts}).length; ${source}`);
  const said: string[] = [];
  return { said, supervisor: new Supervisor({ program, say: (line) => said.push(line) }) };
}

async function startCount(): Promise<number> {
  return (await readFile(join(home, 'starts'), 'utf8')).length;
}

describe('the supervisor', () => {
  it('starts a child that crashes again, until it ends by itself', async () => {
    const { supervisor, said } = await supervise(
      `process.send('ready', () => (start === 1 ? process.kill(process.pid, 'SIGKILL') : process.exit(0)))`,
    );
    expect(await supervisor.run()).toBe(0);
    expect(await startCount()).toBe(2);
    expect(said).toEqual(['Quorate crashed (SIGKILL); starting it again in 500 ms.']);
  });

  it('starts a child again that was killed before it got ready', async () => {
    const { supervisor } = await supervise(`start === 1 ? process.kill(process.pid, 'SIGKILL') : process.exit(0)`);
    expect(await supervisor.run()).toBe(0);
    expect(await startCount()).toBe(2);
  });

  it.each([
    ['whose configuration is at fault', `process.send('ready', () => process.exit(78))`, 78],
    ['that never got ready', 'process.exit(1)', 1],
  ])('ends with a child %s', async (_which, source, code) => {
    const { supervisor } = await supervise(source);
    expect(await supervisor.run()).toBe(code);
    expect(await startCount()).toBe(1);
  });

  it('hands a signal on and ends with the child’s code', async () => {
    const { supervisor } = await supervise(
      `process.on('SIGTERM', () => process.exit(0)); appendFileSync(${JSON.stringify(join(home, 'armed'))}, 'x');
       setInterval(() => undefined, 1_000);`,
    );
    const ended = supervisor.run();
    while (!existsSync(join(home, 'armed'))) await new Promise((resolve) => setTimeout(resolve, 20));
    supervisor.end('SIGTERM');
    expect(await ended).toBe(0);
  });
});
