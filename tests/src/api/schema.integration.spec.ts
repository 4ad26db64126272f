/** The database's schema: made by migrations alone, by one instance at a time, and the one that the code expects. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiSystem, until } from './api-system.ts';
import { ReadModel } from './read-model.ts';
import { roundOf, verdictTold } from './records.ts';

const dayMs = 86_400_000;

describe('the database', () => {
  let system: ApiSystem;
  let model: ReadModel;
  beforeAll(async () => {
    system = await ApiSystem.start();
    model = new ReadModel(system);
  }, 60_000);
  afterAll(() => system.remove());

  it('is migrated once by many instances that start together', async () => {
    await system.stopApi();
    await model.query('DROP SCHEMA public CASCADE');
    await model.query('CREATE SCHEMA public');
    const instances = await Promise.all([1, 2, 3].map(() => system.startAnotherApi()));
    const repeated = 'SELECT name FROM migrations GROUP BY name HAVING count(*) > 1';
    expect(await model.query('SELECT name FROM migrations')).not.toEqual([]);
    expect(await model.query(repeated)).toEqual([]);
    await Promise.all(instances.map((instance) => instance.close()));
    await system.startApi();
  });

  describe('refuses, whoever writes it,', () => {
    const monitorId = '4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11';
    const channelId = '0d9b6f2e-9a55-4a53-8d2c-5c0c9a1a6d10';
    const openedAt = '2026-11-21T10:00:00Z';
    const incident = (change: object) => ({
      ...{
        id: `${monitorId}:1`,
        monitor_id: monitorId,
        first_failure_at: openedAt,
        opened_at: openedAt,
        regions: '[]',
      },
      ...change,
    });
    const ended = { resolved_at: openedAt, cause: 'recovered' };
    const alert = (change: object) => ({
      ...{ alert_id: `${monitorId}:1:opened:0`, incident_id: `${monitorId}:1`, at: openedAt, alert: '{}' },
      ...change,
    });
    const delivery = (change: object) => ({
      ...{ alert_id: `${monitorId}:1:opened:0`, incident_id: `${monitorId}:1`, channel_id: channelId },
      ...{
        delivery_id: `${monitorId}:1:opened:0:${channelId}`,
        state: 'pending',
        planned_at: openedAt,
        delivery: '{}',
      },
      ...change,
    });
    beforeAll(async () => {
      await model.insert('incidents', incident({}));
      await model.insert('deliveries', delivery({}));
    });

    it.each([
      ['a second open incident', 'incidents', incident({ id: `${monitorId}:2` }), 'one_open'],
      ['an incident under a foreign name', 'incidents', incident({ id: 'other:1', ...ended }), 'named_by_monitor'],
      [
        'an incident that ends before it began',
        'incidents',
        incident({ id: `${monitorId}:2`, ...ended, resolved_at: '2026-11-21T09:59:59Z' }),
        'end_after_their_start',
      ],
      [
        'an incident that ends for no cause',
        'incidents',
        incident({ id: `${monitorId}:2`, resolved_at: openedAt }),
        'end_for_a_cause',
      ],
      [
        'an incident that nobody acknowledged',
        'incidents',
        incident({ id: `${monitorId}:2`, ...ended, acknowledged_at: openedAt }),
        'acknowledged_by_someone',
      ],
      ['an alert of another incident', 'incident_alerts', alert({ alert_id: 'other' }), 'alerts_named_by_incident'],
      [
        'a delivery of another incident',
        'deliveries',
        delivery({ incident_id: 'other' }),
        'deliveries_named_by_incident',
      ],
      ['a second delivery of an alert to a channel', 'deliveries', delivery({ delivery_id: 'other' }), 'deliveries_'],
    ])('%s', async (_what, table, row, constraint) => {
      const refusal = { constraint: expect.stringContaining(constraint) };
      await expect(model.insert(table, row)).rejects.toMatchObject(refusal);
    });
  });

  it('forgets rounds after thirty days, and no sooner', async () => {
    const monitorId = await model.newMonitor();
    const now = Date.now();
    const dueAts = [now - 31 * dayMs, now - 29 * dayMs];
    await Promise.all(dueAts.map((dueAt) => system.say(verdictTold(roundOf(monitorId, { dueAt })))));
    await model.takenIn(monitorId);
    await system.stopApi();
    await system.startApi();
    const kept = () =>
      model.query<{ due_at: Date }>(`SELECT due_at FROM rounds WHERE monitor_id = $1 AND kind = 'scheduled'`, [
        monitorId,
      ]);
    await until(async () => (await kept()).length === 1);
    expect((await kept())[0]?.due_at.getTime()).toBe(dueAts[1]);
  });
});
