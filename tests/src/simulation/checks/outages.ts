/**
 * Every outage that is long enough is alerted, and ended when it is over.
 *
 * Long enough: within it lies a stretch without disturbance of at least `timeToAlertSecondsMax` (which is published per
 * monitor) and the stand-still budget. The budget is what the simulation itself adds to a healthy installation: a round
 * that was under way as the stretch began, and a step of an idle task for each link of the chain. A disturbance is an
 * injected fault, from its beginning until the work goes on (`recoveryMs`, `regionRecoveryMs` and `sessionMs` in
 * `conductor.ts`); trouble of regions is one only while too few regions are left for the quorum.
 */
import { timeToAlertSecondsMax } from '@quorate/consensus';
import { gatewayRegion, type Instant, type MonitorRecord } from '@quorate/contracts';
import type { Disturbance } from '../world/ledger.ts';
import type { MonitorScript, Outage, Span } from '../world/scenario.ts';
import { short, type Evidence } from './finding.ts';
import { flappingOf } from './flapping.ts';
import { maintenanceOf } from './maintenance.ts';
import { quorumOf } from './rounds.ts';
import { gapsOf, joined } from './spans.ts';

const graceMs = 2_000;
/** From a record's writing to the step that takes it in, for a task that is busy. */
const stepMs = 300;
/** What people change is in force after so long. */
const changeMs = 8_000;

export interface OutageCounts {
  scripted: number;
  /** With a stretch that obliges: each of them was alerted. */
  obliged: number;
  /** Whose end obliges as well. */
  resolved: number;
}

export function checkOutages(evidence: Evidence): OutageCounts {
  const counts: OutageCounts = { scripted: 0, obliged: 0, resolved: 0 };
  for (const monitor of evidence.scenario.monitors) checkMonitor(evidence, monitor, counts);
  return counts;
}

function checkMonitor(evidence: Evidence, { record, outages }: MonitorScript, counts: OutageCounts): void {
  const always = [...disturbances(evidence), ...changesOf(evidence, record), ...maintenanceOf(evidence, record)];
  const endedAt = evidence.ledger.written.at(-1)?.record.appendedAt ?? 0;
  for (const [index, outage] of outages.entries()) {
    if (seersOf(evidence, record, outage).length < quorumFor(evidence, record)) continue;
    counts.scripted++;
    const owed: Owed = { record, outage, always, after: { from: outage.to, to: outages[index + 1]?.from ?? endedAt } };
    if (!checkOpened(evidence, owed)) continue;
    counts.obliged++;
    if (checkResolved(evidence, owed)) counts.resolved++;
  }
}

interface Owed {
  readonly record: MonitorRecord;
  readonly outage: Outage;
  readonly after: Span;
  /** When nothing is owed, whatever becomes of the regions. */
  readonly always: readonly Span[];
}

function votersOf({ scenario }: Evidence, { type }: MonitorRecord): readonly string[] {
  return type === 'heartbeat' ? [gatewayRegion] : scenario.regions;
}

function seersOf(evidence: Evidence, record: MonitorRecord, { regions }: Outage): readonly string[] {
  return regions ?? votersOf(evidence, record);
}

/** Whether the outage obliges. */
function checkOpened(evidence: Evidence, { record, outage, always }: Owed): boolean {
  const disturbed = joined([...always, ...tooFewOf(evidence, record, seersOf(evidence, record, outage))]);
  const openBy = firstStretch(outage, disturbed, boundMs(evidence.scenario.idleGatherMs, record));
  if (openBy === null) return false;
  if (!isOpenAt(evidence, record.id, openBy))
    evidence.violate(`${short(record.id)}: the outage from ${outage.from} has no open incident at ${openBy}`);
  return true;
}

/** Whether its end obliges. */
function checkResolved(evidence: Evidence, { record, outage, after, always }: Owed): boolean {
  const tooFew = tooFewOf(evidence, record, votersOf(evidence, record));
  const disturbed = joined([...always, ...tooFew, ...flappingOf(evidence, record)]);
  const closedBy = firstStretch(after, disturbed, recoveryBoundMs(evidence.scenario.idleGatherMs, record));
  if (closedBy === null) return false;
  if (isOpenAt(evidence, record.id, closedBy))
    evidence.violate(`${short(record.id)}: the outage was over at ${outage.to} and is open at ${closedBy}`);
  return true;
}

/** The end of the first stretch of `lengthMs` without disturbance; null where there is none. */
function firstStretch(span: Span, disturbed: readonly Span[], lengthMs: number): Instant | null {
  const stretch = gapsOf(span, disturbed).find(({ from, to }) => to - from >= lengthMs);
  return stretch === undefined ? null : stretch.from + lengthMs;
}

function windowMsOf({ timeoutSeconds }: MonitorRecord): number {
  return timeoutSeconds * 1_000 + graceMs;
}

function boundMs(idleGatherMs: number, record: MonitorRecord): number {
  const links = 2 * record.decision.confirmations + 3;
  return timeToAlertSecondsMax(record) * 1_000 + windowMsOf(record) + links * (idleGatherMs + stepMs);
}

/** The same for a recovery, which takes `recoveries` rounds. */
function recoveryBoundMs(idleGatherMs: number, record: MonitorRecord): number {
  const { recoveries } = record.decision;
  return boundMs(idleGatherMs, { ...record, decision: { ...record.decision, confirmations: recoveries } });
}

function isOpenAt({ history }: Evidence, monitorId: string, at: Instant): boolean {
  const alerts = history.alerts.filter(({ value, appendedAt }) => value.monitorId === monitorId && appendedAt <= at);
  const last = alerts.findLast(({ value }) => value.transition === 'opened' || value.transition === 'resolved');
  return last?.value.transition === 'opened';
}

function disturbances({ ledger }: Evidence): readonly Disturbance[] {
  return ledger.disturbances.filter(({ whom }) => whom === 'scheduler' || whom === 'aggregator');
}

/** While a monitor is paused or deleted nothing is owed, nor just after a change. */
function changesOf({ history, scenario }: Evidence, { id }: MonitorRecord): Span[] {
  const life = history.lifeOf(id);
  return life.map(({ value, appendedAt }, index) => {
    const isWatched = value !== null && !value.paused;
    const to = isWatched ? appendedAt + changeMs : (life[index + 1]?.appendedAt ?? Infinity) + changeMs;
    return { from: index === 0 ? scenario.startAt : appendedAt, to };
  });
}

/** How many regions must be well so that a round is decided whatever becomes of the others. */
function quorumFor(evidence: Evidence, record: MonitorRecord): number {
  const voterCount = votersOf(evidence, record).length;
  return quorumOf(record.decision, voterCount, voterCount);
}

/** When so many of `seers` are in trouble that the others are no quorum. */
function tooFewOf(evidence: Evidence, record: MonitorRecord, seers: readonly string[]): Span[] {
  const { disturbances: all } = evidence.ledger;
  const troubles = seers.map((region) => joined(all.filter(({ whom }) => whom === `region ${region}`)));
  const instants = troubles
    .flat()
    .flatMap(({ from, to }) => [from, to])
    .sort((left, right) => left - right);
  const spareCount = seers.length - quorumFor(evidence, record);
  return instants.flatMap((from, index) => {
    const to = instants[index + 1];
    const troubledCount = troubles.filter((spans) => spans.some((span) => span.from <= from && from < span.to)).length;
    return to === undefined || troubledCount <= spareCount ? [] : [{ from, to }];
  });
}
