/**
 * What one channel still has to send, and in which order: incidents apart from one another, resolves first, and within
 * an incident strictly one after the other. It also knows what waits too long and what nobody needs to remember.
 */
import { stormTopics, type Delivery, type Instant, type RolledUpIn, type StormBrake } from '@quorate/contracts';
import { DueQueue } from '@quorate/schedule';
import {
  doomedIn,
  headOf,
  isResolved,
  takenOverBy,
  withDelivery,
  withoutDelivery,
  type IncidentLine,
} from './incident-line.ts';
import { brakeOf, OpeningGauge, openingTopicOf } from './opening-gauge.ts';
import { keptUntil, type RetentionTimings } from './retention.ts';
import { isUntold, released, rolledUp } from './roll-up.ts';
import { nextMessage, type MessageTimings } from './storm-message.ts';
import { Storms } from './storms.ts';

export interface QueueTimings extends RetentionTimings {
  /** A fallback channel takes over a delivery that is pending for longer. */
  readonly fallbackAfterMs: number;
  /** When the messages of a roll-up leave. */
  readonly storm: MessageTimings;
  /** How long nothing more is rolled up after a roll-up that the channel did not take. */
  readonly stormRestMs: number;
}

export const queueTimingsDefault: QueueTimings = {
  fallbackAfterMs: 300_000,
  keepFinishedMs: 600_000,
  keepUnresolvedMs: 7 * 86_400_000,
  storm: {
    outages: { gatherMs: 2_000, updateMs: 30_000 },
    certificates: { gatherMs: 600_000, updateMs: 3_600_000 },
  },
  stormRestMs: 600_000,
};

/** Deliveries of a dead roll-up that are let go again in one step. */
const releasedPerStepMax = 500;

export class ChannelQueue {
  readonly #channelId: string;
  readonly #timings: QueueTimings;
  readonly #storms: Storms;
  readonly #gauges = { outages: new OpeningGauge('outages'), certificates: new OpeningGauge('certificates') };
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

  constructor(channelId: string, timings: QueueTimings) {
    this.#channelId = channelId;
    this.#timings = timings;
    this.#storms = new Storms(channelId);
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
    const topic = openingTopicOf(delivery);
    if (topic !== null && !isUntold(delivery)) this.#gauges[topic].note(delivery);
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

  /**
   * What is told in a roll-up because of a pending delivery: itself, with all else that waits of its incident. None
   * when it leaves on its own. To be asked once of each that is new, in the order of their coming: one that pages on
   * its own is counted here, and those after it may not any more.
   */
  rollUp(delivery: Delivery, brake: StormBrake | null, now: Instant): readonly Delivery[] {
    const place = this.#placeOf(delivery, brake, now);
    if (place === null) return [];
    const waiting = this.lineOf(delivery).filter(({ state }) => state === 'pending');
    return waiting.map((one) => rolledUp(one, place));
  }

  /** The message that the roll-up of a present storm has to send next; null while there is none. */
  nextMessage(brake: StormBrake | null, now: Instant): Delivery | null {
    for (const topic of stormTopics) {
      const storm = this.#storms.current(topic);
      const context = { channelId: this.#channelId, now, timings: this.#timings.storm, brake };
      const message = storm === undefined ? null : nextMessage(storm, context);
      if (message !== null) return message;
    }
    return null;
  }

  /** The incident that a storm tells of first: where its roll-up's trace begins. */
  firstOf(stormId: string): Delivery | undefined {
    const [line] = this.#storms.withId(stormId)?.members.values() ?? [];
    return line?.[0];
  }

  /** What is sent on its own after all: the messages that were to tell of it are dead, and nobody else told it. */
  release(now: Instant): readonly Delivery[] {
    const lost = this.#storms.lost(releasedPerStepMax).flat();
    return lost.filter(({ state }) => state === 'rolled-up').map((delivery) => released(delivery, now));
  }

  #placeOf(delivery: Delivery, brake: StormBrake | null, now: Instant): RolledUpIn | null {
    const stormId = this.#storms.of(delivery.alert.incidentId)?.stormId;
    if (stormId !== undefined) return this.#storms.placeIn(stormId);
    const isFirst = this.lineOf(delivery).every(({ departedAt }) => departedAt === null);
    const topic = openingTopicOf(delivery);
    if (topic === null || !isUntold(delivery) || !isFirst) return null;
    const isClosed = brake?.enabled === true && this.#gauges[topic].isClosed(delivery, brakeOf(topic, brake));
    const isResting = this.#storms.isResting(topic, { now, restMs: this.#timings.stormRestMs });
    if (isClosed && !isResting) return this.#storms.placeForNewcomer(topic, now);
    this.#gauges[topic].note(delivery);
    return null;
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
    this.#storms.note(incidentId, line);
    this.#enqueue(incidentId, line);
    this.#watchForgettable(incidentId);
    for (const memberId of this.#storms.withId(incidentId)?.members.keys() ?? []) this.#watchForgettable(memberId);
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

  #watchForgettable(incidentId: string): void {
    const line = this.#lines.get(incidentId) ?? [];
    const storm = this.#storms.withId(incidentId) ?? this.#storms.of(incidentId);
    for (const delivery of line) {
      const until = keptUntil(delivery, { line, storm }, this.#timings);
      if (until === null) this.#forgettable.delete(delivery.deliveryId);
      else this.#forgettable.set(delivery.deliveryId, until);
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
