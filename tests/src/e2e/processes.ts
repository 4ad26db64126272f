/** Starts the built programs as processes of their own, as an operator would. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './until.ts';

const repository = join(import.meta.dirname, '../../..');

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** Waits for a line, and hands out what the pattern matched. @throws Error also when it ended without saying it */
  says(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  /** Kills it and all that it started, as a power cut would. */
  killGroup(): Promise<void>;
  readonly exit: Promise<Exit>;
}

const started = new Set<ChildProcess>();

/** Nothing of the specs' own environment reaches a program but its path. */
function cleanEnvironment(environment: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment };
}

/** `program` is a path below the repository: `apps/quorate/dist/main.js`. */
export function startProcess(program: string, environment: Readonly<Record<string, string>>): RunningProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(repository, program)], {
    env: cleanEnvironment(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.add(child);
  let output = '';
  let end: Exit | null = null;
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exit = once(child, 'close').then((closed) => {
    started.delete(child);
    const [code, signal] = closed as [Exit['code'], Exit['signal']];
    end = { code, signal };
    return end;
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    says: async (pattern, withinMs = 60_000) => {
      const what = `${program} to say ${String(pattern)}`;
      const said = await until(() => pattern.exec(output) ?? end, { withinMs, what, instead: () => output });
      if ('index' in said) return said;
      throw new Error(`Waited in vain for ${what}: it ended with ${said.signal ?? said.code}. ${output.slice(-2_000)}`);
    },
    signal: (signal) => void child.kill(signal),
    killGroup: async () => {
      killGroupOf(child);
      await exit;
    },
    exit,
  };
}

function killGroupOf({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid ?? 0), 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** For the end of a suite: nothing that it started outlives it. */
export async function killAll(): Promise<void> {
  const children = [...started];
  const exits = children.map((child) => once(child, 'close'));
  children.forEach(killGroupOf);
  await Promise.all(exits);
}
