/** How the API tells of storms: where each incident was told, and what a channel heard. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertIdOf, deliveryIdOf, stormIdOf, type Alert, type Delivery } from '@quorate/contracts';
import type { ProblemBody } from './api-client.ts';
import { ApiSystem, until } from './api-system.ts';
import { ReadModel } from './read-model.ts';
import { alertOf, alertTold, deliveryOf, deliveryTold, startAt } from './records.ts';

interface Shown {
  id: string;
  state: string;
  monitorId: string | null;
  rolledUpIn: object | null;
  storm: object | null;
}

describe('a storm', () => {
  let system: ApiSystem;
  let model: ReadModel;
  let channelId: string;
  let stormId: string;
  let opened: Alert;

  /** A message of the storm's roll-up, as the dispatcher writes it. */
  function messageOf(transition: Alert['transition'], sequence: number, change: Partial<Delivery> = {}): Delivery {
    const names = { incidentId: stormId, alertId: alertIdOf(stormId, transition, sequence), sequence, transition };
    const alert = alertOf(channelId, { subject: 'storm', openedAt: startAt, ...names });
    const counts = { openCount: 2, acknowledgedCount: 0, resolvedCount: 1 };
    const storm = { channelId, topic: 'outages' as const, openedMax: 10, windowSeconds: 60, ...counts, members: [] };
    return deliveryOf(alert, channelId, { storm, state: 'delivered', nextAttemptAt: null, ...change });
  }

  const retry = (delivery: Delivery) =>
    system.client.post<ProblemBody>(`/api/v1/deliveries/${encodeURIComponent(delivery.deliveryId)}/retry`);

  async function deliveries(query: string, count: number): Promise<Shown[]> {
    let items: Shown[] = [];
    await until(async () => {
      const { body } = await system.client.get<{ items: Shown[] }>(`/api/v1/deliveries?${query}`);
      ({ items } = body);
      return items.length >= count;
    });
    expect(items).toHaveLength(count);
    return items;
  }

  beforeAll(async () => {
    system = await ApiSystem.start();
    model = new ReadModel(system);
    channelId = await model.newChannel();
    stormId = stormIdOf(channelId, startAt);
    opened = alertOf(await model.newMonitor(), { channelIds: [channelId] });
    const rolledUp = { state: 'rolled-up', rolledUpIn: { stormId, sequence: 1 }, nextAttemptAt: null } as const;
    await system.say(alertTold(opened), deliveryTold(deliveryOf(opened, channelId, rolledUp)));
    const messages = [messageOf('opened', 0), messageOf('updated', 1), messageOf('updated', 2)];
    await system.say(...messages.map(deliveryTold));
  }, 60_000);
  afterAll(() => system.remove());

  it('is found from each incident that was told in it, and tells what was told in it', async () => {
    const [member] = await deliveries(`stormId=${encodeURIComponent(stormId)}`, 1);
    expect(member).toMatchObject({
      id: deliveryIdOf(opened.alertId, channelId),
      monitorId: opened.monitorId,
      state: 'rolled-up',
      rolledUpIn: { stormId, sequence: 1 },
      storm: null,
    });
    const messages = await deliveries(`incidentId=${encodeURIComponent(stormId)}`, 3);
    expect(messages.map(({ monitorId, state, rolledUpIn }) => ({ monitorId, state, rolledUpIn }))).toEqual(
      Array(3).fill({ monitorId: null, state: 'delivered', rolledUpIn: null }),
    );
    expect(messages[0]?.storm).toEqual({ openCount: 2, acknowledgedCount: 0, resolvedCount: 1 });
  });

  it('shows in the timeline of an incident with the one message that told of it first', async () => {
    await deliveries(`incidentId=${encodeURIComponent(stormId)}`, 3);
    const { timeline } = await model.incident(opened.incidentId);
    const shown = timeline.flatMap(({ delivery }) => (delivery === undefined ? [] : (delivery as unknown as Shown)));
    expect(shown.map(({ id, state }) => [id, state])).toEqual(
      expect.arrayContaining([
        [deliveryIdOf(opened.alertId, channelId), 'rolled-up'],
        [deliveryIdOf(alertIdOf(stormId, 'updated', 1), channelId), 'delivered'],
      ]),
    );
    expect(shown).toHaveLength(2);
  });

  it('is not sent again where other deliveries took its place', async () => {
    const dead = messageOf('opened', 9, { state: 'dead' });
    const handed = messageOf('opened', 10, { state: 'dead', handedTo: await model.newChannel() });
    await system.say(deliveryTold(dead), deliveryTold(handed));
    await deliveries(`state=dead&channelId=${channelId}`, 2);
    expect(await retry(dead)).toMatchObject({ status: 409, body: { code: 'QRT_DELIVERY_REPLACED' } });
    expect(await retry(handed)).toMatchObject({ status: 202 });
  });

  it('is braked as a channel says, which may switch the brake off and on again', async () => {
    const path = `/api/v1/channels/${channelId}`;
    const brakeOf = async (patch: object) =>
      (await system.client.patch<{ stormBrake: object }>(path, { stormBrake: patch })).body.stormBrake;
    expect(await brakeOf({ enabled: false })).toEqual({ enabled: false, openedMax: 10, windowSeconds: 60 });
    expect(await brakeOf({ enabled: true, openedMax: 25 })).toEqual({
      enabled: true,
      openedMax: 25,
      windowSeconds: 60,
    });
    const { status, body } = await system.client.patch<ProblemBody>(path, { stormBrake: { windowSeconds: 601 } });
    expect([status, body.errors.map(({ pointer }) => pointer)]).toEqual([400, ['/stormBrake/windowSeconds']]);
  });
});
