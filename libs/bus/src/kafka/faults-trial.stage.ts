/**
 * A trial under faults: a steady feed with a known truth, workers to torment, and a watch on what comes out of them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableLog, Follower, LogRecord } from '../log.ts';
import type { WorkerSettings } from './faults-worker.stage.ts';
import { openKafkaLog } from './kafka-log.ts';

const partitionCount = 12;
const keyCount = 5;
const feedMs = 40;
const settleMsMax = 120_000;
const workerFile = join(import.meta.dirname, 'faults-worker.stage.ts');

/** Where a trial runs, and how long a member of it may be silent. */
export type TrialCluster = Pick<WorkerSettings, 'brokers' | 'sessionMsMax'>;

export class Worker {
  readonly #process: ChildProcess;
  errors = '';

  constructor(settings: WorkerSettings) {
    const options = ['--disable-warning=ExperimentalWarning', workerFile, JSON.stringify(settings)];
    this.#process = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  async ready(): Promise<this> {
    await Promise.race([once(this.#process.stdout!, 'data'), this.exited().then((code) => this.#died(code))]);
    return this;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Its exit code, or null when a signal ended it. */
  async exited(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited();
  }

  #died(code: number | null): never {
    throw new Error(`A worker ended with ${code}:\n${this.errors}`);
  }
}

export class Trial {
  readonly #cluster: TrialCluster;
  readonly log: DurableLog;
  readonly #names: Pick<WorkerSettings, 'group' | 'input' | 'state' | 'output'>;
  readonly #workers = new Set<Worker>();
  readonly #fed = new Set<string>();
  /** By value, how often it came out. */
  readonly #out = new Map<string, number>();
  readonly #lastOutAt = new Array<number>(partitionCount).fill(Infinity);
  #follower: Follower | null = null;
  #feeding = false;
  #feed: Promise<void> = Promise.resolve();
  #pauseMs = 0;

  private constructor(cluster: TrialCluster, log: DurableLog, name: string) {
    this.#cluster = cluster;
    this.log = log;
    const suffix = `${name}-${process.pid}-${Date.now().toString(36)}`;
    const named = (topic: string) => `${topic}-${suffix}`;
    this.#names = { group: named('group'), input: named('input'), state: named('state'), output: named('output') };
  }

  static async begin(cluster: TrialCluster, name: string): Promise<Trial> {
    const onFatal = (error: Error) => {
      throw error;
    };
    const log = await openKafkaLog({ brokers: cluster.brokers, clientId: 'fault-trial', onFatal });
    const trial = new Trial(cluster, log, name);
    await trial.#prepare();
    return trial;
  }

  worker(instance: string | null = null): Worker {
    const worker = new Worker({ ...this.#names, ...this.#cluster, instance });
    this.#workers.add(worker);
    return worker;
  }

  /** From now on one record per partition comes in at a steady pace. */
  async feed(): Promise<void> {
    this.#feeding = true;
    this.#feed = this.#feedOn();
    while (this.#lastOutAt.some((at) => at === Infinity)) await sleep(20);
    this.#pauseMs = 0;
  }

  /** The longest that a partition stood still since the last call, in milliseconds. */
  takePauseMs(): number {
    for (const [partition, at] of this.#lastOutAt.entries()) this.#sawOut(partition, at, Date.now());
    const pauseMs = this.#pauseMs;
    this.#pauseMs = 0;
    return Math.round(pauseMs);
  }

  /** Waits until each partition has moved after now: the fault is over. */
  async recovered(): Promise<void> {
    const since = Date.now();
    await this.#until(() => this.#lastOutAt.every((at) => at > since), 'every partition to move again');
  }

  /** What was fed and never came out, came out twice, or was counted wrongly. Empty lists when all is well. */
  async verdict(): Promise<{ missing: string[]; doubled: string[]; miscounted: string[] }> {
    this.#feeding = false;
    await this.#feed;
    await this.#until(() => this.#out.size >= this.#fed.size, 'all that was fed to come out');
    const missing = [...this.#fed].filter((value) => !this.#out.has(value));
    const doubled = [...this.#out].filter(([, times]) => times !== 1).map(([value]) => value);
    return { missing, doubled, miscounted: await this.#miscounted() };
  }

  async end(): Promise<void> {
    this.#feeding = false;
    await this.#feed.catch(() => undefined);
    await Promise.all([...this.#workers].map((worker) => worker.kill()));
    await this.#follower?.close();
    await this.log.close();
  }

  async #prepare(): Promise<void> {
    const { input, state, output } = this.#names;
    const stream = { partitionCount, retention: { compacted: false, retentionMs: 3_600_000 } } as const;
    await this.log.ensureTopics([
      { ...stream, name: input },
      { ...stream, name: output },
      { partitionCount, name: state, retention: { compacted: true } },
    ]);
    this.#follower = this.log.follow([output], 'start', (records) => records.forEach((record) => this.#see(record)));
  }

  async #feedOn(): Promise<void> {
    const partitions = Array.from({ length: partitionCount }, (_, partition) => partition);
    for (let turn = 0; this.#feeding; turn++) {
      await Promise.all(partitions.map((partition) => this.#feedOne(partition, turn)));
      await sleep(feedMs);
    }
  }

  async #feedOne(partition: number, turn: number): Promise<void> {
    const value = `${partition}:${turn}`;
    this.#fed.add(value);
    await this.log.append([{ topic: this.#names.input, partition, key: `${partition}:${turn % keyCount}`, value }]);
  }

  #see({ partition, value }: LogRecord): void {
    this.#out.set(value ?? '', (this.#out.get(value ?? '') ?? 0) + 1);
    const now = Date.now();
    this.#sawOut(partition, this.#lastOutAt[partition] ?? now, now);
    this.#lastOutAt[partition] = now;
  }

  #sawOut(_partition: number, before: number, now: number): void {
    if (before !== Infinity) this.#pauseMs = Math.max(this.#pauseMs, now - before);
  }

  async #miscounted(): Promise<string[]> {
    const counted = new Map<string, string | null>();
    const handle = (records: readonly LogRecord[]) => records.forEach(({ key, value }) => counted.set(key, value));
    const follower = this.log.follow([this.#names.state], 'start', handle);
    await follower.caughtUp;
    await follower.close();
    const keyOf = (value: string) => `${value.split(':')[0]}:${Number(value.split(':')[1]) % keyCount}`;
    const truth = Map.groupBy(this.#fed, keyOf);
    return [...truth].filter(([key, values]) => counted.get(key) !== String(values.length)).map(([key]) => key);
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + settleMsMax;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}\n${this.#allErrors()}`);
      await sleep(20);
    }
  }

  #allErrors(): string {
    return [...this.#workers].map(({ errors }) => errors.slice(-2_000)).join('\n');
  }
}
