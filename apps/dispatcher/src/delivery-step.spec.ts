import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { retryPolicyDefault } from '@quorate/alerting';
import { startPagerDutyStandIn } from '@quorate/testing';
import { backupId, channelId, routingKey, startedAt } from './alert.stage.ts';
import { openDeliveryStage, type DeliveryStage } from './delivery.stage.ts';

const minuteMs = 60_000;
let stage: DeliveryStage;

beforeEach(async () => {
  stage = await openDeliveryStage();
});

afterEach(async () => {
  await stage.end();
});

describe('a delivery', () => {
  it('takes the resolve with a trigger that is dead', async () => {
    stage.pagerDuty.behave({ status: 400 });
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened dead']);
    stage.pagerDuty.behave('accept');
    await stage.raise('resolved');
    await stage.reach(['opened dead', 'resolved dead']);
    expect(stage.pagerDuty.events).toEqual([]);
  });

  it('sends a trigger that is still unsent at the resolve in order, marked late', async () => {
    stage.pagerDuty.behave({ status: 500 });
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.until(() => stage.pagerDuty.calls.length > 0);
    await stage.raise('resolved');
    await stage.log.advance(2_000);
    stage.pagerDuty.behave('accept');
    await stage.reach(['opened delivered', 'resolved delivered']);
    expect(stage.actions).toEqual(['trigger', 'resolve']);
    expect((await stage.deliveries()).map(({ alert, late }) => [alert.transition, late]).sort()).toEqual([
      ['opened', true],
      ['resolved', false],
    ]);
    expect(stage.pagerDuty.events[0]?.payload?.custom_details).toHaveProperty('late');
  });

  it('lets a fallback channel take over after five minutes, resolve included, and goes on trying itself', async () => {
    const backup = await startPagerDutyStandIn();
    stage.pagerDuty.behave({ status: 503 });
    await stage.saveChannel({ fallbackChannelId: backupId });
    await stage.saveChannel({ id: backupId, pagerduty: { routingKey, url: backup.url } });
    await stage.run();
    await stage.raise('opened');
    await stage.until(() => stage.pagerDuty.calls.length > 1);
    expect(backup.events).toEqual([]);
    await stage.until(() => backup.events.length > 0, 10_000);
    const waitedMs = stage.log.now() - startedAt;
    expect(waitedMs).toBeGreaterThanOrEqual(5 * minuteMs);
    await stage.raise('resolved');
    await stage.until(() => backup.events.length > 1);
    expect(backup.alerts).toMatchObject([{ state: 'resolved', triggerCount: 1 }]);
    stage.pagerDuty.behave('accept');
    await stage.until(() => stage.pagerDuty.events.length > 1, 10_000);
    expect(stage.pagerDuty.alerts).toMatchObject([{ state: 'resolved', triggerCount: 1 }]);
    await backup.close();
  });

  it('hands over at once what was refused for good', async () => {
    const backup = await startPagerDutyStandIn();
    stage.pagerDuty.behave({ status: 403 });
    await stage.saveChannel({ fallbackChannelId: backupId });
    await stage.saveChannel({ id: backupId, pagerduty: { routingKey, url: backup.url } });
    await stage.run();
    await stage.raise('opened');
    await stage.until(() => backup.events.length > 0);
    expect(stage.log.now() - startedAt).toBeLessThan(minuteMs);
    await stage.raise('resolved');
    await stage.until(() => backup.alerts[0]?.state === 'resolved');
    await backup.close();
  });

  it('sends no reminder to PagerDuty', async () => {
    await stage.saveChannel();
    await stage.run();
    await stage.raise('reminder');
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(stage.actions).toEqual(['trigger']);
  });

  it('waits for a channel that the directory does not name yet', async () => {
    await stage.run();
    await stage.raise('opened');
    await stage.log.advance(30_000);
    expect((await stage.deliveries()).map(({ state }) => state)).toEqual(['pending']);
    await stage.saveChannel();
    await stage.reach(['opened delivered']);
  });

  it('gives up, saying why, when there is no such channel', async () => {
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened dead'], 5_000);
    expect(stage.log.now() - startedAt).toBeGreaterThanOrEqual(minuteMs);
    expect((await stage.deliveries())[0]?.attempts.at(-1)?.error).toBe('Not sent: there is no such channel (any more)');
  });

  it('gives up in the end, and a person may have it sent again, resolve included', async () => {
    stage.pagerDuty.behave({ status: 503, retryAfter: '20' });
    await stage.saveChannel();
    await stage.run({ retry: { ...retryPolicyDefault, giveUpAfterMs: 2 * minuteMs } });
    await stage.raise('opened');
    await stage.raise('resolved');
    await stage.reach(['opened dead', 'resolved dead'], 5_000);
    expect(stage.pagerDuty.calls.length).toBeGreaterThanOrEqual(3);
    const [delivery] = (await stage.deliveries()).filter(({ alert }) => alert.transition === 'opened');
    stage.pagerDuty.behave('accept');
    await stage.order({
      v: 1,
      type: 'retry-delivery',
      channelId: channelId,
      delivery: delivery!,
      at: stage.log.now(),
    });
    await stage.reach(['opened delivered', 'resolved delivered']);
    expect(stage.actions).toEqual(['trigger', 'resolve']);
  });

  it('sends a harmless test when asked to', async () => {
    await stage.saveChannel();
    await stage.run();
    const testId = '33333333-3333-4333-8333-333333333333';
    await stage.order({ v: 1, type: 'test-channel', channelId, testId, at: stage.log.now() });
    await stage.reach(['test delivered']);
    expect((await stage.deliveries())[0]?.deliveryId).toBe(`test:${testId}:test:0:${channelId}`);
    expect(stage.pagerDuty.events[0]?.payload).toMatchObject({
      severity: 'info',
      summary: 'Test alert from Quorate: nothing is down',
    });
  });

  it('ends the records of an incident that is over in tombstones', async () => {
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.raise('resolved');
    await stage.reach(['opened delivered', 'resolved delivered']);
    await stage.log.advance(11 * minuteMs);
    expect(await stage.deliveries()).toEqual([]);
  });
});
