/** Words what trials have found: a table for people, and the same and more as JSON. */
import { longestPageWaits, pageWaits } from './page-waits.ts';
import { monitorIn } from './pages.ts';
import { beatSeconds, intervalMs } from './stage.ts';
import { everyone, nobody } from './subject.ts';
import { quantile, rejoinMs, standstillMsMin, standstills, waitMsOf, type Standstill } from './standstill.ts';
import type { TrialResult } from './trial.ts';

type Cell = string | number;

/** Columns of which the first is flush left and the others flush right. */
function tableOf(rows: readonly (readonly Cell[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length)));
  const line = (row: readonly Cell[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? String(cell).padEnd(width) : String(cell).padStart(width);
      })
      .join('   ');
  return rows.map((row) => `  ${line(row).trimEnd()}\n`).join('');
}

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1_000).toFixed(1)} s`);

/** A kind of fault with how long it held up rounds, and how long pages. */
interface Delay extends Standstill {
  readonly pageMaxMs: number | null;
  readonly goalMs: number | null;
}

function isMissed({ goalMs, maxMs, pageMaxMs }: Delay): boolean {
  return goalMs !== null && Math.max(maxMs ?? 0, pageMaxMs ?? 0) >= goalMs;
}

function rowOf(delay: Delay): readonly Cell[] {
  const { kind, faultCount, affectedCount, p50Ms, maxMs, pageMaxMs, goalMs } = delay;
  const goal = goalMs === null ? '-' : `< ${goalMs / 1_000} s${isMissed(delay) ? ' missed' : ''}`;
  return [kind, faultCount, affectedCount, seconds(p50Ms), seconds(maxMs), seconds(pageMaxMs), goal];
}

function delaysOf({ rounds, faults, heard, goalsMs }: TrialResult): readonly Delay[] {
  const pages = longestPageWaits(pageWaits(rounds, heard), faults);
  return standstills(rounds, faults, intervalMs).map((standstill) => ({
    ...standstill,
    pageMaxMs: pages.get(standstill.kind) ?? null,
    goalMs: goalsMs[standstill.kind] ?? null,
  }));
}

/** Rounds that were due once all monitors were up, and closed before the first fault began. */
function undisturbed({ rounds, faults, calmAt }: TrialResult): {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
} {
  const firstAt = faults[0]?.beganAt ?? Infinity;
  const waits = rounds
    .filter(({ dueAt, appendedAt, verdict }) => {
      return dueAt >= calmAt && appendedAt < firstAt && verdict !== 'inconclusive';
    })
    .map((round) => waitMsOf(round, intervalMs))
    .toSorted((a, b) => a - b);
  return { p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99) };
}

/** From the calm to the end of the last fault. */
function beatLine({ beats, calmAt, faults }: TrialResult): string {
  const until = faults.at(-1)?.endedAt ?? Infinity;
  const within = beats.filter((at) => at >= calmAt && at <= until);
  const silences = within.map((at, index) => at - (within[index - 1] ?? calmAt)).toSorted((a, b) => a - b);
  return (
    `  The dead man's switch gave ${within.length} signs of life, one every ${beatSeconds} s; ` +
    `the longest silence was ${seconds(silences.at(-1) ?? null)}.\n`
  );
}

function auditLines({ audit: { items, passedAt, repairs } }: TrialResult): string {
  if (passedAt === null) return '  The auditor has made no pass.\n';
  const found = items.map(({ kind, count }) => `${count} ${kind}`).join(', ');
  const mended = repairs.map(({ kind, subjects }) => `${kind} of ${subjects.join(', ')}`).join('; ');
  return (
    `  The auditor's pass at ${passedAt} found ${found === '' ? 'nothing amiss' : found}` +
    `${mended === '' ? '' : `; put right before: ${mended}`}.\n`
  );
}

function cutLines({ cuts, rounds }: TrialResult): string {
  return cuts
    .map((cut) => {
      const backMs = rejoinMs(cut, rounds);
      const back = backMs === null ? 'never voted again' : `voted again ${seconds(backMs)} after that, by itself`;
      return `  Region ${cut.region} was cut off for ${seconds(cut.to - cut.from)} and ${back}.\n`;
    })
    .join('');
}

function wrongLines({ pages, surprises }: TrialResult): string {
  const told = { lost: pages.lost, doubled: pages.doubled, false: pages.false, 'ended by itself': surprises };
  return Object.entries(told)
    .flatMap(([what, lines]) => lines.map((line) => `  ${what}: ${line}\n`))
    .join('');
}

/** What failed beside the sites that were down for everyone. */
function otherwiseLine(failures: TrialResult['failures']): string {
  const jobs = failures.filter(({ kind, seenBy }) => kind === 'job' && seenBy === everyone).length;
  const late = failures.filter(({ seenBy }) => seenBy === nobody).length;
  const partial = failures.filter(({ seenBy }) => ![everyone, nobody].includes(seenBy)).length;
  return (
    `  ${jobs} of the outages were of jobs that ping. ${partial} failures more were seen by one region only, ` +
    `and ${late} times a job\n  was late within its grace: they had to page nobody.\n`
  );
}

export function isAllWell({ pages }: TrialResult): boolean {
  return pages.lost.length + pages.doubled.length + pages.false.length === 0;
}

/** Where undisturbed rounds wait as long as disturbed ones should, other programs had the processors. */
function busyLine(p99Ms: number | null): string {
  if (p99Ms === null || p99Ms <= standstillMsMin) return '';
  return 'This machine was busy with other things, so these times are not those of the faults alone.\n';
}

export function inWords(result: TrialResult): string {
  const { pages, faults, failures, engine, system } = result;
  const { p50Ms, p99Ms } = undisturbed(result);
  const head = ['faults', 'outages', 'pages', 'resolves', 'repeats', 'lost', 'doubled', 'false'];
  const { outages, pages: paged, resolves, repeats, lost, doubled } = pages;
  const counts = [faults.length, outages, paged, resolves, repeats, lost.length, doubled.length, pages.false.length];
  const columns = ['fault', 'times', 'partitions', 'p50', 'max', 'pages max', 'goal'];
  return [
    `\n${engine}: ${system}\n\n`,
    tableOf([head, counts].map((row) => ['', ...row])),
    `\n${otherwiseLine(failures)}`,
    `\nHow long partitions stood still: the longest that one of their rounds waited for its votes and its verdict.\n`,
    `Partitions count from ${seconds(standstillMsMin)} on; pages wait from the verdict to the call.\n`,
    `Undisturbed rounds wait ${seconds(p50Ms)} (p50), ${seconds(p99Ms)} (p99).\n`,
    `${busyLine(p99Ms)}\n`,
    tableOf([columns, ...delaysOf(result).map(rowOf)]),
    `\n${beatLine(result)}${auditLines(result)}${cutLines(result)}${wrongLines(result)}`,
  ].join('');
}

/** Every round of the monitors whose pages were wrong: what was seen, and when. */
function explanations({ pages, rounds }: TrialResult): readonly object[] {
  const wrong = new Set([...pages.lost, ...pages.doubled, ...pages.false].map(monitorIn));
  return rounds
    .filter(({ monitorId }) => wrong.has(monitorId))
    .toSorted((a, b) => a.monitorId.localeCompare(b.monitorId) || a.dueAt - b.dueAt)
    .map((round) => ({
      ...round,
      dueAt: new Date(round.dueAt).toISOString(),
      waitMs: waitMsOf(round, intervalMs),
      votes: round.votes.map(({ region, outcome, reason }) => `${region} ${outcome} ${reason ?? ''}`.trim()),
    }));
}

/** Everything but the rounds of monitors whose pages are right. */
export function asJson(result: TrialResult): object {
  const { rounds, ...rest } = result;
  return {
    ...rest,
    explanations: explanations(result),
    roundCount: rounds.length,
    undisturbed: undisturbed(result),
    standstills: delaysOf(result),
    rejoinMs: result.cuts.map((cut) => rejoinMs(cut, rounds)),
  };
}
