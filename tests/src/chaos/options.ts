/** What `npm run chaos -- …` was asked for. */
import { parseArgs } from 'node:util';
import { kafkaFaultKinds } from './kafka-faults.ts';

const engines = ['kafka', 'embedded'] as const;
export type Engine = (typeof engines)[number];

export interface ChaosOptions {
  readonly seed: number;
  readonly monitorCount: number;
  readonly engines: readonly Engine[];
  /** How long faults go on, for each engine; null: on Kafka until each kind was there once. */
  readonly minutes: number | null;
  /** Of fault, on Kafka. */
  readonly kinds: readonly string[];
}

export const usage = `npm run chaos [-- options]

  --seed <number>      of the script of outages and faults; left out: a random one, which is printed
  --minutes <number>   how long faults go on, for each engine; left out: each fault once on Kafka, 4 embedded
  --monitors <number>  how many monitors fail and heal; left out: 200
  --only <engine>      kafka or embedded; left out: one after the other
  --faults <texts>     only kinds of fault on Kafka with one of these texts in their name, which commas separate:
                       "scheduler,frozen"; left out: all
`;

const monitorCountDefault = 200;
const monitorCountMax = 2_000;
const minutesMax = 24 * 60;
const seedMax = 2 ** 31;

/** What was asked for cannot be done; the message says why. */
export class UsageError extends Error {}

function numberOf(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= min && number <= max) return number;
  throw new UsageError(`--${name} takes a number from ${min} to ${max}, not "${text}"`);
}

function wholeNumberOf(name: string, text: string, range: { min: number; max: number }): number {
  const number = numberOf(name, text, range);
  if (!Number.isInteger(number)) throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return number;
}

function enginesOf(only: string | undefined): readonly Engine[] {
  if (only === undefined) return engines;
  const engine = engines.find((name) => name === only);
  if (engine === undefined) throw new UsageError(`--only takes ${engines.join(' or ')}, not "${only}"`);
  return [engine];
}

function kindsOf(faults: string): readonly string[] {
  const kinds = kafkaFaultKinds(faults.split(','));
  if (kinds.length > 0) return kinds;
  throw new UsageError(`--faults takes parts of these: ${kafkaFaultKinds(['']).join('; ')}. Not "${faults}"`);
}

function valuesOf(words: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const options = { seed: text, minutes: text, monitors: text, only: text, faults: text };
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @throws UsageError */
export function optionsOf(words: readonly string[], random: () => number): ChaosOptions {
  const { seed, minutes, monitors, only, faults = '' } = valuesOf(words);
  return {
    seed: seed === undefined ? Math.floor(random() * seedMax) : wholeNumberOf('seed', seed, { min: 0, max: seedMax }),
    minutes: minutes === undefined ? null : numberOf('minutes', minutes, { min: 0.5, max: minutesMax }),
    monitorCount:
      monitors === undefined
        ? monitorCountDefault
        : wholeNumberOf('monitors', monitors, { min: 1, max: monitorCountMax }),
    engines: enginesOf(only),
    kinds: kindsOf(faults),
  };
}
