import { describe, expect, it } from '@jest/globals';
import type { Alert, Delivery, Transition } from '@quorate/contracts';
import fc from 'fast-check';
import { ChannelQueue, queueTimingsDefault } from './channel-queue.ts';
import { newDelivery } from './delivery-plan.ts';

const now = 1_800_000_000_000;
const minuteMs = 60_000;
const sequences: Readonly<Record<Transition, number>> = {
  test: 0,
  pulse: 0,
  opened: 0,
  acknowledged: 1,
  reminder: 2,
  updated: 2,
  resolved: 3,
};

function deliveryOf(incidentId: string, transition: Transition, changes: Partial<Delivery> = {}): Delivery {
  const sequence = sequences[transition];
  const alert = {
    alertId: `${incidentId}:${transition}:${sequence}`,
    incidentId,
    transition,
    sequence,
    at: now,
  } as Alert;
  return { ...newDelivery(alert, 'hook', now), ...changes };
}

function queueOf(...deliveries: readonly Delivery[]): ChannelQueue {
  const queue = new ChannelQueue('hook', queueTimingsDefault);
  for (const delivery of deliveries) queue.put(delivery);
  return queue;
}

const delivered = (delivery: Delivery): Delivery => ({ ...delivery, state: 'delivered', nextAttemptAt: null });
const dead = (delivery: Delivery): Delivery => ({ ...delivery, state: 'dead', nextAttemptAt: null });
const names = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ alert, late }) => `${alert.incidentId} ${alert.transition}${late ? ' late' : ''}`);

describe('ChannelQueue', () => {
  it('sends resolves before the triggers of other incidents', () => {
    const queue = queueOf(deliveryOf('a', 'opened'), deliveryOf('b', 'opened'), deliveryOf('c', 'resolved'));
    expect(names(queue.take(now, 10))).toEqual(['c resolved', 'a opened', 'b opened']);
  });

  it('never sends a resolve before its own trigger, and marks the trigger late', () => {
    const queue = queueOf(deliveryOf('a', 'opened'), deliveryOf('a', 'resolved'));
    const [trigger] = queue.take(now, 10);
    expect(names([trigger!])).toEqual(['a opened late']);
    expect(queue.take(now, 10)).toEqual([]);
    queue.settle(delivered(trigger!));
    expect(names(queue.take(now, 10))).toEqual(['a resolved']);
  });

  it('keeps the order of an incident however its deliveries came in', () => {
    const queue = queueOf(
      deliveryOf('a', 'resolved'),
      deliveryOf('a', 'reminder'),
      deliveryOf('a', 'acknowledged'),
      deliveryOf('a', 'opened'),
    );
    const order: string[] = [];
    for (let [head] = queue.take(now, 1); head !== undefined; [head] = queue.take(now, 1)) {
      order.push(head.alert.transition);
      queue.settle(delivered(head));
    }
    expect(order).toEqual(['opened', 'acknowledged', 'reminder', 'resolved']);
  });

  it('waits until a delivery is due again', () => {
    const queue = queueOf(deliveryOf('a', 'opened', { nextAttemptAt: now + 500 }));
    expect(queue.take(now + 499, 10)).toEqual([]);
    expect(names(queue.take(now + 500, 10))).toEqual(['a opened']);
  });

  it('sends nothing of an incident while one of its deliveries is on its way', () => {
    const queue = queueOf(deliveryOf('a', 'opened'));
    queue.take(now, 10);
    queue.put(deliveryOf('a', 'resolved'));
    expect(queue.take(now, 10)).toEqual([]);
    expect(queue.sendingCount).toBe(1);
  });

  it('dooms what comes after a dead trigger, also when it comes later', () => {
    const trigger = dead(deliveryOf('a', 'opened'));
    const queue = queueOf(trigger, deliveryOf('a', 'resolved'), deliveryOf('b', 'opened'));
    expect(names(queue.doomedBy(trigger))).toEqual(['a resolved']);
    expect(queue.doomedBy(deliveryOf('b', 'opened'))).toEqual([]);
  });

  it('sends a resolve whose trigger was delivered and forgotten long ago', () => {
    expect(names(queueOf(deliveryOf('a', 'resolved')).take(now, 10))).toEqual(['a resolved']);
  });

  it('takes no more than asked for', () => {
    const queue = queueOf(deliveryOf('a', 'opened'), deliveryOf('b', 'opened'), deliveryOf('c', 'opened'));
    expect(queue.take(now, 2)).toHaveLength(2);
    expect(queue.take(now, 2)).toHaveLength(1);
  });

  it('tells what has been pending for five minutes, unless it was handed over or is a fallback itself', () => {
    const queue = queueOf(
      deliveryOf('a', 'opened', { nextAttemptAt: now + 60 * minuteMs }),
      deliveryOf('b', 'opened', { handedTo: 'other' }),
      deliveryOf('c', 'opened', { fallbackOf: 'other' }),
      delivered(deliveryOf('d', 'opened')),
    );
    expect(queue.overdue(now + 5 * minuteMs - 1)).toEqual([]);
    expect(names(queue.overdue(now + 5 * minuteMs))).toEqual(['a opened']);
    expect(queue.overdue(now + 6 * minuteMs)).toEqual([]);
  });

  it('knows which fallback channel took an incident over', () => {
    const queue = queueOf(deliveryOf('a', 'opened', { handedTo: 'other' }), deliveryOf('a', 'resolved'));
    expect(queue.takenOverBy(deliveryOf('a', 'resolved'))).toBe('other');
    expect(queue.takenOverBy(deliveryOf('b', 'resolved'))).toBeNull();
  });

  it('remembers a delivered trigger until its resolve has ended, then forgets both', () => {
    const queue = queueOf(delivered(deliveryOf('a', 'opened')));
    expect(queue.forgettable(now + 60 * minuteMs)).toEqual([]);
    queue.put(delivered(deliveryOf('a', 'resolved')));
    expect(queue.forgettable(now + 10 * minuteMs - 1)).toEqual([]);
    const forgotten = queue.forgettable(now + 10 * minuteMs);
    expect(names(forgotten)).toEqual(['a opened', 'a resolved']);
    for (const { deliveryId } of forgotten) queue.delete(deliveryId);
    expect(queue.size).toBe(0);
  });

  it('forgets a trigger that no resolve ever followed after a week', () => {
    const queue = queueOf(dead(deliveryOf('a', 'opened')));
    expect(queue.forgettable(now + 7 * 24 * 60 * minuteMs - 1)).toEqual([]);
    expect(queue.forgettable(now + 7 * 24 * 60 * minuteMs)).toHaveLength(1);
  });

  it.each<Transition>(['test', 'pulse'])('forgets a %s soon, since nothing follows it', (transition) => {
    expect(queueOf(delivered(deliveryOf('a', transition))).forgettable(now + 10 * minuteMs)).toHaveLength(1);
  });

  it('tells what waits although nobody wants it any more, except what is on its way', () => {
    const pulseOf = (round: string, expiresAt: number): Delivery => {
      const delivery = deliveryOf(round, 'pulse');
      return { ...delivery, alert: { ...delivery.alert, expiresAt } };
    };
    const [first, second] = [pulseOf('a', now + minuteMs), pulseOf('b', now + 2 * minuteMs)];
    const queue = queueOf(first, second, deliveryOf('c', 'opened'), delivered(pulseOf('d', now)));
    expect(queue.expired(now + minuteMs - 1)).toEqual([]);
    expect(names(queue.expired(now + minuteMs))).toEqual(['a pulse']);
    expect(queue.take(now + minuteMs, 10)).toContain(second);
    expect(queue.expired(now + 3 * minuteMs)).toEqual([]);
    queue.settle(second);
    expect(names(queue.expired(now + 3 * minuteMs))).toEqual(['b pulse']);
    queue.delete(second.deliveryId);
    expect(queue.expired(now + 4 * minuteMs)).toEqual([]);
  });
});

describe('ChannelQueue, whatever fails and however often', () => {
  const incidents = ['a', 'b', 'c'];
  const planResolves = (queue: ChannelQueue): void => {
    for (const resolve of incidents.map((incident) => deliveryOf(incident, 'resolved'))) {
      if (queue.get(resolve.deliveryId) === undefined) queue.put(resolve);
    }
  };
  const script = fc.array(fc.constantFrom('accepted', 'failed', 'planned' as const), { maxLength: 60 });

  it('sends each delivery until it is made, in the order of its incident, one at a time', () => {
    fc.assert(
      fc.property(script, fc.integer({ min: 1, max: 4 }), (steps, countMax) => {
        const queue = queueOf(...incidents.map((incident) => deliveryOf(incident, 'opened')));
        const accepted: string[] = [];
        for (const step of [...steps, 'planned', ...Array<'accepted'>(12).fill('accepted')]) {
          if (step === 'planned') planResolves(queue);
          if (step === 'planned') continue;
          const taken = queue.take(now, countMax);
          expect(new Set(taken.map(({ alert }) => alert.incidentId)).size).toBe(taken.length);
          for (const delivery of taken) {
            queue.settle(step === 'accepted' ? delivered(delivery) : delivery);
            if (step === 'accepted') accepted.push(`${delivery.alert.incidentId} ${delivery.alert.transition}`);
          }
        }
        expect(accepted).toHaveLength(6);
        for (const incident of incidents) {
          expect(accepted.indexOf(`${incident} opened`)).toBeLessThan(accepted.indexOf(`${incident} resolved`));
        }
      }),
    );
  });
});
