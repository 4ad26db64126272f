/** The server process: started, watched, started again when it dies, stopped. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { programFailed, saidLast } from './cluster.ts';

const readyMsMax = 20_000;
const pollMs = 20;
const attemptsMax = 5;
const attemptDelayMs = 400;
const outputCharactersMax = 8_192;
const stopMsMax = 6_000;

/** What a predecessor's last children leave for a moment. */
const passing = /shared memory|lock file|already exists|could not bind/i;

export interface ServerSettings {
  readonly connection: ClientConfig;
  launch(): ChildProcess;
  /** The server died by itself; it is being started again. */
  onDeath?(reason: string): void;
}

export class Server {
  readonly #settings: ServerSettings;
  #child: ChildProcess | null = null;
  #output = '';
  #stopping = false;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  /** Resolves when it takes connections. @throws PostgresStartError */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const child = this.#spawn();
      if (await this.#becomesReady(child)) return this.#watch(child);
      if (attempt === attemptsMax || !passing.test(this.#output)) throw programFailed('postgres', this.#output);
      await delay(attemptDelayMs);
    }
  }

  /** A fast shutdown, and after a while one that leaves recovery to the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGQUIT'), stopMsMax);
    await exited;
    clearTimeout(timer);
  }

  #spawn(): ChildProcess {
    const child = this.#settings.launch();
    this.#child = child;
    this.#output = '';
    const keep = (chunk: Buffer): void => {
      this.#output = `${this.#output}${chunk.toString()}`.slice(-outputCharactersMax);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => keep(Buffer.from(error.message)));
    return child;
  }

  async #becomesReady(child: ChildProcess): Promise<boolean> {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    child.once('close', end).once('error', end);
    for (let waitedMs = 0; waitedMs < readyMsMax && !ended; waitedMs += pollMs) {
      if (await this.#answers()) return true;
      await delay(pollMs);
    }
    if (!ended) child.kill('SIGQUIT');
    return false;
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ ...this.#settings.connection, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      // Not yet: it starts, or recovers.
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  #watch(child: ChildProcess): void {
    child.once('close', () => {
      if (this.#stopping) return;
      this.#settings.onDeath?.(saidLast(this.#output));
      void this.#restart();
    });
  }

  async #restart(): Promise<void> {
    while (!this.#stopping) {
      await delay(attemptDelayMs);
      const started = await this.start().then(
        () => true,
        (error: unknown) => this.#settings.onDeath?.(String(error)) ?? false,
      );
      if (started) return;
    }
  }
}
