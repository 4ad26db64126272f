/**
 * `npm run simulate`: the production scheduler, aggregator and dispatcher live through seeded faults on a simulated
 * cluster, in virtual time. Ends with 1 when a run did what must not be, a planted bug was not found, or it was
 * interrupted before all was run.
 */
import { availableParallelism } from 'node:os';
import { optionsOf, seedMax, usage, UsageError, type SimulateOptions } from './options.ts';
import type { RunRequest } from './message.ts';
import { huntAll } from './planted/hunt.ts';
import { runAll } from './pool.ts';
import type { RunReport } from './run-report.ts';
import { Tally } from './tally.ts';

/** Every so many runs one is lived twice, to see that a seed tells all. */
const twiceEvery = 25;
const toldEveryMs = 10_000;
const oneInterruptMs = 500;

function say(text: string): void {
  process.stdout.write(text);
}

/** Fixed seeds first, then fresh ones until the time is over. */
function* requestsOf({ seedCount, from, minutes }: Extract<SimulateOptions, { act: 'run' }>): Generator<RunRequest> {
  const request = (seed: number, index: number): RunRequest => {
    return { seed, twice: index % twiceEvery === twiceEvery - 1, told: false };
  };
  for (let index = 0; index < seedCount; index++) yield request(from + index, index);
  const endsAt = performance.now() + minutes * 60_000;
  for (let index = 0; performance.now() < endsAt; index++) yield request(Math.floor(Math.random() * seedMax), index);
}

/**
 * Ctrl-C: what is under way ends, and what was done is told; once more, and it ends at once. The first may arrive
 * twice, from the terminal and from npm.
 */
function interruption(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | null = null;
  process.on('SIGINT', () => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > oneInterruptMs) process.exit(130);
    controller.abort();
  });
  return controller.signal;
}

async function runMany(options: Extract<SimulateOptions, { act: 'run' }>): Promise<boolean> {
  const { threadCount, seedCount, from, minutes } = options;
  const tally = new Tally();
  const startedAt = performance.now();
  const fixed = seedCount === 0 ? [] : [`seeds ${from} to ${from + seedCount - 1}`];
  const fresh = minutes === 0 ? [] : [`fresh seeds for ${minutes} minutes`];
  say(`Simulating ${[...fixed, ...fresh].join(', then ')}\n`);
  const requests = requestsOf(options);
  const twice = new Set<number>();
  const progress = () => process.stderr.write(`  ${tally.runCount} runs, ${tally.brokenCount} broken\n`);
  const watch = setInterval(progress, toldEveryMs);
  const interrupted = interruption();
  await runAll({
    threadCount,
    next: () => {
      const request = interrupted.aborted ? undefined : (requests.next().value as RunRequest | undefined);
      if (request?.twice === true) twice.add(request.seed);
      return request ?? null;
    },
    onReport: (report) => {
      const [violation] = report.violations;
      if (violation !== undefined) process.stderr.write(`  seed ${report.seed}: ${violation}\n`);
      tally.add(report, twice.delete(report.seed));
    },
  });
  clearInterval(watch);
  if (interrupted.aborted) say('\nInterrupted. So far:\n');
  say(tally.inWords({ elapsedMs: performance.now() - startedAt, threadCount }));
  return tally.brokenCount === 0 && !interrupted.aborted;
}

async function replay(seed: number): Promise<boolean> {
  const reports: RunReport[] = [];
  let isAsked = false;
  await runAll({
    threadCount: 1,
    next: () => {
      const request = isAsked ? null : { seed, twice: false, told: true };
      isAsked = true;
      return request;
    },
    onReport: (report) => reports.push(report),
    onLine: (line) => say(`${line}\n`),
  });
  const violations = reports.flatMap((report) => report.violations);
  say(`\nSeed ${seed}, hash ${reports.map(({ hash }) => hash).join()}, violations: ${violations.length}\n`);
  for (const violation of violations) say(`  ${violation}\n`);
  return violations.length === 0;
}

async function huntBugs(threadCount: number): Promise<boolean> {
  const results = await huntAll(threadCount, ({ bug, found, runCount }) => {
    if (found === null) say(`not found in ${runCount} runs: ${bug.name}\n`);
    else say(`found by seed ${found.seed}: ${bug.name}\n    ${found.violation.split('\n')[0]}\n`);
  });
  const foundCount = results.filter(({ found }) => found !== null).length;
  say(`\nplanted bugs found: ${foundCount} of ${results.length}\n`);
  return foundCount === results.length;
}

function act(options: SimulateOptions): Promise<boolean> {
  switch (options.act) {
    case 'replay':
      return replay(options.seed);
    case 'hunt':
      return huntBugs(options.threadCount);
    case 'run':
      return runMany(options);
    default:
      return options satisfies never;
  }
}

try {
  const isWell = await act(optionsOf(process.argv.slice(2), availableParallelism()));
  process.exitCode = isWell ? 0 : 1;
} catch (error) {
  process.exitCode = 1;
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage}`);
  else process.stderr.write(`\nThe simulation failed: ${(error as Error).stack}\n`);
}
