/** What people do to incidents and deliveries. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandSchema, type Alert } from '@quorate/contracts';
import { ApiSystem, until } from './api-system.ts';
import { ReadModel, type Incident } from './read-model.ts';
import { alertOf, alertTold, deliveryOf, deliveryTold, resolvedAlertOf } from './records.ts';

describe('people', () => {
  let system: ApiSystem;
  let model: ReadModel;
  beforeAll(async () => {
    system = await ApiSystem.start();
    model = new ReadModel(system);
  }, 60_000);
  afterAll(() => system.remove());

  async function openIncident(): Promise<Alert> {
    const opened = alertOf(await model.newMonitor());
    await system.say(alertTold(opened));
    await model.incident(opened.incidentId);
    return opened;
  }

  it('acknowledge an incident: it shows at once, and the aggregator is told once', async () => {
    const { incidentId, monitorId } = await openIncident();
    const path = `/api/v1/incidents/${incidentId}/acknowledge`;
    const { status, body } = await system.client.post<Incident>(path, { by: 'Ada' });
    expect({ status, state: body.status }).toEqual({ status: 200, state: 'acknowledged' });
    expect(body.timeline).toContainEqual(expect.objectContaining({ type: 'acknowledged', by: 'Ada' }));
    await system.client.post(path);
    const told = async () => (await system.records('commands')).filter(({ key }) => key === monitorId);
    await until(async () => (await told()).length > 0);
    const commands = (await told()).map(({ value }) => commandSchema.parse(JSON.parse(value ?? '')));
    expect(commands).toEqual([expect.objectContaining({ type: 'acknowledge', incidentId, by: 'Ada' })]);

    const listed = await system.client.get<{ items: Incident[] }>(
      `/api/v1/incidents?status=acknowledged&monitorId=${monitorId}`,
    );
    expect(listed.body.items.map(({ id }) => id)).toEqual([incidentId]);
  });

  it('cannot acknowledge an incident that is over', async () => {
    const { incidentId, monitorId } = await openIncident();
    await system.say(alertTold(resolvedAlertOf(monitorId)));
    await until(async () => (await model.incident(incidentId)).status === 'resolved');
    const { status, body } = await system.client.post(`/api/v1/incidents/${incidentId}/acknowledge`);
    expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'QRT_INCIDENT_RESOLVED' });
  });

  it('comment on an incident, also when it is over', async () => {
    const { incidentId } = await openIncident();
    const comment = { by: 'Ada', text: 'The load balancer was restarted.' };
    const { status, body } = await system.client.post<Incident>(`/api/v1/incidents/${incidentId}/comment`, comment);
    expect(status).toBe(200);
    expect(body.timeline).toContainEqual(expect.objectContaining({ type: 'comment', ...comment }));
  });

  it('have a dead delivery sent again, and no other', async () => {
    const channelId = await model.newChannel();
    const opened = await openIncident();
    const dead = deliveryOf(opened, channelId, { state: 'dead', nextAttemptAt: null });
    await system.say(deliveryTold(dead));
    await until(async () => (await model.deliveriesOf(channelId))[0]?.state === 'dead');
    const path = `/api/v1/deliveries/${encodeURIComponent(dead.deliveryId)}/retry`;
    expect((await system.client.post(path)).status).toBe(202);
    const told = (await system.records('commands')).find(({ key }) => key === channelId);
    expect(commandSchema.parse(JSON.parse(told?.value ?? ''))).toMatchObject({
      type: 'retry-delivery',
      delivery: dead,
    });

    await system.say(deliveryTold({ ...dead, state: 'pending' }));
    await until(async () => (await model.deliveriesOf(channelId))[0]?.state === 'pending');
    expect((await system.client.post(path)).body).toMatchObject({ code: 'QRT_DELIVERY_NOT_DEAD' });
  });
});
