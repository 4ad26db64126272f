/** The sign of life: each scheduled round of the dead man's switch that was judged up is told of, once and in time. */
import { alertIdOf, incidentIdOf, isDeadMansSwitch, type Alert } from '@quorate/contracts';
import { faceOf } from './incident.ts';
import type { KnownWork } from './memory.ts';
import type { Ruling } from './ruling.ts';
import type { AnnouncedWindow } from './vote-window.ts';

/** Tells nothing of a round whose successor is due: whoever watches would take the past for the present. */
export function pulse(work: KnownWork, { kind, dueAt, check }: AnnouncedWindow, { verdict, decidedBy }: Ruling): void {
  const { monitor, monitorId, context } = work;
  const expiresAt = dueAt + monitor.intervalSeconds * 1_000;
  const isSignOfLife = isDeadMansSwitch(monitor) && kind === 'scheduled' && verdict === 'up';
  if (!isSignOfLife || context.now >= expiresAt) return;
  const incidentId = incidentIdOf(monitorId, dueAt);
  const alert: Alert = {
    v: 1,
    subject: 'monitor',
    trouble: null,
    alertId: alertIdOf(incidentId, 'pulse', 0),
    incidentId,
    monitorId,
    transition: 'pulse',
    sequence: 0,
    at: context.now,
    expiresAt,
    ...faceOf(monitor),
    firstFailureAt: dueAt,
    openedAt: dueAt,
    resolvedAt: null,
    resolveCause: null,
    acknowledgedBy: null,
    regions: [],
    expectedRegions: check.expectedRegions,
    votes: [],
  };
  work.effects.push({ kind: 'alert', alert, parent: decidedBy?.traceparent ?? check.traceparent });
}
