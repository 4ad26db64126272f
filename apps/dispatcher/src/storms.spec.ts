/** The storm brake of the running dispatcher, against the stand-in for PagerDuty. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { channelId, traceId } from './alert.stage.ts';
import { openDeliveryStage, type DeliveryStage } from './delivery.stage.ts';
import { sites, stormEvents, stormFaults, untilAllEnded } from './storm.stage.ts';

let stage: DeliveryStage;

beforeEach(async () => {
  stage = await openDeliveryStage();
});

afterEach(async () => {
  await stage.end();
});

const alertCount = (count: number) => stage.until(() => stage.pagerDuty.alerts.length === count);

/** Sites 1 to 10 have paged on their own, then the others are told in a roll-up. */
async function openStorm(...others: readonly number[]): Promise<void> {
  await stage.saveChannel();
  await stage.run({ deadlineMs: 3_000 });
  await stage.raiseOf(sites(1, 10), 'opened');
  await alertCount(10);
  await stage.raiseOf(others, 'opened');
  await alertCount(11);
}

describe('a storm', () => {
  it('is one page for all beyond the first ten, told anew as members come and go, resolved with the last', async () => {
    await openStorm(11, 12, 13, 14);
    await stage.raiseOf([15], 'opened');
    await stage.raiseOf([11, 12], 'resolved');
    await stage.until(() => stormEvents(stage.pagerDuty).length > 1);
    await stage.raiseOf([...sites(1, 10), 13, 14, 15], 'resolved');
    await untilAllEnded(stage, 30);
    const events = stormEvents(stage.pagerDuty);
    expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'trigger', 'resolve']);
    expect(events[1]?.payload?.summary).toBe('3 of the 5 monitors of this storm are down: Site 13, Site 14, Site 15');
    expect(stage.pagerDuty.alerts).toHaveLength(11);
    expect(await stormFaults(stage, 15)).toEqual([]);
  });

  it('of hundreds of monitors at once is eleven pages, and nothing of it is lost', async () => {
    await stage.saveChannel();
    await stage.run({ deadlineMs: 3_000 });
    await stage.raiseOf(sites(1, 300), 'opened');
    await alertCount(11);
    await stage.raiseOf(sites(1, 300), 'resolved');
    await stage.until(() => stage.pagerDuty.alerts.every(({ state }) => state === 'resolved'));
    const deliveries = await untilAllEnded(stage, 602);
    expect(deliveries.filter(({ state }) => state === 'rolled-up')).toHaveLength(2 * 290);
    expect(stage.pagerDuty.alerts).toHaveLength(11);
    expect(await stormFaults(stage, 300)).toEqual([]);
  });

  it('tells of each member in its own delivery where it was told', async () => {
    await openStorm(11, 12);
    await stage.raiseOf([11], 'acknowledged', { acknowledgedBy: 'Ada' });
    await stage.until(() => stormEvents(stage.pagerDuty).length === 2);
    const deliveries = await untilAllEnded(stage, 15);
    const stormId = stormEvents(stage.pagerDuty)[0]?.dedup_key;
    const told = deliveries.filter(({ state }) => state === 'rolled-up');
    expect(told.map(({ alert, rolledUpIn }) => [alert.transition, rolledUpIn]).toSorted()).toEqual([
      ['acknowledged', { stormId, sequence: 1 }],
      ['opened', { stormId, sequence: 0 }],
      ['opened', { stormId, sequence: 0 }],
    ]);
    const messages = deliveries.filter(({ storm }) => storm !== null);
    expect(messages.map(({ alert, state }) => [alert.transition, alert.sequence, state]).toSorted()).toEqual([
      ['opened', 0, 'delivered'],
      ['updated', 1, 'delivered'],
    ]);
  });

  it('rolls up no platform alert and no test', async () => {
    await openStorm(11);
    const trouble = { severity: 'critical', detail: 'd', consequence: 'c', remedy: 'r' } as const;
    await stage.raiseOf([20], 'opened', { subject: 'platform', trouble });
    const testId = '33333333-3333-4333-8333-333333333333';
    await stage.order({ v: 1, type: 'test-channel', channelId, testId, at: stage.log.now() });
    await alertCount(13);
  });

  it('leads the trace of its first incident on into its page', async () => {
    await openStorm(11);
    const call = stage.pagerDuty.calls.find(({ event }) => event.dedup_key.startsWith('storm:'));
    expect(String(call?.headers['traceparent'])).toContain(traceId);
  });

  it('goes on without the brake when that is switched off meanwhile', async () => {
    await openStorm(11, 12);
    await stage.saveChannel({ version: 2, stormBrake: { enabled: false } });
    await stage.raiseOf(sites(20, 31), 'opened');
    await alertCount(23);
    await stage.raiseOf([...sites(1, 12), ...sites(20, 31)], 'resolved');
    await untilAllEnded(stage, 50);
    expect(await stormFaults(stage, 24)).toEqual([]);
  });

  it('ends where its channel is deleted: what is left to say of it is given up, and says why', async () => {
    await openStorm(11, 12);
    await stage.deleteChannel();
    await stage.raiseOf([11, 12], 'resolved');
    const deliveries = await untilAllEnded(stage, 16, 5_000);
    const [resolve] = deliveries.filter(({ storm, alert }) => storm !== null && alert.transition === 'resolved');
    expect(resolve?.attempts.at(-1)?.error).toBe('Not sent: there is no such channel (any more)');
  });
});
