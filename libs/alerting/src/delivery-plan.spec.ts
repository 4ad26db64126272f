import { describe, expect, it } from '@jest/globals';
import type { Alert } from '@quorate/contracts';
import { handOver, newDelivery, planDeliveries, type ChannelType } from './delivery-plan.ts';

const now = 1_800_000_000_000;
const incidentId = `6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f:${now}`;

function alertOf(transition: Alert['transition'], channelIds: string[]): Alert {
  return {
    v: 1,
    subject: 'monitor',
    trouble: null,
    alertId: `${incidentId}:${transition}:0`,
    incidentId,
    monitorId: '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f',
    transition,
    sequence: 0,
    at: now,
    monitor: { name: 'Shop', type: 'http', target: 'https://shop.example', tags: {} },
    channelIds,
    firstFailureAt: now,
    openedAt: now,
    resolvedAt: null,
    resolveCause: null,
    acknowledgedBy: null,
    regions: ['eu', 'us'],
    expectedRegions: ['eu', 'us', 'ap'],
    votes: [],
  };
}

const types = new Map<string, ChannelType>([
  ['pager', 'pagerduty'],
  ['hook', 'webhook'],
]);
const typeOf = (channelId: string) => types.get(channelId);
const plannedFor = (alert: Alert) => planDeliveries(alert, { typeOf, now }).map(({ channelId }) => channelId);

describe('planDeliveries', () => {
  it.each<[string, Alert['transition'], string[], string[]]>([
    ['an opened incident to every channel', 'opened', ['pager', 'hook'], ['pager', 'hook']],
    ['a resolved one as well', 'resolved', ['pager', 'hook'], ['pager', 'hook']],
    ['an acknowledged one as well', 'acknowledged', ['pager', 'hook'], ['pager', 'hook']],
    ['a reminder not to PagerDuty, which reminds by itself', 'reminder', ['pager', 'hook'], ['hook']],
    ['a reminder to a channel that is not known yet', 'reminder', ['new'], ['new']],
    ['a channel named twice only once', 'opened', ['hook', 'hook'], ['hook']],
    ['nothing where no channel is named', 'opened', [], []],
  ])('plans %s', (_situation, transition, channelIds, expected) => {
    expect(plannedFor(alertOf(transition, channelIds))).toEqual(expected);
  });

  it('names a delivery by its facts, so that planning it again gives it the same name', () => {
    const [first, second] = [0, 5_000].map(
      (laterMs) => planDeliveries(alertOf('opened', ['hook']), { typeOf, now: now + laterMs })[0]?.deliveryId,
    );
    expect(first).toBe(`${incidentId}:opened:0:hook`);
    expect(second).toBe(first);
  });

  it('plans no sign of life whose successor is due: whoever waits would take the past for the present', () => {
    const pulse = { ...alertOf('pulse', ['watch']), expiresAt: now + 1 };
    expect(plannedFor(pulse)).toEqual(['watch']);
    expect(planDeliveries(pulse, { typeOf, now: now + 1 })).toEqual([]);
  });

  it('makes it due at once', () => {
    expect(newDelivery(alertOf('opened', ['hook']), 'hook', now)).toMatchObject({
      state: 'pending',
      nextAttemptAt: now,
      attemptCount: 0,
      late: false,
    });
  });
});

describe('handOver', () => {
  const delivery = newDelivery(alertOf('opened', ['pager']), 'pager', now);
  const to = (fallbackChannelId: string | null) => ({ fallbackChannelId, now: now + 1 });

  it('plans the same alert for the fallback channel and notes it on the first delivery', () => {
    const outcome = handOver(delivery, to('hook'));
    expect(outcome?.handed).toEqual({ ...delivery, handedTo: 'hook' });
    expect(outcome?.takenOver).toMatchObject({
      deliveryId: `${incidentId}:opened:0:hook`,
      channelId: 'hook',
      fallbackOf: 'pager',
      state: 'pending',
      plannedAt: now + 1,
    });
  });

  it('hands over a dead delivery too', () => {
    expect(handOver({ ...delivery, state: 'dead' }, to('hook'))).not.toBeNull();
  });

  it.each([
    ['there is no fallback channel', delivery, null],
    [
      'the fallback channel hears of the alert anyway',
      { ...delivery, alert: alertOf('opened', ['pager', 'hook']) },
      'hook',
    ],
    ['it was handed over before', { ...delivery, handedTo: 'hook' }, 'hook'],
    ['it is itself a fallback, lest two channels play ball', { ...delivery, fallbackOf: 'hook' }, 'hook'],
    ['it was delivered', { ...delivery, state: 'delivered' as const }, 'hook'],
  ])('does not when %s', (_situation, given, fallbackChannelId) => {
    expect(handOver(given, to(fallbackChannelId))).toBeNull();
  });
});
