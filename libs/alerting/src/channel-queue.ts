/**
 * What one channel still has to send, and in which order: incidents apart from one another, resolves first, and within
 * an incident strictly one after the other. It also knows what waits too long and what nobody needs to remember.
 */
import type { Delivery, Instant } from '@quorate/contracts';
import { DueQueue } from '@quorate/schedule';
import {
  doomedIn,
  headOf,
  isOver,
  isResolved,
  takenOverBy,
  withDelivery,
  withoutDelivery,
  type IncidentLine,
} from './incident-line.ts';

export interface QueueTimings {
  /** A fallback channel takes over a delivery that is pending for longer. */
  readonly fallbackAfterMs: number;
  /** How long the deliveries of an incident that is over are kept. */
  readonly keepFinishedMs: number;
  /** How long an ended delivery is kept for the resolve that has to follow it. */
  readonly keepUnresolvedMs: number;
}

export const queueTimingsDefault: QueueTimings = {
  fallbackAfterMs: 300_000,
  keepFinishedMs: 600_000,
  keepUnresolvedMs: 7 * 86_400_000,
};

function endedAt({ attempts, plannedAt }: Delivery): Instant {
  return attempts.at(-1)?.at ?? plannedAt;
}

export class ChannelQueue {
  readonly #timings: QueueTimings;
  readonly #lines = new Map<string, IncidentLine>();
  readonly #deliveries = new Map<string, Delivery>();
  /** Incidents with a delivery on its way. */
  readonly #sending = new Set<string>();
  /** By incident, when its next delivery may leave; apart, so that a resolve overtakes other incidents. */
  readonly #resolves = new DueQueue();
  readonly #others = new DueQueue();
  readonly #overdue = new DueQueue();
  readonly #expiring = new DueQueue();
  readonly #forgettable = new DueQueue();

  constructor(timings: QueueTimings) {
    this.#timings = timings;
  }

  get size(): number {
    return this.#deliveries.size;
  }

  get sendingCount(): number {
    return this.#sending.size;
  }

  get(deliveryId: string): Delivery | undefined {
    return this.#deliveries.get(deliveryId);
  }

  lineOf({ alert }: Delivery): IncidentLine {
    return this.#lines.get(alert.incidentId) ?? [];
  }

  /** Adds a delivery, or replaces it by its newer form. */
  put(delivery: Delivery): void {
    this.#deliveries.set(delivery.deliveryId, delivery);
    this.#keep(delivery.alert.incidentId, withDelivery(this.lineOf(delivery), delivery));
    this.#watchOverdue(delivery);
    this.#watchExpiry(delivery);
  }

  /** A delivery on its way has ended its try: `delivery` says how. */
  settle(delivery: Delivery): void {
    this.#sending.delete(delivery.alert.incidentId);
    this.put(delivery);
  }

  delete(deliveryId: string): void {
    const delivery = this.#deliveries.get(deliveryId);
    if (delivery === undefined) return;
    this.#deliveries.delete(deliveryId);
    this.#overdue.delete(deliveryId);
    this.#expiring.delete(deliveryId);
    this.#forgettable.delete(deliveryId);
    this.#keep(delivery.alert.incidentId, withoutDelivery(this.lineOf(delivery), deliveryId));
  }

  /** Takes what may be sent now, at most `countMax`; each is on its way until it is settled. */
  take(now: Instant, countMax: number): Delivery[] {
    const taken: Delivery[] = [];
    for (const queue of [this.#resolves, this.#others]) {
      while (taken.length < countMax) {
        const place = queue.first();
        if (place === undefined || place.dueAt > now) break;
        queue.delete(place.key);
        taken.push(...this.#send(place.key));
      }
    }
    return taken;
  }

  /** What waits to be sent, without the incidents of which something is on its way. */
  pending(): Delivery[] {
    return [...this.#deliveries.values()].filter(
      ({ state, alert }) => state === 'pending' && !this.#sending.has(alert.incidentId),
    );
  }

  /** What is pending for too long, each once until it is put again. */
  overdue(now: Instant): Delivery[] {
    return this.#drain(this.#overdue, now);
  }

  /** What waits to be sent although nobody wants to hear of it any more. What is on its way ends by itself. */
  expired(now: Instant): Delivery[] {
    return this.#drain(this.#expiring, now).filter(({ alert }) => !this.#sending.has(alert.incidentId));
  }

  /** Ended deliveries that nobody needs to remember any more. */
  forgettable(now: Instant): Delivery[] {
    return this.#drain(this.#forgettable, now);
  }

  /** What a delivery's own incident keeps from ever being sent. */
  doomedBy(delivery: Delivery): readonly Delivery[] {
    return doomedIn(this.lineOf(delivery));
  }

  /** The fallback channel that already took over the incident of a delivery. */
  takenOverBy(delivery: Delivery): string | null {
    return takenOverBy(this.lineOf(delivery));
  }

  #send(incidentId: string): Delivery[] {
    const line = this.#lines.get(incidentId) ?? [];
    const head = headOf(line);
    if (head === undefined) return [];
    this.#sending.add(incidentId);
    const isLate = head.alert.transition !== 'resolved' && isResolved(line);
    if (!isLate) return [head];
    const late = { ...head, late: true };
    this.put(late);
    return [late];
  }

  #keep(incidentId: string, line: IncidentLine): void {
    if (line.length === 0) this.#lines.delete(incidentId);
    else this.#lines.set(incidentId, line);
    this.#enqueue(incidentId, line);
    this.#watchForgettable(line);
  }

  #enqueue(incidentId: string, line: IncidentLine): void {
    this.#resolves.delete(incidentId);
    this.#others.delete(incidentId);
    const head = headOf(line);
    if (head === undefined || this.#sending.has(incidentId)) return;
    const queue = head.alert.transition === 'resolved' ? this.#resolves : this.#others;
    queue.set(incidentId, head.nextAttemptAt ?? head.plannedAt);
  }

  #watchOverdue({ deliveryId, state, fallbackOf, handedTo, plannedAt }: Delivery): void {
    const isWatched = state === 'pending' && fallbackOf === null && handedTo === null;
    if (isWatched) this.#overdue.set(deliveryId, plannedAt + this.#timings.fallbackAfterMs);
    else this.#overdue.delete(deliveryId);
  }

  #watchExpiry({ deliveryId, state, alert: { expiresAt } }: Delivery): void {
    if (state === 'pending' && expiresAt !== undefined) this.#expiring.set(deliveryId, expiresAt);
    else this.#expiring.delete(deliveryId);
  }

  #watchForgettable(line: IncidentLine): void {
    const over = isOver(line);
    const lastEndedAt = Math.max(0, ...line.map(endedAt));
    for (const delivery of line) {
      const keptUntil = over
        ? lastEndedAt + this.#timings.keepFinishedMs
        : endedAt(delivery) + this.#timings.keepUnresolvedMs;
      if (delivery.state === 'pending') this.#forgettable.delete(delivery.deliveryId);
      else this.#forgettable.set(delivery.deliveryId, keptUntil);
    }
  }

  #drain(queue: DueQueue, now: Instant): Delivery[] {
    const drained: Delivery[] = [];
    for (let place = queue.first(); place !== undefined && place.dueAt <= now; place = queue.first()) {
      queue.delete(place.key);
      const delivery = this.#deliveries.get(place.key);
      if (delivery !== undefined) drained.push(delivery);
    }
    return drained;
  }
}
