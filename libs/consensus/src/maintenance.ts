/** Maintenance holds back alerts, not verdicts: what is still down at its end is told of once. */
import { tellOfIncident } from './incident.ts';
import { change, type KnownWork } from './memory.ts';
import { refreshStatus } from './status.ts';

/**
 * Takes in that a maintenance window has begun or ended. An incident that was told of before it began stays open, and
 * its end is told of whenever it comes; one that began and ended within it is nobody's alert.
 */
export function observeMaintenance(work: KnownWork): void {
  const { context, monitor, state } = work;
  // Quorate itself is never worked on by its users: a window over every monitor must not swallow a drill.
  const maintenance = monitor.type !== 'self' && context.isUnderMaintenance(monitor);
  if (maintenance === state.maintenance) return;
  // Who takes over holds back from its first verdict on, but tells of nothing whose recovery may lie unread.
  if (!maintenance && !context.caughtUp) return;
  change(work, { maintenance });
  const { heldIncident } = state;
  if (!maintenance && heldIncident !== null) tellOfIncident(work, { ...heldIncident, remindedAt: context.now });
  refreshStatus(work, context.now, null);
}
