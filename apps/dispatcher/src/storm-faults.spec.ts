/** Storms while tasks die and channels fail. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { queueTimingsDefault } from '@quorate/alerting';
import { startPagerDutyStandIn, type PagerDutyStandIn } from '@quorate/testing';
import { backupId, channelId, routingKey } from './alert.stage.ts';
import { openDeliveryStage, type DeliveryStage } from './delivery.stage.ts';
import { sites, stormEvents, stormFaults, untilAllEnded } from './storm.stage.ts';

let stage: DeliveryStage;

beforeEach(async () => {
  stage = await openDeliveryStage();
});

afterEach(async () => {
  await stage.end();
});

/** Ends the dispatcher as `kill -9` would, so many moments after what was just said, and starts another. */
async function killAfter(moments: number): Promise<void> {
  for (let moment = 0; moment < moments; moment++) {
    await stage.log.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  stage.kill();
  await stage.run();
}

describe('a storm, killed at any moment', () => {
  it.each([0, 1, 2, 3, 8, 19, 21, 23])(
    'is told once, and resolved, when the dispatcher dies %i moments after each turn',
    async (moments) => {
      await stage.saveChannel();
      await stage.run();
      await stage.raiseOf(sites(1, 13), 'opened');
      await killAfter(moments);
      await stage.raiseOf([14], 'opened');
      await stage.raiseOf([1, 13], 'resolved');
      await killAfter(moments);
      await stage.until(() => stormEvents(stage.pagerDuty).length > 0);
      await stage.raiseOf(sites(2, 12), 'resolved');
      await stage.raiseOf([14], 'resolved');
      await killAfter(moments);
      await untilAllEnded(stage, 30);
      expect(await stormFaults(stage, 14)).toEqual([]);
      expect(stage.pagerDuty.alerts.filter(({ dedupKey }) => dedupKey.startsWith('storm:'))).toHaveLength(1);
    },
  );

  it('is one as well when it piled up while no dispatcher ran', async () => {
    await stage.saveChannel();
    await stage.raiseOf(sites(1, 14), 'opened');
    await stage.run();
    await stage.until(() => stage.pagerDuty.alerts.length === 11);
    await stage.raiseOf(sites(1, 14), 'resolved');
    await untilAllEnded(stage, 30);
    expect(await stormFaults(stage, 14)).toEqual([]);
  });

  it('may repeat a message that was sent but not recorded, under the same key', async () => {
    stage.pagerDuty.behave((event) => (event.dedup_key.startsWith('storm:') ? 'accept-then-hang' : 'accept'));
    await stage.saveChannel();
    await stage.run();
    await stage.raiseOf(sites(1, 12), 'opened');
    await stage.until(() => stormEvents(stage.pagerDuty).length > 0);
    stage.kill();
    stage.pagerDuty.behave('accept');
    await stage.run();
    await stage.raiseOf(sites(1, 12), 'resolved');
    await untilAllEnded(stage, 26);
    const [page] = stage.pagerDuty.alerts.filter(({ dedupKey }) => dedupKey.startsWith('storm:'));
    expect(page?.triggerCount).toBeGreaterThan(1);
    expect(await stormFaults(stage, 12)).toEqual([]);
  });
});

describe('a storm on a channel that fails', () => {
  let backup: PagerDutyStandIn;

  beforeEach(async () => {
    backup = await startPagerDutyStandIn();
    await stage.saveChannel({ fallbackChannelId: backupId, stormBrake: { openedMax: 2 } });
    await stage.saveChannel({ id: backupId, pagerduty: { routingKey, url: backup.url } });
  });

  afterEach(async () => {
    await backup.close();
  });

  it('is taken over as one page by the fallback channel, with its lists and its resolve', async () => {
    stage.pagerDuty.behave({ status: 503 });
    await stage.run({ queue: { ...queueTimingsDefault, fallbackAfterMs: 10_000 } });
    await stage.raiseOf(sites(1, 6), 'opened');
    await stage.until(() => backup.alerts.length === 3);
    await stage.raiseOf(sites(1, 6), 'resolved');
    await stage.until(() => backup.alerts.every(({ state }) => state === 'resolved'));
    expect(backup.alerts.filter(({ dedupKey }) => dedupKey.startsWith('storm:'))).toHaveLength(1);
    stage.pagerDuty.behave('accept');
    await stage.until(() => stage.pagerDuty.alerts.filter(({ state }) => state === 'resolved').length === 3, 5_000);
    expect(await stormFaults(stage, 6)).toEqual([]);
  });

  it('goes on there when it was refused for good, and a person may have it sent here again', async () => {
    const refused = (event: { dedup_key: string }) => event.dedup_key.startsWith('storm:');
    stage.pagerDuty.behave((event) => (refused(event) ? { status: 403 } : 'accept'));
    await stage.run();
    await stage.raiseOf(sites(1, 12), 'opened');
    await stage.until(() => stormEvents(backup).length > 0);
    const [dead] = (await stage.deliveries()).filter(({ storm, state }) => storm !== null && state === 'dead');
    expect(dead).toMatchObject({ handedTo: backupId });
    stage.pagerDuty.behave('accept');
    await stage.order({
      v: 1,
      type: 'retry-delivery',
      channelId: channelId,
      delivery: dead!,
      at: stage.log.now(),
    });
    await stage.until(() => stormEvents(stage.pagerDuty).length > 0);
    await stage.raiseOf(sites(1, 12), 'resolved');
    await stage.until(() => backup.alerts.every(({ state }) => state === 'resolved'));
    await stage.until(() => stage.pagerDuty.alerts.every(({ state }) => state === 'resolved'));
    expect(await stormFaults(stage, 12)).toEqual([]);
  });
});

describe('a roll-up that is refused for good', () => {
  it('lets its incidents go, each to be paged and resolved on its own; it is not sent again', async () => {
    stage.pagerDuty.behave((event) => (event.dedup_key.startsWith('storm:') ? { status: 400 } : 'accept'));
    await stage.saveChannel();
    await stage.run();
    await stage.raiseOf(sites(1, 13), 'opened');
    await stage.until(() => stage.pagerDuty.alerts.length === 13);
    const [dead] = (await stage.deliveries()).filter(({ storm }) => storm !== null);
    expect(dead).toMatchObject({ state: 'dead', attempts: [{ outcome: 'refused' }] });
    const order = { v: 1, type: 'retry-delivery', channelId, delivery: dead! } as const;
    stage.pagerDuty.behave('accept');
    await stage.order({ ...order, at: stage.log.now() });
    await stage.raiseOf(sites(1, 13), 'resolved');
    await untilAllEnded(stage, 27);
    expect(stormEvents(stage.pagerDuty)).toEqual([]);
    expect(await stormFaults(stage, 13)).toEqual([]);
  });
});
