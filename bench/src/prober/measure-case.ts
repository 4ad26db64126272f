/** Measures one case: three loops take turns in short slices, so that what else the machine does hits them alike. */
import { isKept, loopNames, type BenchCase, type LoopName } from './case.ts';
import { Checker } from './children.ts';
import type { Result } from './checker.process.ts';

export interface CaseLine {
  readonly case: BenchCase['name'];
  readonly origins: number;
  readonly inFlight: number;
  /** Those of the prober, at the median of the slices. */
  readonly checksPerCpuSecond: number;
  /** Those of the bare undici loop. */
  readonly bare: number;
  /** The prober's to bare undici's, at the median of the turns. */
  readonly ratio: number;
  readonly bareNet: number;
  readonly ratioToNet: number;
  /** What the process grew by from its first checks to having checked, or kept, all origins. */
  readonly bytesPerMonitor: number;
  readonly loopDelayP99Ms: number;
}

const turns = 7;
const sliceMs = 1_000;
const warmUpMs = 1_500;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const rate = ({ checks, cpuSeconds }: Result): number => checks / cpuSeconds;
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

type ByLoop<Value> = Record<LoopName, Value>;

async function takeTurns(checkers: ByLoop<Checker>): Promise<readonly ByLoop<Result>[]> {
  const results: ByLoop<Result>[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const result: Partial<ByLoop<Result>> = {};
    for (const name of loopNames) {
      result[name] = await checkers[name].obey({ kind: 'slice', durationMs: sliceMs });
    }
    results.push(result as ByLoop<Result>);
  }
  return results;
}

/** Brings a checker to where it has everything that it will keep, and says by how much it grew. */
async function prepare(checker: Checker, benchCase: BenchCase): Promise<number> {
  if (!isKept(benchCase)) await checker.obey({ kind: 'slice', durationMs: warmUpMs });
  const { residentBytes: before } = await checker.obey({ kind: 'memory' });
  await checker.obey({ kind: 'pass' });
  const { residentBytes: after } = await checker.obey({ kind: 'memory' });
  if (isKept(benchCase)) await checker.obey({ kind: 'slice', durationMs: warmUpMs });
  return Math.max(0, after - before) / benchCase.origins;
}

export async function measureCase(benchCase: BenchCase): Promise<CaseLine> {
  const started = await Promise.all(loopNames.map(async (name) => await Checker.start(name, benchCase)));
  const checkers = Object.fromEntries(loopNames.map((name, index) => [name, started[index]])) as ByLoop<Checker>;
  try {
    const bytesPerMonitor = await prepare(checkers.quorate, benchCase);
    await prepare(checkers.undici, benchCase);
    await prepare(checkers.net, benchCase);
    const results = await takeTurns(checkers);
    const ratesOf = (name: LoopName): number[] => results.map((result) => rate(result[name]));
    const ratioTo = (name: LoopName): number =>
      rounded(median(results.map((result) => rate(result.quorate) / rate(result[name]))), 2);
    return {
      case: benchCase.name,
      origins: benchCase.origins,
      inFlight: benchCase.inFlight,
      checksPerCpuSecond: rounded(median(ratesOf('quorate')), 0),
      bare: rounded(median(ratesOf('undici')), 0),
      ratio: ratioTo('undici'),
      bareNet: rounded(median(ratesOf('net')), 0),
      ratioToNet: ratioTo('net'),
      bytesPerMonitor: rounded(bytesPerMonitor, 0),
      loopDelayP99Ms: rounded(median(results.map(({ quorate }) => quorate.loopDelayP99Ms)), 1),
    };
  } finally {
    for (const checker of started) checker.stop();
  }
}
