/** Opens and resolves the incident of a monitor, and tells of it: each transition is one alert. */
import {
  alertIdOf,
  incidentIdOf,
  isDeadMansSwitch,
  targetOf,
  type Alert,
  type Instant,
  type MonitorRecord,
  type MonitorState,
  type ResolveCause,
} from '@quorate/contracts';
import { castVotesOf, downRegionsOf } from './evidence.ts';
import { change, type KnownWork, type Work } from './memory.ts';
import type { Ruling } from './ruling.ts';
import type { AnnouncedWindow } from './vote-window.ts';

type Incident = NonNullable<MonitorState['incident']>;
type Turn = NonNullable<MonitorState['turn']>;

interface Telling {
  readonly transition: Alert['transition'];
  readonly sequence: number;
  readonly resolvedAt: Instant | null;
  readonly resolveCause: ResolveCause | null;
  readonly parent: string | null;
}

type Face = Pick<Incident, 'monitor' | 'channelIds'>;

/** What alerts say of the monitor. */
export function faceOf(monitor: MonitorRecord): Face {
  const { name, type, tags, channelIds } = monitor;
  return { monitor: { name, type, target: targetOf(monitor), tags }, channelIds };
}

/**
 * What is kept with an incident, which may outlive the monitor. The channel of the dead man's switch takes any call for
 * a sign of life: it hears of no incident, and learns from silence.
 */
export function incidentFaceOf(monitor: MonitorRecord): Face {
  const face = faceOf(monitor);
  return isDeadMansSwitch(monitor) ? { ...face, channelIds: [] } : face;
}

function alertOf(work: Work, incident: Incident, { parent: _parent, ...telling }: Telling): Alert {
  const { remindedAt: _remindedAt, reminderCount: _count, traceparent: _traceparent, ...told } = incident;
  const alertId = alertIdOf(incident.incidentId, telling.transition, telling.sequence);
  const about = { subject: 'monitor', trouble: null, monitorId: work.monitorId } as const;
  return { v: 1, ...told, ...telling, ...about, alertId, at: work.context.now };
}

function tell(work: Work, incident: Incident, telling: Telling): void {
  work.effects.push({ kind: 'alert', alert: alertOf(work, incident, telling), parent: telling.parent });
}

const unresolved = { resolvedAt: null, resolveCause: null };

/** A round that confirmed something, and the turn that it ends. */
export interface Confirmed {
  readonly window: AnnouncedWindow;
  readonly ruling: Ruling;
  readonly turn: Turn;
}

/** The regions whose vote counted, and all votes that were heard. */
function evidenceOf({ window, ruling }: Confirmed): Pick<Incident, 'expectedRegions' | 'votes'> {
  const { quarantinedRegions } = ruling;
  const expectedRegions = window.check.expectedRegions.filter((region) => !quarantinedRegions.includes(region));
  return { expectedRegions, votes: castVotesOf(window) };
}

export function openIncident(work: KnownWork, confirmed: Confirmed): void {
  const { window, ruling, turn } = confirmed;
  const { firstDueAt, traceparent } = turn;
  const openedAt = work.state.fellAt;
  const incident: Incident = {
    incidentId: incidentIdOf(work.monitorId, window.dueAt),
    ...incidentFaceOf(work.monitor),
    firstFailureAt: firstDueAt,
    openedAt,
    acknowledgedBy: null,
    regions: downRegionsOf(window, ruling),
    ...evidenceOf(confirmed),
    remindedAt: openedAt,
    reminderCount: 0,
    traceparent,
  };
  if (work.state.maintenance) change(work, { heldIncident: incident });
  else tellOfIncident(work, incident);
}

/** Says that an incident is open: as it begins, or at the end of the maintenance that it began under. */
export function tellOfIncident(work: KnownWork, incident: Incident): void {
  change(work, { incident, heldIncident: null });
  tell(work, incident, { transition: 'opened', sequence: 0, ...unresolved, parent: incident.traceparent });
}

/** Resolves the open incident with the votes of the round that confirmed the recovery. */
export function recoverIncident(work: KnownWork, incident: Incident, confirmed: Confirmed): void {
  const { fellAt } = work.state;
  const telling = { transition: 'resolved', sequence: 0, resolvedAt: fellAt, resolveCause: 'recovered' } as const;
  tell(work, { ...incident, ...evidenceOf(confirmed) }, { ...telling, parent: confirmed.turn.traceparent });
  change(work, { incident: null });
}

/** Tells that an open incident ends because nobody looks any more. The caller forgets it. */
export function abandonIncident(work: Work, resolveCause: 'paused' | 'deleted'): void {
  const incident = work.state?.incident ?? null;
  if (incident === null) return;
  const resolvedAt = Math.max(work.context.now, incident.openedAt);
  const telling = { transition: 'resolved', sequence: 0, resolvedAt, resolveCause } as const;
  tell(work, incident, { ...telling, parent: incident.traceparent });
}

export function acknowledgeIncident(work: KnownWork, incidentId: string, acknowledgedBy: string): void {
  const { incident } = work.state;
  if (incident?.incidentId !== incidentId || incident.acknowledgedBy !== null) return;
  const acknowledged = { ...incident, acknowledgedBy };
  change(work, { incident: acknowledged });
  const telling = { transition: 'acknowledged', sequence: 0, ...unresolved } as const;
  tell(work, acknowledged, { ...telling, parent: incident.traceparent });
}

/** When to remind of the open incident; null when nobody wants it, somebody took it on, or maintenance is on. */
export function nextReminderAt(monitor: MonitorRecord, { incident, maintenance }: MonitorState): Instant | null {
  if (incident === null || incident.acknowledgedBy !== null || maintenance) return null;
  if (monitor.reminderMinutes === null) return null;
  return incident.remindedAt + monitor.reminderMinutes * 60_000;
}

/** One reminder, however many a stopped installation has slept through; the rhythm stays. */
export function remind(work: KnownWork): void {
  const { monitor, state, context } = work;
  const dueAt = nextReminderAt(monitor, state);
  if (state.incident === null || dueAt === null || dueAt > context.now) return;
  const periodMs = dueAt - state.incident.remindedAt;
  const remindedAt = context.now - ((context.now - dueAt) % periodMs);
  const incident = { ...state.incident, remindedAt, reminderCount: state.incident.reminderCount + 1 };
  change(work, { incident });
  const telling = { transition: 'reminder', sequence: incident.reminderCount, ...unresolved } as const;
  tell(work, incident, { ...telling, parent: incident.traceparent });
}
