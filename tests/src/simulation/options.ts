/** What `npm run simulate -- …` was asked for. */
import { parseArgs } from 'node:util';

export type SimulateOptions =
  | { readonly act: 'replay'; readonly seed: number }
  | { readonly act: 'hunt'; readonly threadCount: number }
  | {
      readonly act: 'run';
      /** So many runs of fixed seeds, from `from` on. */
      readonly seedCount: number;
      readonly from: number;
      /** For so long, runs of fresh seeds follow. */
      readonly minutes: number;
      readonly threadCount: number;
    };

export const usage = `npm run simulate [-- options]

  --seeds <number>    so many runs of fixed seeds; left out, and without --minutes: 200
  --from <number>     the first of these seeds; left out: 1
  --minutes <number>  for so long, runs of fresh random seeds
  --threads <number>  so many runs at once; left out: one for each core
  --seed <number>     one run, told in full
  --planted           plants bugs into Quorate, one after the other, and looks for a run that finds each
`;

const seedCountDefault = 200;
const seedCountMax = 10_000_000;
const minutesMax = 7 * 24 * 60;
const threadCountMax = 64;
export const seedMax = 2 ** 31;

/** What was asked for cannot be done; the message says why. */
export class UsageError extends Error {}

interface Range {
  readonly min: number;
  readonly max: number;
}

function numberOf(name: string, text: string, { min, max }: Range): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= min && number <= max) return number;
  throw new UsageError(`--${name} takes a number from ${min} to ${max}, not "${text}"`);
}

function wholeNumberOf(name: string, text: string, range: Range): number {
  const number = numberOf(name, text, range);
  if (!Number.isInteger(number)) throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return number;
}

function valuesOf(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const planted = { type: 'boolean' } as const;
  const options = { seeds: text, from: text, minutes: text, threads: text, seed: text, planted };
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @throws UsageError where one option would be ignored. */
function refuse(first: string, values: Readonly<Record<string, unknown>>, others: readonly string[]): void {
  const second = others.find((name) => values[name] !== undefined);
  if (second !== undefined) throw new UsageError(`--${first} and --${second} are two different things to do`);
}

/** @throws UsageError */
export function optionsOf(words: readonly string[], coreCount: number): SimulateOptions {
  const values = valuesOf(words);
  const { seed, seeds, from, minutes, threads, planted } = values;
  if (seed !== undefined) {
    refuse('seed', values, ['planted', 'seeds', 'from', 'minutes', 'threads']);
    return { act: 'replay', seed: wholeNumberOf('seed', seed, { min: 0, max: seedMax }) };
  }
  const threadCount =
    threads === undefined ? coreCount : wholeNumberOf('threads', threads, { min: 1, max: threadCountMax });
  if (planted === true) {
    refuse('planted', values, ['seeds', 'from', 'minutes']);
    return { act: 'hunt', threadCount };
  }
  const seedsLeftOut = minutes === undefined ? seedCountDefault : 0;
  return {
    act: 'run',
    seedCount: seeds === undefined ? seedsLeftOut : wholeNumberOf('seeds', seeds, { min: 1, max: seedCountMax }),
    from: from === undefined ? 1 : wholeNumberOf('from', from, { min: 0, max: seedMax - seedCountMax }),
    minutes: minutes === undefined ? 0 : numberOf('minutes', minutes, { min: 0.05, max: minutesMax }),
    threadCount,
  };
}
