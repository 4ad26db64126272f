/** Signs of life of the dead man's switch, planned and sent over a simulated log to a receiver on loopback. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { queueTimingsDefault } from '@quorate/alerting';
import type { Delivery } from '@quorate/contracts';
import { metricsText } from '@quorate/telemetry';
import { startHeartbeatReceiver, type HeartbeatReceiver } from '@quorate/testing';
import { monitorId, startedAt } from './alert.stage.ts';
import { openDeliveryStage, type DeliveryStage } from './delivery.stage.ts';

const intervalMs = 60_000;
let stage: DeliveryStage;
let receiver: HeartbeatReceiver;

async function saveChannel(version = 1): Promise<void> {
  await stage.saveChannel({ version, type: 'heartbeat', heartbeat: { url: receiver.url, method: 'GET' } });
}

/** As the aggregator does, in the round that is due now. */
async function pulse(): Promise<void> {
  const dueAt = stage.log.now();
  const incidentId = `${monitorId}:${dueAt}`;
  const expiresAt = dueAt + intervalMs;
  await stage.raise('pulse', { incidentId, openedAt: dueAt, firstFailureAt: dueAt, expiresAt, votes: [] });
}

async function ofState(state: Delivery['state']): Promise<Delivery[]> {
  return (await stage.deliveries()).filter((delivery) => delivery.state === state);
}

beforeEach(async () => {
  stage = await openDeliveryStage();
  receiver = await startHeartbeatReceiver();
});

afterEach(async () => {
  await stage.end();
  await receiver.close();
});

describe('a sign of life', () => {
  it('is one bare call to the receiver, and the time of it is a metric', async () => {
    await saveChannel();
    await stage.run();
    await pulse();
    await stage.until(async () => (await ofState('delivered')).length === 1);
    expect(receiver.beats).toMatchObject([{ method: 'GET', path: new URL(receiver.url).pathname }]);
    expect(receiver.beats[0]?.headers).not.toHaveProperty('content-type');
    const sentAt = /^quorate_dead_mans_switch_pulse_timestamp_seconds (\S+)/m.exec(await metricsText())?.[1];
    expect(Number(sentAt) * 1_000 - startedAt).toBeGreaterThanOrEqual(0);
    expect(Number(sentAt) * 1_000).toBeLessThanOrEqual(stage.log.now());
  });

  it('is tried again while it is the newest', async () => {
    receiver.behave({ status: 503, text: '' });
    await saveChannel();
    await stage.run();
    await pulse();
    await stage.until(() => receiver.beats.length === 2);
    receiver.behave({ status: 200, text: 'OK' });
    await stage.until(async () => (await ofState('delivered')).length === 1);
    expect(stage.log.now()).toBeLessThan(startedAt + intervalMs);
  });

  it('is dropped when the next one is due, without fallback or dead letter, and the log says why', async () => {
    receiver.behave({ status: 503, text: '' });
    await saveChannel();
    await stage.run();
    await pulse();
    await stage.until(async () => (await ofState('dead')).length === 1);
    const [{ attempts } = { attempts: [] }] = await ofState('dead');
    expect(attempts.at(-1)?.error).toMatch(/answered 503|Not sent in time: the next one is due/);
    expect(Math.max(...attempts.map(({ at }) => at))).toBeLessThan(startedAt + intervalMs + 1_000);
    expect(await stage.log.records('dead-letters')).toEqual([]);
  });

  it('is given up in the middle of a call when the next one is due', async () => {
    receiver.behave('hang');
    await saveChannel();
    await stage.run({ deadlineMs: 60_000 });
    const expiresAt = stage.log.now() + 1_000;
    await stage.raise('pulse', { incidentId: `${monitorId}:${startedAt}`, expiresAt });
    await stage.until(async () => (await ofState('dead')).length === 1, 20);
    expect((await ofState('dead'))[0]?.attempts[0]?.error).toContain('no complete answer within');
  });

  it('that was not taken is dead at once, with what the receiver said', async () => {
    receiver.behave({ status: 200, text: 'OK (not found)' });
    await saveChannel();
    await stage.run();
    await pulse();
    await stage.until(async () => (await ofState('dead')).length === 1);
    const [{ attempts } = { attempts: [] }] = await ofState('dead');
    expect(attempts.map(({ error }) => error)).toEqual(['answered 200, but did not count it: not found']);
    expect(await stage.log.records('dead-letters')).toEqual([]);
  });

  it('is not sent late by a dispatcher that was away: of a backlog only the newest is worth a call', async () => {
    await saveChannel();
    for (let round = 0; round < 5; round++) {
      await pulse();
      await stage.log.advance(round < 4 ? intervalMs : 1_000);
    }
    await stage.run();
    await stage.until(async () => (await ofState('delivered')).length === 1);
    await stage.log.advance(10_000);
    expect(receiver.beats).toHaveLength(1);
    expect(await stage.deliveries()).toHaveLength(1);
  });

  it('that a killed dispatcher had planned is not sent by its successor once the next one is due', async () => {
    receiver.behave({ status: 503, text: '' });
    await saveChannel();
    await stage.run();
    await pulse();
    await stage.until(() => receiver.beats.length === 1);
    stage.kill();
    await stage.log.advance(intervalMs);
    receiver.behave({ status: 200, text: 'OK' });
    await stage.run();
    await stage.until(async () => (await ofState('dead')).length === 1);
    expect(receiver.beats).toHaveLength(1);
  });

  it('waits no longer than its time behind a breaker that opened', async () => {
    receiver.behave({ status: 500, text: '' });
    await saveChannel();
    await stage.run({
      breaker: { openMs: 600_000, windowMs: 60_000 },
      retry: { firstBackOffMs: 10, backOffMsMax: 10, giveUpAfterMs: 86_400_000 },
    });
    await pulse();
    await stage.until(() => receiver.beats.length >= 5, 20);
    await pulse();
    await stage.until(async () => (await ofState('dead')).length === 2, 2_000);
    const errors = (await ofState('dead')).map(({ attempts }) => attempts.at(-1)?.error);
    expect(errors).toContain('Not sent in time: the next one is due');
  });

  it('is forgotten a while after it ended, so that a year of them leaves no more than a few', async () => {
    await saveChannel();
    await stage.run({ queue: { ...queueTimingsDefault, keepFinishedMs: 10_000 } });
    for (let round = 1; round <= 8; round++) {
      await pulse();
      await stage.until(() => receiver.beats.length === round, 200);
      await stage.log.advance(startedAt + round * 5_000 - stage.log.now());
    }
    const { length } = await stage.deliveries();
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(3);
  });
});
