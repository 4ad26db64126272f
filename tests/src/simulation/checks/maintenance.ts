/** Nobody is told of what opens while its monitor is worked on, nor reminded; what outlasts the window is told then. */
import { partitionOf, type Instant, type MonitorRecord } from '@quorate/contracts';
import type { Maintenance, Span } from '../world/scenario.ts';
import { short, type Evidence } from './finding.ts';

/** How far an owner's clock may be off the log's, as it begins. */
const clockErrorMs = 5_000;
const heldBack = new Set(['opened', 'reminder']);

function windowsOf({ scenario }: Evidence, monitorId: string): readonly Span[] {
  return scenario.maintenance.filter(({ monitorIds }) => monitorIds.includes(monitorId));
}

/** When nobody is owed anything about a monitor: how its windows begin and end is seen a little later. */
export function maintenanceOf(evidence: Evidence, { id }: MonitorRecord): Span[] {
  const lateMs = clockErrorMs + evidence.scenario.idleGatherMs;
  return windowsOf(evidence, id).map(({ from, to }) => ({ from: from - clockErrorMs, to: to + lateMs }));
}

function isWellWithin({ from, to }: Span, at: Instant): boolean {
  return from + clockErrorMs <= at && at < to - clockErrorMs;
}

export interface MaintenanceCounts {
  windows: number;
  /** Incidents that were told of at the end of the window in which they had begun. */
  held: number;
  /** Windows within which somebody took their monitors over. */
  takenOver: number;
}

function isTakenOver({ ledger, scenario }: Evidence, window: Maintenance): boolean {
  const partitions = window.monitorIds.map((id) => partitionOf(id, scenario.partitionCount));
  return ledger.beginnings.some(({ partition, at }) => partitions.includes(partition) && isWellWithin(window, at));
}

export function checkMaintenance(evidence: Evidence): MaintenanceCounts {
  const { history, scenario, violate } = evidence;
  let heldCount = 0;
  for (const { value } of history.alerts) {
    const windows = windowsOf(evidence, value.monitorId);
    if (heldBack.has(value.transition) && windows.some((window) => isWellWithin(window, value.at)))
      violate(`${short(value.alertId)} was told while the monitor was under maintenance`);
    const isHeld = value.transition === 'opened' && windows.some((window) => isWellWithin(window, value.openedAt));
    if (isHeld) heldCount++;
  }
  const takenOver = scenario.maintenance.filter((window) => isTakenOver(evidence, window)).length;
  return { windows: scenario.maintenance.length, held: heldCount, takenOver };
}
