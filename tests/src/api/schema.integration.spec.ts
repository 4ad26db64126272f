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

  it('refuses a second open incident of one monitor, whoever writes it', async () => {
    const insert = (id: string) =>
      model.query(
        `INSERT INTO incidents (id, monitor_id, first_failure_at, opened_at, regions)
          VALUES ($1, '4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11', now(), now(), '[]')`,
        [id],
      );
    await insert('first');
    await expect(insert('second')).rejects.toMatchObject({ code: '23505', constraint: 'incidents_one_open' });
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
