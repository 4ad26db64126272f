/** Which deliveries are shown in an older form, and which are stuck. */
import { describe, expect, it } from '@jest/globals';
import { compareDelivery, overdueDeliveries, strayDelivery, type ToldDelivery } from './compare-deliveries.ts';

const now = 1_800_000_000_000;
const minuteMs = 60_000;

function told(change: Partial<ToldDelivery> = {}): ToldDelivery {
  return {
    ...{ deliveryId: 'i:opened:0:c', channelId: 'c', incidentId: 'i', alertedAt: now - 60 * minuteMs },
    ...{ state: 'pending', plannedAt: now - 60 * minuteMs, nextAttemptAt: now - 30 * minuteMs, attemptCount: 2 },
    ...{ handedTo: null, attemptedAt: now - 40 * minuteMs },
    ...change,
  };
}

describe('compareDelivery', () => {
  it.each([
    ['as it is', told(), false],
    ['in another state', { ...told(), state: 'dead' } as const, true],
    ['with fewer attempts', { ...told(), attemptCount: 1 }, true],
    ['with another time to try', { ...told(), nextAttemptAt: null }, true],
    ['as planned before', { ...told(), plannedAt: 0 }, true],
    ['without the channel that took over', { ...told(), handedTo: 'd' }, true],
    ['not at all', null, true],
  ])('where it is shown %s', (_what, shown, differs) => {
    expect(compareDelivery(told(), shown)?.kind).toBe(differs ? 'delivery-outdated' : undefined);
  });

  it('has one that the log has no more end in an unknown way', () => {
    expect(strayDelivery('x', 1).repair).toEqual({ type: 'end-delivery', deliveryId: 'x' });
  });
});

describe('overdueDeliveries', () => {
  const ids = (...deliveries: ToldDelivery[]) => overdueDeliveries(deliveries, now).map(({ subject }) => subject);
  const resolved = { deliveryId: 'i:resolved:0:c', alertedAt: now - 50 * minuteMs };

  it.each([
    ['one that was due long ago', [told()], ['i:opened:0:c']],
    ['one that was never tried', [told({ nextAttemptAt: null, attemptedAt: 0 })], ['i:opened:0:c']],
    ['none that is due soon', [told({ nextAttemptAt: now + minuteMs })], []],
    ['none that has just fallen due', [told({ nextAttemptAt: now - 14 * minuteMs })], []],
    ['none that has ended', [told({ state: 'dead' })], []],
    ['none that waits for the one before it', [told({ nextAttemptAt: now + minuteMs }), told(resolved)], []],
    ['the first of an incident only', [told(resolved), told()], ['i:opened:0:c']],
    ['the one after one that has ended', [told({ state: 'delivered' }), told(resolved)], ['i:resolved:0:c']],
    ['none whose channel tries others', [told(), told({ incidentId: 'j', attemptedAt: now - minuteMs })], []],
    [
      'one whose channel is silent while another tries',
      [told(), told({ channelId: 'd', state: 'delivered', attemptedAt: now - minuteMs })],
      ['i:opened:0:c'],
    ],
  ])('names %s', (_what, deliveries, expected) => expect(ids(...deliveries)).toEqual(expected));
});
