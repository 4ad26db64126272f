/**
 * `npm run chaos`: monitors fail and heal by a script while the processes under Quorate are killed, frozen, restarted
 * and cut off; then every page is compared with the script. Ends with 1 when one was lost, doubled or false.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killAll } from '../e2e/processes.ts';
import { runEmbeddedTrial } from './embedded-trial.ts';
import { runKafkaTrial } from './kafka-trial.ts';
import { optionsOf, usage, UsageError, type ChaosOptions, type Engine } from './options.ts';
import { asJson, inWords, isAllWell } from './report.ts';
import type { TrialResult, TrialSettings } from './trial.ts';

const reportDirectory = join(import.meta.dirname, '../../../tmp/chaos');
const trials = { kafka: runKafkaTrial, embedded: runEmbeddedTrial } as const;
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** What is torn down may take this long after an interruption. */
const tearDownMsMax = 40_000;

const stopping = new AbortController();
let exitCode = 0;
for (const [signal, code] of Object.entries(exitCodes)) {
  process.once(signal, () => {
    exitCode = code;
    stopping.abort();
    // What is just being started gives up at once.
    void killAll();
    setTimeout(() => process.exit(code), tearDownMsMax).unref();
  });
}

function say(text: string): void {
  process.stdout.write(text);
}

function teller(): (line: string) => void {
  const startedAt = performance.now();
  return (line) => say(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(6)} s  ${line}\n`);
}

async function runTrial(engine: Engine, options: ChaosOptions): Promise<TrialResult> {
  const { seed, minutes, monitorCount, kinds } = options;
  const settings: TrialSettings = {
    ...{ seed, minutes, monitorCount, kinds },
    outputDirectory: join(reportDirectory, engine),
    signal: stopping.signal,
    tell: teller(),
  };
  say(`\nChaos on the ${engine} log: ${monitorCount} monitors, seed ${seed}\n`);
  const result = await trials[engine](settings);
  say(inWords(result));
  return result;
}

async function run(options: ChaosOptions): Promise<void> {
  await rm(reportDirectory, { recursive: true, force: true });
  await mkdir(reportDirectory, { recursive: true });
  const results: TrialResult[] = [];
  for (const engine of options.engines) results.push(await runTrial(engine, options));
  const report = join(reportDirectory, 'report.json');
  const { seed, minutes, monitorCount } = options;
  const content = { seed, minutes, monitorCount, trials: results.map(asJson) };
  await writeFile(report, `${JSON.stringify(content, null, 2)}\n`);
  say(`\n${report}\n`);
  if (!results.every(isAllWell)) exitCode = 1;
}

try {
  await run(optionsOf(process.argv.slice(2), Math.random));
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage}`);
  else if (!stopping.signal.aborted) process.stderr.write(`\nThe trial failed: ${(error as Error).stack}\n`);
  exitCode ||= 1;
} finally {
  await killAll();
  process.exit(exitCode);
}
