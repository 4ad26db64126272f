/** Many monitors on kept connections, over as many prober processes as their file descriptors ask for. */
import type { BenchCase } from './case.ts';
import { Checker } from './children.ts';

export interface KeptLine {
  readonly case: 'http-kept';
  readonly monitors: number;
  readonly processes: number;
  /** Connections of one process, and so the file descriptors that it needs beside a hundred of its own. */
  readonly connectionsPerProcess: number;
  readonly checks: number;
  readonly checksPerCpuSecond: number;
  readonly bytesPerMonitor: number;
  readonly loopDelayP99Ms: number;
}

/** Half of what a process may have open on many machines. */
const connectionsMax = 10_000;
const inFlight = 64;
const passes = 2;

interface Tally {
  checks: number;
  cpuSeconds: number;
  loopDelayP99Ms: number;
  grownBytes: number;
}

/** Opens and keeps all connections of one process, then checks each over the one it has. */
async function fill(checker: Checker, tally: Tally): Promise<void> {
  const { residentBytes: before } = await checker.obey({ kind: 'memory' });
  await checker.obey({ kind: 'pass' });
  const { residentBytes: after } = await checker.obey({ kind: 'memory' });
  tally.grownBytes += after - before;
}

async function checkAll(checker: Checker, tally: Tally): Promise<void> {
  const { checks, cpuSeconds, loopDelayP99Ms } = await checker.obey({ kind: 'pass' });
  tally.checks += checks;
  tally.cpuSeconds += cpuSeconds;
  tally.loopDelayP99Ms = Math.max(tally.loopDelayP99Ms, loopDelayP99Ms);
}

/** @throws Error when a check failed: none may, so there is no figure for it. */
export async function measureKept(monitors: number): Promise<KeptLine> {
  const processes = Math.ceil(monitors / connectionsMax);
  const origins = Math.ceil(monitors / processes);
  const benchCase: BenchCase = { name: 'http-reused', origins, inFlight };
  const tally: Tally = { checks: 0, cpuSeconds: 0, loopDelayP99Ms: 0, grownBytes: 0 };
  const checkers: Checker[] = [];
  try {
    for (let started = 0; started < processes; started++) {
      const checker = await Checker.start('quorate', benchCase);
      checkers.push(checker);
      await fill(checker, tally);
    }
    for (let pass = 0; pass < passes; pass++) for (const checker of checkers) await checkAll(checker, tally);
  } finally {
    for (const checker of checkers) checker.stop();
  }
  return {
    case: 'http-kept',
    monitors: processes * origins,
    processes,
    connectionsPerProcess: origins,
    checks: tally.checks,
    checksPerCpuSecond: Math.round(tally.checks / tally.cpuSeconds),
    bytesPerMonitor: Math.round(tally.grownBytes / (processes * origins)),
    loopDelayP99Ms: Number(tally.loopDelayP99Ms.toFixed(1)),
  };
}
