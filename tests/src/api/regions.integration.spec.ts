/** Regions as operators see them: how they stand, and how one is removed for good. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conditionIdOf, platformCommandSchema, type PartitionReport } from '@quorate/contracts';
import type { ProblemBody } from './api-client.ts';
import { ApiSystem, until } from './api-system.ts';
import { ReadModel, type Incident } from './read-model.ts';
import { alertTold, heartbeatOf, heartbeatTold, platformAlertOf } from './records.ts';

const path = '/api/v1/regions';

interface Regions {
  items: { name: string; state: string; since: string; quarantinedPartitionCount: number }[];
  partitions: { undecided: number[]; lagMs: number; monitorCount: number };
}

describe('regions', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
    const now = system.log.now();
    await system.say(
      heartbeatTold({ ...heartbeatOf('ap', now), state: 'stopped' }),
      heartbeatTold({ ...heartbeatOf('eu', now), isolated: true }),
      heartbeatTold(heartbeatOf('us', now)),
    );
    await until(async () => (await regions()).items.length === 3);
  }, 60_000);
  afterAll(() => system.remove());

  const regions = async () => (await system.client.get<Regions>(path)).body;
  const stateOf = async (name: string) => (await regions()).items.find((region) => region.name === name);
  const commands = async () =>
    (await system.records('platform-commands')).map(({ value }) => platformCommandSchema.parse(JSON.parse(value!)));

  async function report(partition: number, changes: Partial<PartitionReport>): Promise<void> {
    const counts = { lagMs: 0, monitorCount: 2, unknownCount: 0, faultyCount: 0 };
    const fresh = { v: 1, partition, at: system.log.now(), ...counts, missingRegions: [], quarantinedRegions: [] };
    await system.say({ topic: 'partition-reports', key: String(partition), value: { ...fresh, ...changes } });
  }

  it('are live, silent or isolated by what their probers say', async () => {
    const states = (await regions()).items.map(({ name, state }) => [name, state]);
    expect(states).toEqual([
      ['ap', 'silent'],
      ['eu', 'isolated'],
      ['us', 'live'],
    ]);
  });

  it('are quarantined while some partition sets their votes aside, and the partitions are summed up', async () => {
    await report(0, { quarantinedRegions: ['us'], lagMs: 250 });
    await report(2, { quarantinedRegions: ['us'] });
    await until(async () => (await stateOf('us'))?.quarantinedPartitionCount === 2);
    const since = (await stateOf('us'))?.since;
    expect(await stateOf('us')).toMatchObject({ state: 'quarantined' });
    expect((await regions()).partitions).toMatchObject({ count: 3, undecided: [1], lagMs: 250, monitorCount: 4 });

    await report(2, {});
    await until(async () => (await stateOf('us'))?.quarantinedPartitionCount === 1);
    expect((await stateOf('us'))?.since).toBe(since);
    const told = Date.parse(since!) - 60_000;
    const opened = { ...platformAlertOf(conditionIdOf('region-quarantined:us')), firstFailureAt: told };
    await system.say({ topic: 'platform-state', key: 'region-quarantined:us', value: { v: 1, opened } });
    await until(async () => Date.parse((await stateOf('us'))?.since ?? '') === told);
    await report(0, {});
    await until(async () => (await stateOf('us'))?.state === 'live');
  });

  it.each([
    ['eu', 409, 'QRT_REGION_LIVE'],
    ['us', 409, 'QRT_REGION_LIVE'],
    ['mars', 404, 'QRT_REGION_UNKNOWN'],
    ['No%20region', 404, 'QRT_REGION_UNKNOWN'],
  ])('are not removed while they live or where there are none: %s', async (name, status, code) => {
    const answer = await system.client.delete<ProblemBody>(`${path}/${name}`);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(await commands()).toEqual([]);
  });

  it('are removed by the platform task when they are silent', async () => {
    const { status, body } = await system.client.delete(`${path}/ap`);
    expect({ status, body }).toEqual({ status: 202, body: { name: 'ap' } });
    expect(await commands()).toMatchObject([{ type: 'remove-region', region: 'ap' }]);
    await system.say({ topic: 'heartbeats', key: 'ap/ap-1', value: null });
    await until(async () => (await stateOf('ap')) === undefined);
  });

  it('whose incident is acknowledged have the platform task told, once', async () => {
    const { incidentId, ...opened } = platformAlertOf(conditionIdOf('region-silent:ap'));
    await system.say(alertTold({ ...opened, incidentId }));
    await new ReadModel(system).incident(incidentId);
    for (const by of ['Ada', 'Bob']) {
      const { body } = await system.client.post<Incident>(`/api/v1/incidents/${incidentId}/acknowledge`, { by });
      expect(body.status).toBe('acknowledged');
    }
    await until(async () => (await commands()).length > 1);
    expect((await commands()).slice(1)).toMatchObject([{ type: 'acknowledge', incidentId, by: 'Ada' }]);
    expect(await system.records('commands')).toEqual([]);
  });
});
