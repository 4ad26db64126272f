/** Checking now: a manual round is announced to the live regions and answered when it has closed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkSchema, partitionOf, type Check } from '@quorate/contracts';
import { castVoteOf } from '@quorate/testing';
import { ApiSystem, until } from './api-system.ts';
import { heartbeatOf, heartbeatTold, roundOf, startAt, verdictTold } from './records.ts';

const settings = {
  name: 'Shop',
  type: 'http',
  http: { url: 'https://shop.example.com/health', auth: { type: 'bearer', token: 'open-sesame' } },
};

interface ManualRound {
  round: { kind: string; verdict: string; votes: { region: string }[]; expectedRegions: string[] };
}

describe('a check', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  it('is refused while no region lives, saying what to do', async () => {
    const { status, body } = await system.client.post('/api/v1/checks', settings);
    expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'QRT_NO_LIVE_REGION' });
    expect(body['detail']).toMatch(/start one/);
  });

  describe('with two live regions', () => {
    /** Stands in for probers and aggregator: closes each announced round. */
    const announced: Check[] = [];
    beforeAll(() => {
      system.log.follow(['manual-checks'], 'now', (records) => {
        for (const { value } of records) void close(checkSchema.parse(JSON.parse(value ?? '')));
      });
    });
    beforeEach(async () => {
      announced.length = 0;
      const now = system.log.now();
      await system.say(heartbeatTold(heartbeatOf('eu', now)), heartbeatTold(heartbeatOf('us', now)));
      await until(
        async () => (await system.client.get<{ items: object[] }>('/api/v1/regions')).body.items.length === 2,
      );
    });

    async function close(check: Check): Promise<void> {
      announced.push(check);
      const { monitorId, dueAt, kind, expectedRegions } = check;
      const other = roundOf(monitorId, { dueAt: dueAt - 1, kind: 'scheduled' });
      const votes = expectedRegions.map((region) => castVoteOf(region, 'down', startAt));
      const round = roundOf(monitorId, { dueAt, kind, expectedRegions, votes, verdict: 'down' });
      await system.say(verdictTold(other), verdictTold(round));
    }

    it('of a saved monitor is answered with the round and kept', async () => {
      const { body: monitor } = await system.client.post<{ id: string }>('/api/v1/monitors', settings);
      const { status, body } = await system.client.post<ManualRound>(`/api/v1/monitors/${monitor.id}/check`);
      expect(status).toBe(200);
      expect(body.round).toMatchObject({ kind: 'manual', verdict: 'down', expectedRegions: ['eu', 'us'] });
      expect(body.round.votes.map(({ region }) => region)).toEqual(['eu', 'us']);
      expect(announced).toEqual([
        expect.objectContaining({
          monitorId: monitor.id,
          monitorVersion: 1,
          kind: 'manual',
          registeredRegions: ['eu', 'us'],
        }),
      ]);
      const path = `/api/v1/monitors/${monitor.id}/rounds`;
      await until(async () => {
        const rounds = await system.client.get<{ items: { kind: string }[] }>(path);
        return rounds.body.items.some(({ kind }) => kind === 'manual');
      });
    });

    it('of an unsaved monitor is answered and leaves nothing behind', async () => {
      const before = (await system.client.get('/api/v1/monitors')).body;
      const { status, body } = await system.client.post<ManualRound>('/api/v1/checks', settings);
      expect({ status, verdict: body.round.verdict }).toEqual({ status: 200, verdict: 'down' });
      expect((await system.client.get('/api/v1/monitors')).body).toEqual(before);
    });

    it('carries its secrets sealed, for a monitor of its own', async () => {
      await system.client.post('/api/v1/checks', settings);
      const [check] = announced;
      expect(JSON.stringify(check)).not.toContain('open-sesame');
      const { token } = (check?.probe as unknown as { http: { auth: { token: string } } }).http.auth;
      const place = { entity: 'monitor', id: check?.monitorId ?? '', field: '/http/auth/token' } as const;
      expect(system.secretBox.open(token, place)).toBe('open-sesame');
    });

    it('goes to the partition of its monitor', async () => {
      await system.client.post('/api/v1/checks', settings);
      const [check] = announced;
      const record = (await system.records('manual-checks')).find(({ key }) => key === check?.monitorId);
      expect(record?.partition).toBe(partitionOf(check?.monitorId ?? '', system.log.partitionCount('manual-checks')));
    });

    it('asks only the regions of its monitor', async () => {
      const { body } = await system.client.post<ManualRound>('/api/v1/checks', { ...settings, regions: ['us', 'ap'] });
      expect(body.round.expectedRegions).toEqual(['us']);
      const refused = await system.client.post('/api/v1/checks', { ...settings, regions: ['ap'] });
      expect(refused.body).toMatchObject({ code: 'QRT_NO_LIVE_REGION' });
    });

    it('is one of many that are waited for at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => system.client.post<ManualRound>('/api/v1/checks', settings)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    });

    it('shows the regions and their probers', async () => {
      const { body } = await system.client.get<{ items: object[] }>('/api/v1/regions');
      expect(body.items).toMatchObject([
        { name: 'eu', state: 'live', probers: [{ id: 'eu-1', version: '0.0.0' }] },
        { name: 'us', state: 'live', probers: [{ id: 'us-1' }] },
      ]);
    });
  });
});
