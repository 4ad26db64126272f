/** The status that a monitor shows, by precedence. */
import type { Instant, MonitorState, MonitorStatus } from '@quorate/contracts';
import { isFlapping } from './flapping.ts';
import { change, type KnownWork } from './memory.ts';

/** So many rounds in a row make a monitor degraded, or unknown. */
export const roundsInARow = 2;

type Shown = Pick<
  MonitorState,
  'maintenance' | 'faulty' | 'belowFloorCount' | 'incident' | 'degradedCount' | 'flapping' | 'seenUp'
>;

function statusOf(paused: boolean, state: Shown): MonitorStatus {
  if (paused) return 'paused';
  if (state.maintenance) return 'maintenance';
  if (state.faulty || state.belowFloorCount >= roundsInARow) return 'unknown';
  if (state.incident !== null) return 'down';
  if (state.degradedCount >= roundsInARow || state.flapping) return 'degraded';
  return state.seenUp ? 'up' : 'pending';
}

function regionsBehind(status: MonitorStatus, { incident, degradedRegions: degraded }: MonitorState): string[] {
  const regions: Partial<Record<MonitorStatus, string[]>> = { down: incident?.regions ?? [], degraded };
  return regions[status] ?? [];
}

/** Writes down the status, and whether the target flaps, where either has changed. */
export function refreshStatus(work: KnownWork, at: Instant, parent: string | null): void {
  const { state, monitor, monitorId } = work;
  const flapping = isFlapping(state.recentVerdicts, state.flapping);
  const status = statusOf(monitor.paused, { ...state, flapping });
  if (status === state.status && flapping === state.flapping) return;
  const since = status === state.status ? state.statusSince : Math.max(at, state.statusSince);
  change(work, { status, statusSince: since, flapping });
  const regions = regionsBehind(status, state);
  const record = {
    v: 1,
    type: 'status-changed',
    monitorId,
    monitorVersion: monitor.version,
    status,
    since,
    flapping,
    regions,
  } as const;
  work.effects.push({ kind: 'status-changed', record, parent });
}
