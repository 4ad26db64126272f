import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { directoryKeyOfChannel, partitionOf } from '@quorate/contracts';
import { SecretBox } from '@quorate/runtime';
import type { PagerDutyBehaviour } from '@quorate/testing';
import { backupId, channelId, monitorId, routingKey, startedAt, traceId } from './alert.stage.ts';
import { openDeliveryStage, type DeliveryStage } from './delivery.stage.ts';

const minuteMs = 60_000;
let stage: DeliveryStage;

beforeEach(async () => {
  stage = await openDeliveryStage();
});

afterEach(async () => {
  await stage.end();
});

describe('the dispatcher', () => {
  it('pages once for an incident, with every vote and the trace, and resolves it under the same key', async () => {
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    await stage.raise('resolved');
    await stage.reach(['opened delivered', 'resolved delivered']);
    expect(stage.actions).toEqual(['trigger', 'resolve']);
    expect(stage.pagerDuty.alerts).toEqual([
      {
        routingKey,
        dedupKey: `${monitorId}:${startedAt - 10_000}`,
        state: 'resolved',
        triggerCount: 1,
      },
    ]);
    const [trigger] = stage.pagerDuty.events;
    expect(trigger).toMatchObject({
      client: 'Quorate',
      client_url: 'https://quorate.example',
      payload: {
        summary: 'Shop is down: got 503, expected 200-299 (2 of 3 regions: eu, us)',
        source: 'https://shop.example/',
        severity: 'critical',
        component: 'Shop',
        group: 'web',
        class: 'status.unexpected',
        custom_details: { regions_down: ['eu', 'us'], trace_id: traceId },
      },
    });
    expect(trigger?.payload?.custom_details?.['votes']).toHaveLength(3);
    expect(String(stage.pagerDuty.calls[0]?.headers['traceparent'])).toContain(traceId);
  });

  it.each<[string, PagerDutyBehaviour, number]>([
    ['answers 500', { status: 500 }, 1],
    ['answers 503', { status: 503 }, 1],
    ['answers 429', { status: 429 }, 1],
    ['sends elsewhere', { status: 302 }, 1],
    ['resets the connection', 'reset', 1],
    ['says nothing until the deadline', 'hang', 1],
    ['takes the event and resets before its answer', 'accept-then-reset', 2],
    ['takes the event and never answers', 'accept-then-hang', 2],
  ])('tries again when PagerDuty %s, and still pages only once', async (_situation, behaviour, triggerCount) => {
    let callCount = 0;
    stage.pagerDuty.behave(() => (++callCount === 1 ? behaviour : 'accept'));
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(stage.pagerDuty.alerts).toMatchObject([{ state: 'triggered', triggerCount }]);
    const [delivery] = await stage.deliveries();
    expect(delivery?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'accepted']);
  });

  it('never repeats an event that PagerDuty calls invalid, buries it, and shows nobody the routing key', async () => {
    const body = JSON.stringify({
      status: 'invalid event',
      message: 'Bad',
      errors: [`no service for ${routingKey}`],
    });
    stage.pagerDuty.behave({ status: 400, body });
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened dead']);
    await stage.log.advance(10 * minuteMs);
    expect(stage.pagerDuty.calls).toHaveLength(1);
    const [delivery] = await stage.deliveries();
    expect(delivery?.attempts[0]).toMatchObject({
      outcome: 'refused',
      statusCode: 400,
      error: 'answered 400: Bad; no service for [secret]',
    });
    const written = [...(await stage.log.records('deliveries')), ...(await stage.log.records('dead-letters'))];
    expect(JSON.stringify(written)).not.toContain(routingKey);
    expect(await stage.log.records('dead-letters')).toHaveLength(1);
  });

  it('goes on after it was killed, and repeats nothing that is on record', async () => {
    stage.pagerDuty.behave((event) => (event.event_action === 'resolve' ? { status: 500 } : 'accept'));
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    await stage.raise('resolved');
    await stage.until(() => stage.pagerDuty.calls.length > 1);
    stage.kill();
    stage.pagerDuty.behave('accept');
    await stage.run();
    await stage.reach(['opened delivered', 'resolved delivered']);
    expect(stage.actions).toEqual(['trigger', 'resolve']);
  });

  it('may repeat what was sent but not recorded when it was killed, under the same key', async () => {
    stage.pagerDuty.behave('accept-then-hang');
    await stage.saveChannel();
    await stage.run();
    await stage.raise('opened');
    await stage.until(() => stage.pagerDuty.events.length > 0);
    stage.kill();
    stage.pagerDuty.behave('accept');
    await stage.run();
    await stage.reach(['opened delivered']);
    expect(stage.pagerDuty.alerts).toMatchObject([{ state: 'triggered', triggerCount: 2 }]);
  });

  it('waits for what is on its way when it ends in order, so that nothing is sent twice', async () => {
    stage.pagerDuty.behave('hang');
    await stage.saveChannel();
    const service = await stage.run();
    await stage.raise('opened');
    await stage.until(() => stage.pagerDuty.calls.length > 0);
    const closed = service.close();
    await stage.until(async () => (await stage.deliveries())[0]?.attemptCount === 1, 100);
    await closed;
    expect(stage.pagerDuty.calls).toHaveLength(1);
  });

  it('keeps PagerDuty below 120 events a minute, and lets resolves overtake what waits', async () => {
    await stage.saveChannel();
    await stage.run();
    const incidents = Array.from({ length: 150 }, (_, index) => `${monitorId}:${startedAt - index}`);
    for (const incidentId of incidents) await stage.raise('opened', { incidentId });
    await stage.until(() => stage.pagerDuty.events.length >= 20);
    const heardOf = stage.pagerDuty.events.slice(0, 20).map(({ dedup_key }) => dedup_key);
    for (const incidentId of heardOf) await stage.raise('resolved', { incidentId });
    await stage.reach([
      ...Array<string>(150).fill('opened delivered'),
      ...Array<string>(20).fill('resolved delivered'),
    ]);
    const sentAt = (await stage.deliveries()).map(({ attempts }) => attempts[0]?.at ?? 0);
    const withinMinute = (at: number) => sentAt.filter((other) => other >= at && other < at + minuteMs).length;
    expect(Math.max(...sentAt.map(withinMinute))).toBeLessThanOrEqual(120);
    expect(stage.pagerDuty.alerts.every(({ triggerCount }) => triggerCount === 1)).toBe(true);
    expect(stage.pagerDuty.alerts.filter(({ state }) => state === 'resolved')).toHaveLength(20);
    expect(stage.actions.lastIndexOf('resolve')).toBeLessThan(100);
  });

  it('spares a channel that keeps failing, and loses nothing by it', async () => {
    stage.pagerDuty.behave({ status: 500 });
    await stage.saveChannel();
    await stage.run();
    const incidents = Array.from({ length: 12 }, (_, index) => `${monitorId}:${startedAt - index}`);
    for (const incidentId of incidents) await stage.raise('opened', { incidentId });
    await stage.until(() => stage.pagerDuty.calls.length >= 5);
    stage.pagerDuty.behave('accept');
    await stage.until(async () => (await stage.deliveries()).every(({ state }) => state === 'delivered'), 5_000);
    expect(stage.pagerDuty.alerts).toHaveLength(12);
  });

  it('keeps to the newest version of a channel when an older form comes late', async () => {
    await stage.run();
    await stage.saveChannel({ version: 3 });
    await stage.saveChannel({ version: 2, pagerduty: { routingKey: 'older', url: stage.pagerDuty.url } });
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(stage.pagerDuty.events).toMatchObject([{ routing_key: routingKey }]);
  });

  it('does not dial an address that is not allowed', async () => {
    await stage.saveChannel({ pagerduty: { routingKey, url: 'http://169.254.169.254/v2/enqueue' } });
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened dead']);
    expect((await stage.deliveries())[0]?.attempts[0]?.error).toContain('QUORATE_ALLOW_PRIVATE_TARGETS');
  });

  it('keeps trying with a secret that it cannot open, since an operator can mend that', async () => {
    const foreign = new SecretBox(Buffer.alloc(32, 9));
    const place = { entity: 'channel', id: channelId, field: '/pagerduty/routingKey' } as const;
    await stage.saveChannel();
    const [stored] = await stage.log.records('directory');
    const channel = JSON.parse(stored?.value ?? '') as { pagerduty: { routingKey: string } };
    channel.pagerduty.routingKey = foreign.seal(routingKey, place);
    await stage.log.deliver([{ topic: 'directory', partition: 0, key: stored!.key, value: JSON.stringify(channel) }]);
    await stage.run();
    await stage.raise('opened');
    await stage.until(async () => ((await stage.deliveries())[0]?.attemptCount ?? 0) > 0);
    expect((await stage.deliveries())[0]).toMatchObject({ state: 'pending', attempts: [{ outcome: 'failed' }] });
    await stage.saveChannel();
    await stage.reach(['opened delivered']);
  });

  it('plans only once it knows every channel, so that none is sent what its type does not want', async () => {
    await stage.saveChannel();
    await stage.raise('opened');
    await stage.raise('reminder');
    const known = Promise.withResolvers<void>();
    const follow = stage.log.follow.bind(stage.log);
    stage.log.follow = (topics, from, handle) => {
      if (!topics.includes('directory')) return follow(topics, from, handle);
      const follower = follow(topics, from, (records) => void known.promise.then(() => handle(records)));
      return {
        close: () => follower.close(),
        caughtUp: Promise.all([follower.caughtUp, known.promise]).then(() => {}),
      };
    };
    const running = stage.run();
    await stage.log.advance(2_000);
    expect(await stage.deliveries()).toEqual([]);
    known.resolve();
    await running;
    await stage.reach(['opened delivered']);
    expect(stage.actions).toEqual(['trigger']);
  });

  it('is not held up by records that it cannot read', async () => {
    await stage.saveChannel();
    const partition = partitionOf(monitorId, stage.log.partitionCount('alerts'));
    await stage.log.deliver([{ topic: 'directory', partition: 0, key: directoryKeyOfChannel(backupId), value: '{' }]);
    await stage.log.deliver([{ topic: 'alerts', partition, key: monitorId, value: '{"v":1}' }]);
    await stage.run();
    await stage.raise('opened');
    await stage.reach(['opened delivered']);
    expect(await stage.log.records('dead-letters')).toHaveLength(1);
  });
});
