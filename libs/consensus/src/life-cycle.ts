/** What becomes of status, counters and incident when people create, edit, pause, resume or delete a monitor. */
import type { Instant, MonitorRecord, MonitorState } from '@quorate/contracts';
import { abandonCertificateWarning, reviseCertificateWarning } from './certificate-warning.ts';
import { breakOff } from './closing.ts';
import { abandonIncident, incidentFaceOf } from './incident.ts';
import { change, fingerprintOf, initialState, type KnownWork, type Work } from './memory.ts';
import { refreshStatus } from './status.ts';

/** By then whoever still announced its rounds has heard of the deletion, and every vote on them has come. */
const deletionKeptMs = 600_000;

const zeroed = {
  turn: null,
  belowFloorCount: 0,
  degradedCount: 0,
  degradedRegions: [],
  recentVerdicts: '',
  faulty: false,
} as const satisfies Partial<Record<keyof MonitorState, unknown>>;

/** Takes in a record of `monitors`. One that was taken in before changes nothing. */
export function takeMonitor(work: Work, monitor: MonitorRecord): void {
  if (work.monitor !== null && work.monitor.version >= monitor.version) return;
  const state = work.state ?? initialState(monitor);
  const known: KnownWork = Object.assign(work, { monitor, state, deletedAt: null, isLeaving: false });
  if (monitor.version > known.state.monitorVersion) takeVersion(known, monitor);
  refreshStatus(known, work.context.now, null);
}

function takeVersion(work: KnownWork, monitor: MonitorRecord): void {
  const probeFingerprint = fingerprintOf(monitor);
  const isOtherProbe = probeFingerprint !== work.state.probeFingerprint;
  change(work, { monitorVersion: monitor.version, probeFingerprint });
  const wasPaused = work.state.status === 'paused';
  if (monitor.paused || wasPaused) startAfresh(work);
  else if (isOtherProbe) change(work, { ...zeroed, degradedRegions: [], contradictions: {} });
  reviseCertificateWarning(work, monitor, isOtherProbe);
  const { incident, heldIncident } = work.state;
  const face = incidentFaceOf(monitor);
  if (incident !== null) change(work, { incident: { ...incident, ...face } });
  if (heldIncident !== null) change(work, { heldIncident: { ...heldIncident, ...face } });
}

/** A paused monitor knows nothing, and a resumed one has everything to learn. */
function startAfresh(work: KnownWork): void {
  abandonIncident(work, 'paused');
  const forgotten = { incident: null, heldIncident: null, seenUp: false, silence: {}, contradictions: {} };
  change(work, { ...zeroed, ...forgotten, degradedRegions: [] });
}

/**
 * Takes in that a monitor's record is gone. It leaves with the next tick: what its open rounds have heard by now may
 * lie unread, and all that a successor has to read again. What is told of their end has to tell of those too.
 */
export function takeDeletion(work: Work): void {
  work.monitor = null;
  work.isLeaving = true;
}

/**
 * Forgets a monitor whose record is gone; the caller leaves a tombstone where its state was. What was known of its
 * rounds goes with it, so nothing can tell a new one from one that a successor reads again: none is taken any more.
 */
export function leave(work: Work): void {
  if (!work.isLeaving || (!work.mayTimeEnd && work.state !== null)) return;
  abandonIncident(work, 'deleted');
  abandonCertificateWarning(work, { resolvedAt: work.context.now, resolveCause: 'deleted' });
  breakOff(work);
  work.windows = [];
  work.state = null;
  work.isLeaving = false;
  work.deletedAt = work.context.now;
}

export function forgottenAt(deletedAt: Instant | null): Instant | null {
  return deletedAt === null ? null : deletedAt + deletionKeptMs;
}

/** Lets go of a deleted monitor, once nothing that was under way as it was deleted can still come. */
export function forgetDeletion(work: Work): void {
  const { context, mayTimeEnd, deletedAt } = work;
  if (mayTimeEnd && context.now >= (forgottenAt(deletedAt) ?? Infinity)) work.deletedAt = null;
}
