/** The trial on the embedded log: the one process is killed at random moments, as a power cut would. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openEmbeddedLog } from '@quorate/bus';
import { seededNumbers } from '../e2e/seeded.ts';
import { SingleProcess } from '../e2e/single-process.ts';
import { goals, inflictAll, type Fault } from './fault.ts';
import { between } from './seeded-choice.ts';
import { Stage } from './stage.ts';
import type { ClosedRound } from './standstill.ts';
import type { TrialResult, TrialSettings } from './trial.ts';
import { readClosedRounds } from './verdict-log.ts';

const regions = ['eu', 'us', 'ap'];
const minutesDefault = 4;
const minuteMs = 60_000;
const kind = 'the process killed, started at once';
/** After the last kill has settled. */
const gapMs = { min: 0, max: 12_000 };

/** Takes down what it set up, also when it fails. */
export async function runEmbeddedTrial(settings: TrialSettings): Promise<TrialResult> {
  settings.tell('starting Quorate as npm start does');
  const system = await SingleProcess.start({ QUORATE_REGIONS: regions.join(',') });
  try {
    await system.client.untilRegionsLive(...regions);
    const stage = await Stage.set({ ...settings, regions, apiUrls: () => [system.url] });
    return await tryOut(system, stage, settings).finally(() => stage.close());
  } finally {
    await system.remove();
  }
}

function* kills(system: SingleProcess, random: () => number, signal: AbortSignal): Generator<Fault> {
  for (let number = 1; ; number++) {
    const waitMs = Math.round(between(gapMs, random));
    const inflict = async () => {
      await delay(waitMs, undefined, { signal });
      await system.kill();
      await system.startAgain();
    };
    yield { kind, goal: 'kill', on: `kill ${number}, after ${waitMs} ms`, inflict };
  }
}

/** Ends the process: the log has one owner at a time. */
async function roundsOf(system: SingleProcess): Promise<readonly ClosedRound[]> {
  await system.kill();
  const onFatal = (error: Error) => {
    throw error;
  };
  return readClosedRounds(await openEmbeddedLog({ directory: join(system.directory, 'data/log'), onFatal }));
}

async function tryOut(system: SingleProcess, stage: Stage, settings: TrialSettings): Promise<TrialResult> {
  const { seed, minutes, signal, tell } = settings;
  await stage.begin(system.client);
  const calmAt = Date.now();
  const faults = await inflictAll({
    faults: kills(system, seededNumbers(seed), signal),
    until: Date.now() + (minutes ?? minutesDefault) * minuteMs,
    signal,
    tell,
  });
  const aftermath = await stage.end(system.client);
  return {
    engine: 'embedded',
    system: `one process with the embedded log, ${regions.length} regions, PostgreSQL`,
    ...aftermath,
    ...{ calmAt, faults, cuts: [], surprises: [] },
    goalsMs: { [kind]: goals.kill },
    failures: stage.failures,
    rounds: await roundsOf(system),
  };
}
