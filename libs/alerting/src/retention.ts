/** How long a delivery's record is kept: until nothing that still has to be said needs it. */
import { topicOfStorm, type Delivery, type Instant } from '@quorate/contracts';
import { certificateWindowSeconds } from './opening-gauge.ts';
import { endedAt, isOver, type IncidentLine } from './incident-line.ts';
import type { Storm } from './storm.ts';

export interface RetentionTimings {
  /** How long the deliveries of an incident that is over are kept. */
  readonly keepFinishedMs: number;
  /** How long an ended delivery is kept for the resolve that has to follow it. */
  readonly keepUnresolvedMs: number;
}

export interface Kept {
  readonly line: IncidentLine;
  /** The storm whose roll-up the line is, or in which it is told. */
  readonly storm: Storm | undefined;
}

/** Null for as long as it has to be kept. */
export function keptUntil(delivery: Delivery, kept: Kept, timings: RetentionTimings): Instant | null {
  if (delivery.state === 'pending') return null;
  if (isSupersededMessage(delivery, kept.line)) return endedAt(delivery) + timings.keepFinishedMs;
  if (kept.storm === undefined) return alone(delivery, kept.line, timings);
  if (delivery.storm === null) return member(delivery, kept.storm, timings);
  return isOver(kept.line) || kept.storm.isDissolved ? alone(delivery, kept.line, timings) : null;
}

function alone(
  delivery: Delivery,
  line: IncidentLine,
  { keepFinishedMs, keepUnresolvedMs }: RetentionTimings,
): Instant {
  if (!isOver(line)) return endedAt(delivery) + keepUnresolvedMs;
  return lastEndedAt(line) + Math.max(keepFinishedMs, countedMs(delivery));
}

/** A warning counts for the brake longer than an outage does, so it is known for longer, and its roll-up with it. */
function countedMs({ alert: { subject, incidentId } }: Delivery): number {
  const isWarning = subject === 'certificate' || (subject === 'storm' && topicOfStorm(incidentId) === 'certificates');
  return isWarning ? certificateWindowSeconds * 1_000 : 0;
}

/** An incident is told in its storm's roll-up until that is over: it counts there, and its resolve needs it. */
function member(delivery: Delivery, storm: Storm, { keepFinishedMs }: RetentionTimings): Instant | null {
  const { alert } = delivery;
  const told = storm.messages.findLast(({ state }) => state !== 'pending');
  if (told === undefined || storm.isDissolved) return null;
  const isDone = isOver(storm.messages) || storm.isHistory(alert.incidentId, told.alert.sequence);
  return isDone ? endedAt(told) + Math.max(keepFinishedMs, countedMs(delivery)) : null;
}

function isSupersededMessage({ storm, alert }: Delivery, line: IncidentLine): boolean {
  return storm !== null && alert.transition !== 'opened' && alert.sequence < (line.at(-1)?.alert.sequence ?? 0);
}

function lastEndedAt(line: IncidentLine): Instant {
  return Math.max(0, ...line.map(endedAt));
}
