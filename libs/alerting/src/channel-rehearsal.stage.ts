/**
 * Plays one channel for the specs: a log that keeps the newest record of each delivery, a task that decides in
 * committed steps and may die between any two, and a receiver that folds what it is sent by its key, as PagerDuty does.
 */
import {
  alertIdOf,
  stormBrakeDefault,
  type Alert,
  type Delivery,
  type StormBrake,
  type Transition,
} from '@quorate/contracts';
import { ChannelQueue, queueTimingsDefault } from './channel-queue.ts';
import { newDelivery } from './delivery-plan.ts';
import { afterAttempt, givenUp } from './delivery-state.ts';
import { retryPolicyDefault } from './back-off.ts';
import { triggerOf } from './incident-line.ts';

export const channelId = '11111111-1111-4111-8111-111111111111';
export const startedAt = 1_800_000_000_000;

export interface Heard {
  readonly key: string;
  readonly transition: Transition;
  /** When it was decided. */
  readonly at: number;
  /** The incidents that a roll-up lists, with their state. */
  readonly listed: Readonly<Record<string, string>>;
}

export type Answer = 'accepted' | 'failed' | 'refused' | 'accepted but lost';

/** `n` names the monitor, `incident` its incident. */
export function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export class ChannelRehearsal {
  now = startedAt;
  brake: StormBrake = stormBrakeDefault;
  queue = new ChannelQueue(channelId, queueTimingsDefault);
  /** As compaction leaves it: by key, in the order of the newest records. */
  log = new Map<string, Delivery>();
  readonly heard: Heard[] = [];
  #history = new Map<string, Delivery>();
  #arrived: Delivery[] = [];
  #underWay: Delivery[] = [];

  alertOf(incident: string, transition: Transition, changes: Partial<Alert> = {}): Alert {
    const [monitorNumber = '0'] = incident.split('.');
    const monitorId = uuidOf(Number(monitorNumber));
    const incidentId = `${monitorId}:${incident}`;
    return {
      v: 1,
      subject: 'monitor',
      trouble: null,
      alertId: alertIdOf(incidentId, transition, 0),
      incidentId,
      monitorId,
      transition,
      sequence: 0,
      at: this.now,
      monitor: { name: `Site ${monitorNumber}`, type: 'http', target: `https://${monitorNumber}.example`, tags: {} },
      channelIds: [channelId],
      firstFailureAt: this.now,
      openedAt: this.now,
      resolvedAt: transition === 'resolved' ? this.now : null,
      resolveCause: transition === 'resolved' ? 'recovered' : null,
      acknowledgedBy: transition === 'acknowledged' ? 'Ada' : null,
      regions: [],
      expectedRegions: [],
      votes: [],
      ...changes,
    };
  }

  /** What the planning task writes, and this channel's task hears of. */
  plan(incident: string, transition: Transition, changes: Partial<Alert> = {}): void {
    this.#hear(newDelivery(this.alertOf(incident, transition, changes), channelId, this.now));
  }

  open(...incidents: readonly string[]): void {
    for (const incident of incidents) this.plan(incident, 'opened');
  }

  resolve(...incidents: readonly string[]): void {
    for (const incident of incidents) this.plan(incident, 'resolved');
  }

  /** One step, committed; what leaves is under way until it is answered. */
  step(sendsMax = 1_000): void {
    for (const delivery of this.#arrived.splice(0)) this.#admit(delivery);
    for (const { deliveryId } of this.queue.forgettable(this.now)) {
      this.queue.delete(deliveryId);
      this.log.delete(deliveryId);
    }
    for (const released of this.queue.release(this.now)) this.#record(released);
    const next = () => this.queue.nextMessage(this.brake, this.now);
    for (let message = next(); message !== null; message = next()) this.#hear(message);
    for (const delivery of this.queue.take(this.now, sendsMax)) {
      const leaving = { ...delivery, departedAt: this.now };
      this.#record(leaving);
      this.#underWay.push(leaving);
    }
  }

  /** What is under way ends like this, and the next step records it. */
  answer(answer: Answer | ((delivery: Delivery) => Answer) = 'accepted'): void {
    for (const delivery of this.#underWay.splice(0)) {
      const outcome = typeof answer === 'string' ? answer : answer(delivery);
      if (outcome.startsWith('accepted')) this.#receive(delivery);
      const told = outcome === 'accepted but lost' ? 'failed' : outcome;
      const result = { at: this.now, outcome: told, statusCode: null, error: null, durationMs: 0, retryAfterMs: null };
      this.queue.settle(this.queue.get(delivery.deliveryId) ?? delivery);
      this.#record(afterAttempt(delivery, result, { random: 0, policy: retryPolicyDefault }));
    }
  }

  /** Time passes in steps of a second; what leaves is answered like this. */
  run(steps: number, answer: Answer | ((delivery: Delivery) => Answer) = 'accepted'): void {
    for (let step = 0; step < steps; step++) {
      this.step();
      this.answer(answer);
      this.now += 1_000;
    }
  }

  /** The task dies within a step: it was decided, and nothing of it was committed. */
  abort(): void {
    const committed = { log: new Map(this.log), history: new Map(this.#history), underWay: this.#underWay.splice(0) };
    this.step();
    this.log = committed.log;
    this.#history = committed.history;
    this.#underWay = committed.underWay;
    this.crash();
  }

  /** A queue that knows what the log knows. */
  restored(): ChannelQueue {
    const queue = new ChannelQueue(channelId, queueTimingsDefault);
    for (const delivery of this.log.values()) queue.put(delivery);
    return queue;
  }

  /** The task dies; what was under way may have arrived all the same. The next one knows what the log knows. */
  crash(arrived: (delivery: Delivery) => boolean = () => false): void {
    for (const delivery of this.#underWay.splice(0)) if (arrived(delivery)) this.#receive(delivery);
    this.queue = this.restored();
    this.#arrived = [...this.log.values()].filter(({ state }) => state === 'pending');
  }

  get deliveries(): Delivery[] {
    return [...this.log.values()];
  }

  /** The newest form of every delivery that there ever was. */
  get planned(): Delivery[] {
    return [...this.#history.values()];
  }

  /** What was heard, in words: the first of each key's monitor, or `storm`. */
  get words(): string[] {
    return this.heard.map(({ key, transition }) => `${nameOf(key)} ${transition}`);
  }

  /** What was heard of storms. */
  get stormWords(): string[] {
    return this.words.filter((word) => word.startsWith('storm'));
  }

  /** What the newest message of a roll-up listed. */
  get newestList(): Heard['listed'] | undefined {
    return this.heard.findLast(({ key }) => key.startsWith('storm:'))?.listed;
  }

  delivery(incident: string, transition: Transition = 'opened'): Delivery | undefined {
    return this.deliveries.find(
      ({ alert }) => nameOf(alert.incidentId) === incident && alert.transition === transition,
    );
  }

  #hear(delivery: Delivery): void {
    this.#record(delivery);
    this.#arrived.push(delivery);
  }

  #admit({ deliveryId }: Delivery): void {
    const delivery = this.queue.get(deliveryId);
    if (delivery?.state !== 'pending') return;
    for (const rolledUp of this.queue.rollUp(delivery, this.brake, this.now)) this.#record(rolledUp);
    this.#bury(this.queue.get(deliveryId) ?? delivery);
  }

  #record(delivery: Delivery): void {
    this.queue.put(delivery);
    this.log.delete(delivery.deliveryId);
    this.log.set(delivery.deliveryId, delivery);
    this.#history.set(delivery.deliveryId, delivery);
    if (triggerOf(this.queue.lineOf(delivery))?.state === 'dead') this.#bury(delivery);
  }

  #bury(delivery: Delivery): void {
    const handedTo = this.queue.takenOverBy(delivery);
    for (const doomed of this.queue.doomedBy(delivery)) {
      this.#record({ ...givenUp(doomed, 'its trigger is dead', this.now), handedTo });
    }
  }

  #receive({ alert, storm }: Delivery): void {
    const listed = storm?.members.map(({ incidentId, state }) => [nameOf(incidentId), state] as const) ?? [];
    this.heard.push({
      key: alert.incidentId,
      transition: alert.transition,
      at: alert.at,
      listed: Object.fromEntries(listed),
    });
  }
}

/** The names of as many sites. */
export function sites(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

/** Sites 1 to 10 have paged on their own, 11 to 14 are rolled up. */
export function inStorm(): ChannelRehearsal {
  const play = new ChannelRehearsal();
  play.open(...sites(1, 14));
  play.run(3);
  return play;
}

/** `storm`, or an incident by its short name. */
export function nameOf(key: string): string {
  return key.startsWith('storm:') ? 'storm' : (key.split(':')[1] ?? key);
}
