/** Compares what the database shows of a monitor with what the aggregator remembers of it. */
import type { Instant, MonitorStatus, ResolveCause } from '@quorate/contracts';
import { isoOf } from '../http/instants.ts';
import type { Finding, Shown } from './finding.ts';

/** What is left of a record of `monitor-state`. */
export interface RememberedMonitor {
  readonly version: number;
  readonly status: MonitorStatus;
  readonly since: Instant;
  /** Of the open one. */
  readonly incidentId: string | null;
  /** Of the open warning of its certificate. */
  readonly warningId: string | null;
  /** When the newest round was due that was judged; 0 when none was. */
  readonly judgedAt: Instant;
}

export interface ShownMonitor {
  readonly monitorId: string;
  readonly version: number;
  readonly paused: boolean;
  readonly intervalSeconds: number;
  readonly changedAt: Instant;
  readonly shown: Shown | null;
  readonly openIncident: ShownIncident | null;
  readonly openWarning: ShownIncident | null;
}

interface ShownIncident {
  readonly id: string;
  readonly openedAt: Instant;
}

/** A monitor of which nothing is remembered yet shows what it will. */
export function compareStatus({ monitorId, shown }: ShownMonitor, holds: RememberedMonitor | null): Finding | null {
  if (holds === null) return null;
  const { status, since } = holds;
  const agrees = shown === null ? status === 'pending' : shown.status === status && shown.since === since;
  if (agrees) return null;
  return {
    kind: 'status-differs',
    subject: monitorId,
    evidence: [shown?.status, shown?.since, status, since].join(':'),
    detail: `It is ${status}, and shown as ${shown?.status ?? 'pending'}.`,
    repair: { type: 'set-status', monitorId, shown, holds: { status, since } },
  };
}

interface Compared {
  readonly monitorId: string;
  readonly shown: ShownIncident | null;
  readonly held: string | null;
  /** How one that is shown and not held is ended. */
  readonly ending: { readonly at: Instant; readonly cause: ResolveCause };
}

/** At most two: the one that should be shown, and the one that should not. */
function compareOpen({ monitorId, shown, held, ending }: Compared): Finding[] {
  if (shown?.id === (held ?? undefined)) return [];
  const stray = shown === null ? [] : [strayIncident(shown, ending)];
  return held === null ? stray : [...stray, missingIncident(monitorId, held)];
}

/** Of its outage, and of the warning of its certificate. */
export function compareIncidents(monitor: ShownMonitor, holds: RememberedMonitor | null): Finding[] {
  if (holds === null) return [];
  const { monitorId, openIncident, openWarning, paused } = monitor;
  const { incidentId, warningId, since, judgedAt } = holds;
  const outage = { at: since, cause: paused ? 'paused' : 'recovered' } as const;
  const warning = { at: judgedAt, cause: 'renewed' } as const;
  return [
    ...compareOpen({ monitorId, shown: openIncident, held: incidentId, ending: outage }),
    ...compareOpen({ monitorId, shown: openWarning, held: warningId, ending: warning }),
  ];
}

/** Of a monitor that is neither in the database nor on the log. */
export function incidentOfDeleted(incident: { id: string; openedAt: Instant }, now: Instant): Finding {
  return strayIncident(incident, { at: now, cause: 'deleted' });
}

function missingIncident(monitorId: string, incidentId: string): Finding {
  return {
    kind: 'incident-missing',
    subject: incidentId,
    evidence: '',
    detail: 'The monitor has this incident, and it is not shown as open.',
    repair: { type: 'open-incident', monitorId, incidentId },
  };
}

function strayIncident({ id, openedAt }: ShownIncident, { at, cause }: { at: Instant; cause: ResolveCause }): Finding {
  return {
    kind: 'incident-stray',
    subject: id,
    evidence: '',
    detail: 'It is shown as open, and the monitor has no such incident (any more).',
    repair: { type: 'close-incident', incidentId: id, at: Math.max(at, openedAt), cause },
  };
}

/** So many intervals in a row without a round judged, and a time for what takes a while, are too many. */
const quietIntervalsMax = 3;
const quietGraceMs = 120_000;

/** A monitor that nobody checks. */
export function compareRounds(monitor: ShownMonitor, holds: RememberedMonitor | null, now: Instant): Finding | null {
  if (monitor.paused) return null;
  const judgedAt = holds?.judgedAt ?? 0;
  const quietSince = Math.max(judgedAt, monitor.changedAt);
  if (now - quietSince <= quietIntervalsMax * monitor.intervalSeconds * 1_000 + quietGraceMs) return null;
  const last = judgedAt === 0 ? 'No round of it was ever judged' : `Its last round was due at ${isoOf(judgedAt)}`;
  return {
    kind: 'monitor-unchecked',
    subject: monitor.monitorId,
    evidence: `${monitor.version}:${judgedAt}`,
    detail: `${last}; it is to be checked every ${monitor.intervalSeconds} s.`,
    repair: null,
  };
}
