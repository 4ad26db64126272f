/** What many runs have shown together, and how it is told. */
import type { RunReport } from './run-report.ts';

const hourMs = 3_600_000;
/** A sentence of what broke is told for so many runs. */
const toldMax = 20;

export interface Pace {
  readonly elapsedMs: number;
  readonly threadCount: number;
}

export class Tally {
  readonly #faults = new Map<string, number>();
  /** The first of those that broke a promise. */
  readonly #broken: RunReport[] = [];
  #brokenCount = 0;
  #runCount = 0;
  #repeatedCount = 0;
  #simulatedMs = 0;
  readonly #sums = { rounds: 0, intents: 0, scripted: 0, obliged: 0, resolved: 0, wanted: 0, doubled: 0, restores: 0 };
  readonly #scenes = { storms: 0, members: 0, windows: 0, held: 0, takenOver: 0, flapping: 0, pings: 0, misses: 0 };
  readonly #quarantine = { lies: 0, silenced: 0, heardAgain: 0, rounds: 0 };

  get runCount(): number {
    return this.#runCount;
  }

  get brokenCount(): number {
    return this.#brokenCount;
  }

  /** @param repeated whether the run was lived twice, and came out the same. */
  add(report: RunReport, repeated: boolean): void {
    const { outages, deliveries } = report;
    const sums = this.#sums;
    this.#runCount++;
    if (repeated) this.#repeatedCount++;
    this.#simulatedMs += report.simulatedMs;
    for (const [kind, count] of Object.entries(report.faults)) {
      this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + count);
    }
    sums.rounds += report.roundCount;
    sums.intents += report.alertCount;
    sums.scripted += outages.scripted;
    sums.obliged += outages.obliged;
    sums.resolved += outages.resolved;
    sums.wanted += deliveries.intents;
    sums.doubled += deliveries.doubled;
    sums.restores += report.restoreCount;
    this.#scenes.storms += report.weather.storms;
    this.#scenes.members += report.weather.members;
    this.#scenes.windows += report.maintenance.windows;
    this.#scenes.held += report.maintenance.held;
    this.#scenes.takenOver += report.maintenance.takenOver;
    this.#scenes.flapping += report.flapping.targets;
    this.#scenes.pings += report.jobs.pings;
    this.#scenes.misses += report.jobs.misses;
    this.#quarantine.lies += report.quarantine.lies;
    this.#quarantine.silenced += report.quarantine.silenced;
    this.#quarantine.heardAgain += report.quarantine.heardAgain;
    this.#quarantine.rounds += report.quarantine.rounds;
    if (report.violations.length === 0) return;
    this.#brokenCount++;
    if (this.#broken.length < toldMax) this.#broken.push(report);
  }

  inWords({ elapsedMs, threadCount }: Pace): string {
    const { rounds, intents, scripted, obliged, resolved, wanted, doubled, restores } = this.#sums;
    const { storms, members, windows, held, takenOver, flapping, pings, misses } = this.#scenes;
    const { lies, silenced, heardAgain, rounds: distrusted } = this.#quarantine;
    const aSecond = (this.#runCount + this.#repeatedCount) / (elapsedMs / 1_000);
    const faults = [...this.#faults].sort(([left], [right]) => left.localeCompare(right));
    const faultCount = faults.reduce((sum, [, count]) => sum + count, 0);
    return [
      `\nFaults injected, by kind: ${grouped(faultCount)}\n`,
      ...columnsOf(faults),
      '\nWhat the runs went through\n',
      ...linesOf([
        ['runs', `${grouped(this.#runCount)}, of which ${grouped(this.#repeatedCount)} twice, with the same outcome`],
        ['simulated hours', grouped(Math.round(this.#simulatedMs / hourMs))],
        ['runs per second', `${aSecond.toFixed(1)} on ${threadCount} threads, in ${(elapsedMs / 1_000).toFixed(0)} s`],
        ['rounds judged', grouped(rounds)],
        ['outages that a quorum saw', grouped(scripted)],
        ['  long enough to oblige', `${grouped(obliged)}: an incident was open in time`],
        ['  over for long enough', `${grouped(resolved)}: it was closed in time`],
        ['intents', grouped(intents)],
        ['calls that were due', `${grouped(wanted)}, accepted once more: ${grouped(doubled)}, each behind a fault`],
        ['storms', `${grouped(storms)}, with ${grouped(members)} pages rolled up`],
        ['maintenance windows', `${grouped(windows)}, with ${grouped(held)} incidents told at their end`],
        ['  taken over within', grouped(takenOver)],
        ['targets that flapped', grouped(flapping)],
        ['pings of jobs', `${grouped(pings)}, and ${grouped(misses)} times none, or one that told of a failure`],
        ['regions that lied', `${grouped(lies)}, with ${grouped(distrusted)} rounds judged without them`],
        ['  long enough to be silenced', grouped(silenced)],
        ['  honest again for long enough', `${grouped(heardAgain)}: their votes counted again`],
        ['restored states compared', grouped(restores)],
      ]),
      ...this.#brokenInWords(),
      `\nviolations: ${this.brokenCount}\n`,
    ].join('');
  }

  #brokenInWords(): string[] {
    const told = this.#broken.flatMap(({ seed, violations: [first, ...others] }) => [
      `\nSeed ${seed}: ${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}\n`,
      `  npm run simulate -- --seed ${seed}\n`,
    ]);
    const untoldCount = this.#brokenCount - this.#broken.length;
    return untoldCount > 0 ? [...told, `\n… and ${untoldCount} runs more\n`] : told;
  }
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function linesOf(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}   ${text}\n`);
}

/** Names with their numbers, in two columns. */
function columnsOf(rows: readonly (readonly [string, number])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  const cells = rows.map(([name, count]) => `${name.padEnd(width)} ${grouped(count).padStart(9)}`);
  const half = Math.ceil(cells.length / 2);
  return cells.slice(0, half).map((cell, index) => `  ${cell}     ${cells[index + half] ?? ''}`.trimEnd() + '\n');
}
