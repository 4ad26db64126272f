/** The benchmark's child processes: servers to check, and loops that check them. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isSecured, type BenchCase, type LoopName, type Origins } from './case.ts';
import type { CheckerSettings, Order, Result } from './checker.process.ts';

function start(file: string, settings: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(path, [...settings], { execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'] });
}

/** What the child says next. @throws Error when it ends instead */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process of the benchmark ended with ${String(code)}`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [unknown];
    return message;
  } finally {
    ended.catch(() => undefined);
    answered.abort();
  }
}

/** A loop and the servers that it has for itself, so that no loop's connections are another's cost. */
export class Checker {
  readonly #servers: ChildProcess;
  readonly #checker: ChildProcess;

  private constructor(servers: ChildProcess, checker: ChildProcess) {
    this.#servers = servers;
    this.#checker = checker;
  }

  static async start(loop: LoopName, benchCase: BenchCase): Promise<Checker> {
    const servers = start('./origins.process.js', isSecured(benchCase) ? ['--secured'] : []);
    const origins = (await answerOf(servers)) as Origins;
    const settings: CheckerSettings = { loop, benchCase, origins };
    return new Checker(servers, start('./checker.process.js', [JSON.stringify(settings)]));
  }

  /** @throws Error when a check failed: none may */
  async obey(order: Order): Promise<Result> {
    this.#checker.send(order);
    const result = (await answerOf(this.#checker)) as Result;
    if (result.failure !== null) throw new Error(`${result.failures} checks failed: ${result.failure}`);
    return result;
  }

  stop(): void {
    this.#checker.kill();
    this.#servers.kill();
  }
}
