/** Keeps one child process running: started again with back-off when it crashes, ended with it otherwise. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { configurationExitCode, crashExitCode } from '@quorate/runtime';
import { BackOff } from './back-off.ts';

/** What the child says once it is ready. */
export const readyMessage = 'ready';

/** The bound on a drain, and a little. */
const endMsMax = 9_500;

export interface SupervisorSettings {
  /** The child's program. */
  readonly program: string;
  say(line: string): void;
}

interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Supervisor {
  readonly #settings: SupervisorSettings;
  readonly #backOff = new BackOff();
  readonly #ending = new AbortController();
  #child: ChildProcess | null = null;
  #wasReady = false;

  constructor(settings: SupervisorSettings) {
    this.#settings = settings;
  }

  /** Resolves with the exit code to end with. */
  async run(): Promise<number> {
    for (;;) {
      const startedAt = performance.now();
      const end = await this.#runChild();
      const code = this.#finalCode(end);
      if (code !== null) return code;
      const delayMs = this.#backOff.afterCrash(performance.now() - startedAt);
      if (delayMs === null) return this.#giveUp();
      this.#settings.say(`Quorate crashed (${end.signal ?? `code ${end.code}`}); starting it again in ${delayMs} ms.`);
      await delay(delayMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
      if (this.#ending.signal.aborted) return 0;
    }
  }

  /** Hands a signal on; a child that does not end in time is killed. */
  end(signal: NodeJS.Signals): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    const child = this.#child;
    child?.kill(signal);
    setTimeout(() => child?.kill('SIGKILL'), endMsMax).unref();
  }

  async #runChild(): Promise<ChildEnd> {
    const child = fork(this.#settings.program, { stdio: 'inherit' });
    this.#child = child;
    child.on('message', (message) => {
      if (message === readyMessage) this.#wasReady = true;
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    this.#child = null;
    return { code, signal };
  }

  /** Null when the child is to be started again: it was killed, or crashed after it had once been ready. */
  #finalCode({ code }: ChildEnd): number | null {
    if (this.#ending.signal.aborted) return code ?? crashExitCode;
    if (code === 0 || code === configurationExitCode) return code;
    return this.#wasReady ? null : code;
  }

  #giveUp(): number {
    this.#settings.say('Quorate crashed too often in a row; giving up.');
    return crashExitCode;
  }
}
