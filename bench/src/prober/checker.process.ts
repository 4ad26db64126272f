/** One loop in a process of its own: does slices of work as it is told to, and says what they cost. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchCase, LoopName, Origins } from './case.ts';
import type { Loop } from './loop.ts';
import { createLoop } from './loops.ts';

export interface CheckerSettings {
  readonly loop: LoopName;
  readonly benchCase: BenchCase;
  readonly origins: Origins;
}

export type Order =
  /** Checks each origin once. */
  { readonly kind: 'pass' } | { readonly kind: 'slice'; readonly durationMs: number } | { readonly kind: 'memory' };

export interface Result {
  readonly checks: number;
  readonly failures: number;
  /** Of the first failure. */
  readonly failure: string | null;
  readonly cpuSeconds: number;
  readonly loopDelayP99Ms: number;
  readonly residentBytes: number;
}

const loopSampleMs = 1;
const settleMs = 200;

/** Runs `inFlight` checks at a time for as long as `goesOn` says. */
class Runner {
  readonly #loop: Loop;
  readonly #benchCase: BenchCase;
  #next = 0;
  /** Since it was made. */
  failures = 0;
  failure: string | null = null;

  constructor(loop: Loop, benchCase: BenchCase) {
    this.#loop = loop;
    this.#benchCase = benchCase;
  }

  async run(goesOn: (started: number) => boolean): Promise<number> {
    let started = 0;
    const work = async (): Promise<void> => {
      while (goesOn(started)) {
        started += 1;
        this.#next = (this.#next + 1) % this.#benchCase.origins;
        await this.#loop.check(this.#next).catch((error: Error) => this.#failed(error));
      }
    };
    await Promise.all(Array.from({ length: this.#benchCase.inFlight }, work));
    return started;
  }

  #failed({ message }: Error): void {
    this.failures += 1;
    this.failure ??= message;
  }
}

async function residentBytes(): Promise<number> {
  globalThis.gc?.();
  await delay(settleMs);
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

function worksAsLongAs(order: Exclude<Order, { kind: 'memory' }>, origins: number): (started: number) => boolean {
  if (order.kind === 'pass') return (started) => started < origins;
  const endsAt = performance.now() + order.durationMs;
  return () => performance.now() < endsAt;
}

async function obey(order: Order, runner: Runner, origins: number): Promise<Result> {
  if (order.kind === 'memory') {
    const { failures, failure } = runner;
    return { checks: 0, failures, failure, cpuSeconds: 0, loopDelayP99Ms: 0, residentBytes: await residentBytes() };
  }
  const loop = monitorEventLoopDelay({ resolution: loopSampleMs });
  loop.enable();
  const cpu = process.cpuUsage();
  const checks = await runner.run(worksAsLongAs(order, origins));
  const { user, system } = process.cpuUsage(cpu);
  loop.disable();
  return {
    checks,
    failures: runner.failures,
    failure: runner.failure,
    cpuSeconds: (user + system) / 1e6,
    loopDelayP99Ms: Math.max(0, loop.percentile(99) / 1e6 - loopSampleMs),
    residentBytes: 0,
  };
}

const { loop, benchCase, origins } = JSON.parse(process.argv[2] ?? '') as CheckerSettings;
const runner = new Runner(createLoop(loop, benchCase, origins), benchCase);
process.on('message', (order: Order) => {
  void obey(order, runner, benchCase.origins).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
