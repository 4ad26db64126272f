/**
 * Each incident has one opened and one resolved intent, in this order and never over one another; and none is there
 * without the rounds in a row in which a majority really saw it.
 */
import {
  incidentIdOf,
  roundKey,
  type Alert,
  type MonitorRecord,
  type RoundClosed,
  type Verdict,
} from '@quorate/contracts';
import { short, type Evidence } from './finding.ts';
import type { Written } from './history.ts';
import { rowOf, type RowRound } from './rows.ts';

/** So many inconclusive verdicts in a row end a suspicion or a recovery. */
const inconclusiveInARowMax = 3;

type Told = Written<Alert>;

export function checkIntents(evidence: Evidence): void {
  const { history, violate } = evidence;
  const ids = new Set<string>();
  for (const { value } of history.alerts) {
    if (ids.has(value.alertId)) violate(`intent ${short(value.alertId)} was written twice`);
    ids.add(value.alertId);
    checkName(evidence, value);
  }
  const ofMonitors = history.alerts.filter(({ value }) => value.subject === 'monitor');
  for (const [monitorId, alerts] of Map.groupBy(ofMonitors, ({ value }) => value.monitorId)) {
    checkOrder(evidence, monitorId, alerts);
    const row = rowOf(history, monitorId);
    for (const alert of alerts) checkReason(evidence, alert, row);
  }
}

/** Its name says what it is about, so that who decides it again names it alike. */
function checkName({ violate }: Evidence, { alertId, incidentId, transition, sequence }: Alert): void {
  const isNumbered = transition === 'reminder' || transition === 'updated';
  const name = `${incidentId}:${transition}:${isNumbered ? sequence : 0}`;
  if (alertId !== name) violate(`intent ${short(alertId)} is not named by what it is about, ${short(name)}`);
}

function checkOrder({ violate }: Evidence, monitorId: string, alerts: readonly Told[]): void {
  let open: Alert | null = null;
  const opened = new Set<string>();
  for (const { value } of alerts) {
    const name = short(value.alertId);
    if (value.transition === 'opened') {
      if (open !== null) violate(`${name} was opened while ${short(open.incidentId)} was open`);
      if (opened.has(value.incidentId)) violate(`${short(value.incidentId)} was opened twice`);
      opened.add(value.incidentId);
      open = value;
    } else {
      if (open?.incidentId !== value.incidentId) violate(`${name} is of an incident that is not open`);
      if (value.transition === 'resolved') open = null;
    }
  }
  if (open !== null) violate(`${short(monitorId)}: ${short(open.incidentId)} was never resolved`);
}

/**
 * How many of this verdict in a row end at the last round; inconclusive ones between them neither count nor reset. What
 * may be history or not is taken for what speaks for the alert.
 */
function inARow(row: readonly RowRound[], wanted: Verdict): number {
  let [count, inconclusiveCount] = [0, 0];
  for (const { round, counts } of row.toReversed()) {
    const { verdict } = round;
    if (counts === false || (counts === null && verdict !== wanted)) continue;
    if (verdict === 'inconclusive') {
      inconclusiveCount++;
      if (inconclusiveCount >= inconclusiveInARowMax) return count;
    } else {
      if (verdict !== wanted) return count;
      inconclusiveCount = 0;
      count++;
    }
  }
  return count;
}

function formAt({ history }: Evidence, { value, appendedAt }: Told): MonitorRecord | null {
  return history.lifeOf(value.monitorId).findLast((form) => form.appendedAt <= appendedAt)?.value ?? null;
}

function checkReason(evidence: Evidence, alert: Told, row: readonly RowRound[]): void {
  if (alert.value.transition === 'opened') checkOpened(evidence, alert, row);
  if (alert.value.transition === 'resolved') checkResolved(evidence, alert, row);
}

function decisionOf(evidence: Evidence, { value }: Told): MonitorRecord['decision'] | undefined {
  return evidence.scenario.monitors.find(({ record }) => record.id === value.monitorId)?.record.decision;
}

/**
 * The regions that saw it down. Who takes over a monitor that was deleted meanwhile closes its rounds as they were
 * ruled, and hears no vote any more: then it is what was cast before the alert that counts.
 */
function seersOf({ history }: Evidence, { value: alert, appendedAt }: Told, round: RoundClosed): string[] {
  const deletion = history.lifeOf(alert.monitorId).find(({ value }) => value === null);
  const closed = history.closed.find(({ value }) => value === round);
  const isCut = (closed?.appendedAt ?? 0) >= (deletion?.appendedAt ?? Infinity);
  const key = roundKey(round);
  const cast = history.votes.filter((vote) => vote.appendedAt <= appendedAt && roundKey(vote.value) === key);
  const votes = isCut ? [...round.votes, ...cast.map(({ value }) => value)] : round.votes;
  return votes.filter(({ outcome }) => outcome === 'down').map(({ region }) => region);
}

function checkOpened(evidence: Evidence, alert: Told, row: readonly RowRound[]): void {
  const { violate } = evidence;
  const { monitorId, incidentId, regions } = alert.value;
  const last = row.findLastIndex(({ round: { dueAt } }) => incidentIdOf(monitorId, dueAt) === incidentId);
  const [round, wanted] = [row[last]?.round, decisionOf(evidence, alert)?.confirmations ?? 0];
  const name = short(alert.value.alertId);
  if (round === undefined) {
    violate(`${name}: no round confirmed it`);
    return;
  }
  const count = inARow(row.slice(0, last + 1), 'down');
  if (count < wanted) violate(`${name}: ${count} down verdicts in a row, ${wanted} are needed`);
  const seers = seersOf(evidence, alert, round);
  const invented = regions.filter((region) => !seers.includes(region));
  if (invented.length > 0) violate(`${name}: ${invented.join(', ')} did not see it`);
}

function checkResolved(evidence: Evidence, alert: Told, row: readonly RowRound[]): void {
  const { violate } = evidence;
  const { monitorId, incidentId, resolveCause, resolvedAt } = alert.value;
  const name = short(alert.value.alertId);
  if (resolveCause !== 'recovered') {
    const form = formAt(evidence, alert);
    const isSo =
      resolveCause === 'deleted' ? form === null : form === null || form.paused || wasPaused(evidence, alert);
    if (!isSo) violate(`${name}: it is ${resolveCause} by nobody`);
    return;
  }
  const openedDueAt = Number(incidentId.slice(monitorId.length + 1));
  const rounds = row.filter(({ round: { dueAt, decidedAt } }) => dueAt > openedDueAt && decidedAt <= (resolvedAt ?? 0));
  const wanted = decisionOf(evidence, alert)?.recoveries ?? 0;
  const counts = rounds.map((_, index) => inARow(rounds.slice(0, index + 1), 'up'));
  const best = Math.max(0, ...counts);
  if (best < wanted) violate(`${name}: ${best} up verdicts in a row, ${wanted} are needed`);
}

/** Whether it was paused between its opening and its resolve, and perhaps resumed before anyone saw it. */
function wasPaused({ history }: Evidence, { value, appendedAt }: Told): boolean {
  return history
    .lifeOf(value.monitorId)
    .some((form) => form.appendedAt >= value.openedAt && form.appendedAt <= appendedAt && form.value?.paused === true);
}
