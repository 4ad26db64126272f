/**
 * The bus under the load of three services with twelve partition tasks each: every service reads every record, keeps a
 * state and writes an output for each tenth record. Latency is that from the call of `append` to the listener.
 */
import type { DurableLog, LogRecord, OutgoingRecord, PartitionTaskDefinition, TopicSettings } from '@quorate/bus';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const partitionCount = 12;
const services = ['one', 'two', 'three'];
const gatherMs = 100;
/** About the size of a vote as JSON. */
const valueCharacters = 420;
const outputEvery = 10;
const tickMs = 5;
const warmUpMs = 2_000;
const loopSampleMs = 1;
const drainMsMax = 10_000;

export interface Measurement {
  readonly engine: string;
  readonly recordsPerSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly loopDelayP99Ms: number;
  /** Of one core, over all threads of this process. */
  readonly cpuPercent: number;
}

const kept = { compacted: false, retentionMs: 3_600_000 } as const;

function topicsOf(run: string): readonly TopicSettings[] {
  const names = (what: string) => services.map((service) => `${what}-${service}-${run}`);
  return [
    { name: `votes-${run}`, partitionCount, retention: kept },
    ...names('outputs').map((name) => ({ name, partitionCount, retention: kept })),
    ...names('state').map((name) => ({ name, partitionCount, retention: { compacted: true } as const })),
  ];
}

function taskOf(service: string, run: string): PartitionTaskDefinition {
  const votes = `votes-${run}`;
  return {
    group: `${service}-${run}`,
    tables: [],
    streams: [votes],
    stateTopic: `state-${service}-${run}`,
    guarantee: 'exactly-once',
    gatherMs,
    createTask: (partition) => {
      let count = 0;
      return {
        restore: () => undefined,
        step: ({ records }) => {
          const arrived = records.get(votes) ?? [];
          if (arrived.length === 0) return { records: [] };
          count += arrived.length;
          const outputs = arrived.filter(({ offset }) => offset % outputEvery === 0);
          const state = {
            topic: `state-${service}-${run}`,
            partition,
            key: `monitor-${count % 100}`,
            value: `${count}`,
          };
          return { records: [state, ...outputs.map((one) => outputOf(one, `outputs-${service}-${run}`))] };
        },
      };
    },
  };
}

function outputOf({ partition, key, value }: LogRecord, topic: string): OutgoingRecord {
  return { topic, partition, key, value };
}

/** Appends at a steady rate until it is stopped, each tick's records spread over the partitions. */
class Source {
  readonly #log: DurableLog;
  readonly #topic: string;
  readonly #rate: number;
  #startedAt = 0;
  #sentCount = 0;
  #isStopped = false;
  #running: Promise<unknown>[] = [];

  constructor(log: DurableLog, topic: string, rate: number) {
    this.#log = log;
    this.#topic = topic;
    this.#rate = rate;
  }

  get sentCount(): number {
    return this.#sentCount;
  }

  async run(): Promise<void> {
    this.#startedAt = performance.now();
    while (!this.#isStopped) {
      this.#tick();
      await sleep(tickMs);
    }
    await Promise.all(this.#running);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #tick(): void {
    const due = Math.floor(((performance.now() - this.#startedAt) * this.#rate) / 1_000) - this.#sentCount;
    const numbers = Array.from({ length: due }, (_, index) => this.#sentCount + index);
    this.#sentCount += due;
    const appends = Map.groupBy(numbers, (number) => number % partitionCount);
    const running = [...appends].map(([partition, ofPartition]) =>
      this.#log.append(ofPartition.map((number) => this.#record(partition, number))),
    );
    this.#running = [...this.#running.slice(-partitionCount), ...running];
  }

  #record(partition: number, number: number): OutgoingRecord {
    const value = JSON.stringify({ at: performance.now(), number, filling: '.'.repeat(valueCharacters) });
    return { topic: this.#topic, partition, key: `monitor-${number % 1_000}`, value };
  }
}

/** Latencies in tenths of a millisecond. */
class Latencies {
  readonly #counts = new Map<number, number>();
  #total = 0;

  /** Takes the time of the record's making from its text, without parsing the whole. */
  add({ value }: LogRecord): void {
    const latency = Math.round((performance.now() - parseFloat(value?.slice('{"at":'.length) ?? '')) * 10);
    this.#counts.set(latency, (this.#counts.get(latency) ?? 0) + 1);
    this.#total++;
  }

  percentileMs(share: number): number {
    let left = this.#total * share;
    for (const [latency, count] of [...this.#counts].toSorted(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return latency / 10;
    }
    return NaN;
  }
}

const rounded = (value: number) => Math.round(value * 10) / 10;

/** Runs the load at `rate` for `durationMs` after a warm-up. @throws Error when a record was lost. */
export async function measure(
  log: DurableLog,
  { rate, durationMs, run }: { rate: number; durationMs: number; run: string },
): Promise<Measurement> {
  await log.ensureTopics(topicsOf(run));
  const memberships = await Promise.all(services.map((service) => log.join(taskOf(service, run))));
  while (!memberships.every(({ ready }) => ready)) await sleep(tickMs);
  const source = new Source(log, `votes-${run}`, rate);
  let latencies = new Latencies();
  let shownCount = 0;
  const follower = log.follow([`votes-${run}`], 'now', (records) => {
    shownCount += records.length;
    for (const record of records) latencies.add(record);
  });
  await follower.caughtUp;
  const running = source.run();
  await sleep(warmUpMs);
  latencies = new Latencies();
  const loop = monitorEventLoopDelay({ resolution: loopSampleMs });
  loop.enable();
  const [cpu, startedAt] = [process.cpuUsage(), performance.now()];
  await sleep(durationMs);
  const { user, system } = process.cpuUsage(cpu);
  const measurement: Measurement = {
    engine: log.engine,
    recordsPerSecond: rate,
    latencyP50Ms: latencies.percentileMs(0.5),
    latencyP99Ms: latencies.percentileMs(0.99),
    loopDelayP99Ms: rounded(Math.max(0, loop.percentile(99) / 1e6 - loopSampleMs)),
    cpuPercent: rounded((user + system) / 10 / (performance.now() - startedAt)),
  };
  source.stop();
  await running;
  for (let waitedMs = 0; shownCount < source.sentCount && waitedMs < drainMsMax; waitedMs += tickMs)
    await sleep(tickMs);
  await Promise.all(memberships.map((membership) => membership.leave()));
  await follower.close();
  if (shownCount !== source.sentCount) throw new Error(`${source.sentCount} were sent, ${shownCount} came`);
  return measurement;
}
