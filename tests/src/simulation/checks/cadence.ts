/**
 * Each time at which a round of a monitor was due has one round, or a later one that counts it as missed; and every
 * scheduled round is named by such a time, or by that of a change or a ping that asked for one at once.
 */
import type { Check, Instant, MonitorRecord } from '@quorate/contracts';
import { cadenceOf, firstDueAfter, lastDueUpTo } from '@quorate/schedule';
import { short, type Evidence } from './finding.ts';

/** A round that is due so shortly before the end of a run may not be announced yet. */
const announcedMs = 10_000;

/** A scheduler that starts may be so much ahead of the log: who comes just then misses what was due until there. */
const clockErrorMs = 3_500;

export function checkCadence(evidence: Evidence): void {
  const { scenario, history } = evidence;
  const scheduled = history.checks.filter(({ value }) => value.kind === 'scheduled');
  for (const { record } of scenario.monitors) {
    const life = history.lifeOf(record.id);
    const checks = scheduled.flatMap(({ value }) => (value.monitorId === record.id ? [value] : []));
    checkNames(evidence, record, checks);
    const [first, ...changes] = life;
    // What people change moves rounds, and so does a ping; what is left as it was has to be kept to.
    const isMoved = changes.some(({ value }) => value === null || value.paused || value.checkAtOnce);
    if (first === undefined || isMoved || record.type === 'heartbeat') continue;
    checkMonitor(evidence, { record, from: first.appendedAt, checks });
  }
}

function checkNames({ history, violate }: Evidence, record: MonitorRecord, checks: readonly Check[]): void {
  const cadence = cadenceOf(record.id, record.intervalSeconds * 1_000);
  const changedAt = history.lifeOf(record.id).map(({ value }) => value?.changedAt);
  const ended = history.pings.filter(({ value }) => value?.kind === 'ended' && value.monitorId === record.id);
  const askedAt = new Set([...changedAt, ...ended.map(({ appendedAt }) => appendedAt)]);
  const invented = checks.find(({ dueAt }) => !askedAt.has(dueAt) && lastDueUpTo(cadence, dueAt) !== dueAt);
  if (invented !== undefined)
    violate(`a scheduled round of ${short(record.id)} is called ${invented.dueAt}, when none was due`);
}

interface Watched {
  readonly record: MonitorRecord;
  readonly from: Instant;
  readonly checks: readonly Check[];
}

function checkMonitor({ ledger, violate }: Evidence, { record, from, checks }: Watched): void {
  const cadence = cadenceOf(record.id, record.intervalSeconds * 1_000);
  const endedAt = ledger.written.at(-1)?.record.appendedAt ?? 0;
  const until = endedAt - cadence.intervalMs - announcedMs;
  const isMissedBy = (dueAt: Instant, check: Check): boolean => {
    const missedMs = (check.missedRoundCount + 1) * cadence.intervalMs;
    return dueAt < check.dueAt && check.dueAt - dueAt < missedMs;
  };
  for (let dueAt = firstDueAfter(cadence, from + clockErrorMs); dueAt < until; dueAt += cadence.intervalMs) {
    if (!checks.some((check) => check.dueAt === dueAt || isMissedBy(dueAt, check)))
      violate(`the round of ${short(record.id)} that was due at ${dueAt} was never run nor missed`);
  }
}
