/** Threads that live one run after the other, each as soon as it is free. */
import { Worker } from 'node:worker_threads';
import type { RunRequest, ThreadMessage, ThreadSettings } from './message.ts';
import { failedRun, type RunReport } from './run-report.ts';

/** A run that takes longer will not end. */
const runMsMax = 120_000;
const threadFile = new URL('./worker.js', import.meta.url);

export interface PoolSettings {
  readonly threadCount: number;
  /** Modules of the product that are changed, by path from the root. */
  readonly changed?: ReadonlyMap<string, string>;
  /** What is to be run next; null: nothing more. */
  readonly next: () => RunRequest | null;
  readonly onReport: (report: RunReport) => void;
  readonly onLine?: (line: string) => void;
}

/** A thread that has lived so many runs makes way for a new one: nothing that a run leaves behind can add up. */
const runsPerWorkerMax = 400;

class Thread {
  readonly #settings: PoolSettings;
  readonly #ended = Promise.withResolvers<void>();
  #worker: Worker;
  #request: RunRequest | null = null;
  #runCount = 0;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#worker = this.#hire();
    this.#goOn();
  }

  /** When nothing more is to be run. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  #hire(): Worker {
    const workerData: ThreadSettings = { changed: this.#settings.changed ?? new Map() };
    const execArgv = ['--enable-source-maps', '--disable-warning=ExperimentalWarning'];
    const worker = new Worker(threadFile, { workerData, execArgv });
    worker.on('message', (message: ThreadMessage) => {
      if ('line' in message) this.#settings.onLine?.(message.line);
      else this.#done(message.report);
    });
    worker.on('error', (error) => this.#broke((error as Error).stack ?? String(error)));
    return worker;
  }

  #goOn(): void {
    this.#request = this.#settings.next();
    if (this.#request === null) {
      this.#worker.once('exit', () => this.#ended.resolve());
      this.#worker.postMessage(null);
      return;
    }
    this.#worker.postMessage(this.#request);
    this.#watchdog = setTimeout(() => this.#broke(`the run did not end within ${runMsMax / 1_000} s`), runMsMax);
  }

  #done(report: RunReport): void {
    clearTimeout(this.#watchdog);
    this.#settings.onReport(report);
    this.#runCount++;
    if (this.#runCount % runsPerWorkerMax === 0) this.#replace();
    this.#goOn();
  }

  #replace(): void {
    const before = this.#worker;
    before.removeAllListeners('message');
    before.postMessage(null);
    this.#worker = this.#hire();
  }

  /** The run is lost, and the thread with it: the next run has a new one. */
  #broke(what: string): void {
    const lost = this.#worker;
    lost.removeAllListeners();
    lost.on('error', () => undefined);
    void lost.terminate();
    // One that was only to end has ended.
    if (this.#request === null) return this.#ended.resolve();
    this.#worker = this.#hire();
    this.#done(failedRun(this.#request.seed, what));
  }
}

/** Runs all that `next` names. */
export async function runAll(settings: PoolSettings): Promise<void> {
  const threads = Array.from({ length: settings.threadCount }, () => new Thread(settings));
  await Promise.all(threads.map(({ ended }) => ended));
}
