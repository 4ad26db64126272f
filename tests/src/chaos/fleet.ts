/**
 * Torments the processes of a cluster, and looks after them as an orchestrator does: what ends by itself is started
 * again and remembered, since nothing should.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../e2e/cluster.ts';

const againMs = 1_000;
const orderlyMsMax = 30_000;
const lastWordsCharactersMax = 600;

export interface FleetSettings {
  readonly cluster: Cluster;
  /** Where what the processes wrote is kept. */
  readonly outputDirectory: string;
  readonly signal: AbortSignal;
}

export class Fleet {
  /** Ends that nobody asked for, with what the process said last. */
  readonly surprises: string[] = [];
  readonly #settings: FleetSettings;
  readonly #asked = new Set<string>();
  #isReleased = false;

  /** Of a cluster that has started. */
  constructor(settings: FleetSettings) {
    this.#settings = settings;
    settings.cluster.names.forEach((name) => this.#watch(name));
  }

  /** SIGKILL, and a start after a while. */
  async kill(name: string, downMs: number): Promise<void> {
    await this.#end(name, () => this.#settings.cluster.replica(name).killGroup());
    await this.#pause(downMs);
    await this.#start(name);
  }

  /** SIGTERM, the end that follows, and a start. */
  async restart(name: string): Promise<void> {
    const process = this.#settings.cluster.replica(name);
    await this.#end(name, async () => {
      process.signal('SIGTERM');
      const drained = await Promise.race([process.exit, delay(orderlyMsMax, null, { ref: false })]);
      if (drained === null) this.surprises.push(`${name} did not end within ${orderlyMsMax} ms of a SIGTERM`);
      await process.killGroup();
    });
    await this.#start(name);
  }

  /** As a paused machine: SIGSTOP, and SIGCONT after a while. */
  async freeze(name: string, frozenMs: number): Promise<void> {
    const process = this.#settings.cluster.replica(name);
    process.signal('SIGSTOP');
    await this.#pause(frozenMs).finally(() => process.signal('SIGCONT'));
  }

  /** Looks after them no longer, and writes what they have said. */
  async release(): Promise<void> {
    this.#isReleased = true;
    for (const name of this.#settings.cluster.names) await this.#keepOutput(name);
  }

  async #end(name: string, end: () => Promise<void>): Promise<void> {
    this.#asked.add(name);
    await end();
    await this.#keepOutput(name);
  }

  /** A start that fails is tried again: its database or its brokers may be away. */
  async #start(name: string): Promise<void> {
    this.#asked.delete(name);
    for (;;) {
      this.#settings.signal.throwIfAborted();
      const failure = await this.#settings.cluster.startReplica(name).then(
        () => null,
        (error: unknown) => (error as Error).message,
      );
      if (failure === null) return this.#watch(name);
      this.surprises.push(`${name} did not start: ${lastOf(failure)}`);
      await this.#keepOutput(name);
      await this.#pause(againMs);
    }
  }

  #watch(name: string): void {
    const process = this.#settings.cluster.replica(name);
    const startAgain = async () => {
      const { code, signal } = await process.exit;
      if (this.#asked.has(name) || this.#isReleased || this.#settings.signal.aborted) return;
      this.surprises.push(`${name} ended by itself (${signal ?? code}): ${lastOf(process.output())}`);
      await this.#keepOutput(name);
      await this.#pause(againMs);
      await this.#start(name);
    };
    // Only an interruption of the trial makes it fail.
    startAgain().catch(() => undefined);
  }

  async #keepOutput(name: string): Promise<void> {
    const { cluster, outputDirectory } = this.#settings;
    await mkdir(outputDirectory, { recursive: true });
    await appendFile(join(outputDirectory, `${name}.log`), cluster.replica(name).output());
  }

  async #pause(durationMs: number): Promise<void> {
    await delay(durationMs, undefined, { signal: this.#settings.signal });
  }
}

function lastOf(output: string): string {
  return output.trimEnd().slice(-lastWordsCharactersMax);
}
