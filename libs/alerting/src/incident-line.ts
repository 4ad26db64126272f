/**
 * The deliveries of one incident on one channel, in the order in which they have to leave: its trigger, then what was
 * said while it was open, then its resolve. Only the first that is pending may be sent.
 */
import type { Delivery, Instant, Transition } from '@quorate/contracts';

export type IncidentLine = readonly Delivery[];

const rankOf: Readonly<Record<Transition, number>> = {
  test: 0,
  pulse: 0,
  opened: 0,
  acknowledged: 1,
  reminder: 1,
  updated: 1,
  resolved: 2,
};

function inOrder({ alert: left }: Delivery, { alert: right }: Delivery): number {
  return rankOf[left.transition] - rankOf[right.transition] || left.at - right.at || left.sequence - right.sequence;
}

/** The line with `delivery` in its place, or in the place of its older form. */
export function withDelivery(line: IncidentLine, delivery: Delivery): IncidentLine {
  return [...withoutDelivery(line, delivery.deliveryId), delivery].sort(inOrder);
}

export function withoutDelivery(line: IncidentLine, deliveryId: string): IncidentLine {
  return line.filter((other) => other.deliveryId !== deliveryId);
}

export function triggerOf(line: IncidentLine): Delivery | undefined {
  return line.find(({ alert }) => alert.transition === 'opened');
}

/** When the last try at it was made, or it was rolled up. */
export function endedAt({ attempts, plannedAt }: Delivery): Instant {
  return attempts.at(-1)?.at ?? plannedAt;
}

/** The one that may be sent next; undefined when none is pending. */
export function headOf(line: IncidentLine): Delivery | undefined {
  return line.find(({ state }) => state === 'pending');
}

/** Whether the incident was resolved, so that whatever else is still unsent comes late. */
export function isResolved(line: IncidentLine): boolean {
  return line.some(({ alert }) => alert.transition === 'resolved');
}

/** Whether nothing more will be said of it: its resolve, or the test or pulse that it was, has ended. */
export function isOver(line: IncidentLine): boolean {
  return line.some(({ alert: { transition }, state }) => isLast(transition) && state !== 'pending');
}

function isLast(transition: Transition): boolean {
  return transition === 'resolved' || transition === 'test' || transition === 'pulse';
}

/** What cannot be sent any more because the trigger before it is dead: nobody can resolve what nobody heard of. */
export function doomedIn(line: IncidentLine): readonly Delivery[] {
  return triggerOf(line)?.state === 'dead' ? line.filter(({ state }) => state === 'pending') : [];
}

/** The fallback channel that took the incident over; null while none did. */
export function takenOverBy(line: IncidentLine): string | null {
  return line.find(({ handedTo }) => handedTo !== null)?.handedTo ?? null;
}
