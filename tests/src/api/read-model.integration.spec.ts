/** What the log tells becomes rounds, incidents, timelines and deliveries; each record counts once. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterSchema } from '@quorate/contracts';
import { castVoteOf } from '@quorate/testing';
import { ApiSystem, until } from './api-system.ts';
import { ReadModel } from './read-model.ts';
import {
  alertOf,
  alertTold,
  deliveryOf,
  deliveryTold,
  platformAlertOf,
  resolvedAlertOf,
  roundOf,
  startAt,
  statusOf,
  unknownId,
  verdictTold,
} from './records.ts';

describe('the read model', () => {
  let system: ApiSystem;
  let model: ReadModel;
  beforeAll(async () => {
    system = await ApiSystem.start();
    model = new ReadModel(system);
  }, 60_000);
  afterAll(() => system.remove());

  it('opens an incident, shows what happened in order of time, and resolves it', async () => {
    const [monitorId, channelId] = [await model.newMonitor(), await model.newChannel()];
    const opened = alertOf(monitorId, { channelIds: [channelId] });
    const downRounds = [0, 20_000, 39_000].map((afterMs) =>
      roundOf(monitorId, {
        dueAt: startAt + afterMs,
        decidedAt: startAt + afterMs + 900,
        verdict: 'down',
        votes: ['eu', 'us'].map((region) => castVoteOf(region, 'down', startAt + afterMs + 5)),
      }),
    );
    await system.say(...downRounds.map(verdictTold), verdictTold(statusOf(monitorId, 'down')));
    await system.say(alertTold(opened), deliveryTold(deliveryOf(opened, channelId)));
    expect(await model.incident(opened.incidentId)).toMatchObject({
      monitorId,
      status: 'open',
      firstFailureAt: '2026-11-21T10:00:00.000Z',
      openedAt: '2026-11-21T10:00:40.000Z',
      resolvedAt: null,
      cause: null,
      regions: ['eu', 'us'],
    });

    const attempt = { at: opened.at + 50, outcome: 'accepted', statusCode: 202, error: null, durationMs: 12 } as const;
    const delivered = deliveryOf(opened, channelId, { state: 'delivered', nextAttemptAt: null, attempts: [attempt] });
    await system.say(deliveryTold(delivered), alertTold(resolvedAlertOf(monitorId)));
    await until(async () => (await model.incident(opened.incidentId)).status === 'resolved');
    await until(async () => (await model.deliveriesOf(channelId))[0]?.state === 'delivered');

    const { timeline, cause, resolvedAt } = await model.incident(opened.incidentId);
    expect({ cause, resolvedAt }).toEqual({ cause: 'recovered', resolvedAt: '2026-11-21T10:01:30.000Z' });
    const round = ['vote', 'vote', 'verdict'];
    expect(timeline.map(({ type }) => type)).toEqual([
      ...round,
      ...round,
      ...round,
      'alert',
      'delivery',
      'alert',
      'resolved',
    ]);
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted());
    expect(timeline.find(({ type }) => type === 'delivery')?.delivery?.attempts).toEqual([
      { ...attempt, at: '2026-11-21T10:00:40.050Z' },
    ]);
  });

  it('shows an incident of Quorate itself beside those of monitors, in words and without a monitor', async () => {
    const [conditionId, channelId] = [unknownId(), await model.newChannel()];
    const opened = platformAlertOf(conditionId, { channelIds: [channelId] });
    await system.say(alertTold(opened), deliveryTold(deliveryOf(opened, channelId)));
    expect(await model.incident(opened.incidentId)).toMatchObject({
      kind: 'platform',
      monitorId: null,
      status: 'open',
      regions: ['ap'],
      platform: { condition: 'region-silent:ap', title: 'Region ap is silent', ...opened.trouble },
    });
    await until(async () => (await model.deliveriesOf(channelId)).length === 1);
    expect(await model.deliveriesOf(channelId)).toMatchObject([{ monitorId: null, incidentId: opened.incidentId }]);
    const of = async (kind: string) => {
      const { body } = await system.client.get<{ items: { id: string }[] }>(`/api/v1/incidents?kind=${kind}`);
      return body.items.map(({ id }) => id);
    };
    expect(await of('platform')).toEqual([opened.incidentId]);
    expect(await of('monitor')).not.toContain(opened.incidentId);

    const resolvedAt = startAt + 90_000;
    const change = { transition: 'resolved', at: resolvedAt, resolvedAt, resolveCause: 'recovered' } as const;
    await system.say(alertTold(platformAlertOf(conditionId, change)));
    await until(async () => (await model.incident(opened.incidentId)).status === 'resolved');
    const { timeline } = await model.incident(opened.incidentId);
    expect(timeline.map(({ type }) => type)).toEqual(['alert', 'delivery', 'alert', 'resolved']);
  });

  it('still explains an incident whose rounds are no longer kept', async () => {
    const monitorId = await model.newMonitor();
    const opened = alertOf(monitorId);
    await system.say(alertTold(opened));
    const { timeline } = await model.incident(opened.incidentId);
    expect(timeline.filter(({ type }) => type === 'vote').map(({ vote }) => vote?.region)).toEqual(['eu', 'us']);
  });

  it('takes a repeated record in once', async () => {
    const [monitorId, channelId] = [await model.newMonitor(), await model.newChannel()];
    const opened = alertOf(monitorId);
    const delivery = deliveryOf(opened, channelId);
    for (let time = 0; time < 3; time++) {
      await system.say(verdictTold(roundOf(monitorId)), alertTold(opened), deliveryTold(delivery));
      const vote = { ...castVoteOf('ap', 'down', startAt), late: true };
      const late = { v: 1, type: 'late-vote', monitorId, monitorVersion: 1, dueAt: startAt, kind: 'scheduled', vote };
      await system.say(verdictTold(late));
    }
    await model.takenIn(monitorId);
    await model.incident(opened.incidentId);
    const path = `/api/v1/monitors/${monitorId}/rounds?to=2026-11-21T11:00:00Z`;
    const { body } = await system.client.get<{ items: { votes: { region: string; late: boolean }[] }[] }>(path);
    expect(body.items.map(({ votes }) => votes.map(({ region }) => region))).toEqual([['eu', 'us', 'ap']]);
    await until(async () => (await model.deliveriesOf(channelId)).length === 1);
    expect(
      await model.query('SELECT alert_id FROM incident_alerts WHERE incident_id = $1', [opened.incidentId]),
    ).toHaveLength(1);
  });

  it('keeps its positions beside its rows: a restart takes nothing in twice and misses nothing', async () => {
    const monitorId = await model.newMonitor();
    await system.say(verdictTold(roundOf(monitorId)));
    await model.takenIn(monitorId);
    await model.query('DELETE FROM rounds WHERE monitor_id = $1', [monitorId]);
    await system.stopApi();
    await system.say(verdictTold(roundOf(monitorId, { dueAt: startAt + 30_000 })));
    await system.startApi();
    await model.takenIn(monitorId);
    const rows = await model.query<{ due_at: Date }>(
      `SELECT due_at FROM rounds WHERE monitor_id = $1 AND kind = 'scheduled'`,
      [monitorId],
    );
    expect(rows.map(({ due_at }) => due_at.getTime())).toEqual([startAt + 30_000]);
  });

  it('drops what is said of monitors that it does not know', async () => {
    const [monitorId, stranger] = [await model.newMonitor(), unknownId()];
    const alert = alertOf(stranger);
    await system.say(verdictTold(roundOf(stranger)), verdictTold(statusOf(stranger, 'down')), alertTold(alert));
    await system.say(deliveryTold(deliveryOf(alert, unknownId())));
    await model.takenIn(monitorId);
    await system.say(alertTold(alertOf(monitorId)));
    await model.incident(alertOf(monitorId).incidentId);
    expect((await system.client.get(`/api/v1/incidents/${alert.incidentId}`)).status).toBe(404);
  });

  it('resolves the incident of a monitor that is already deleted', async () => {
    const monitorId = await model.newMonitor();
    const opened = alertOf(monitorId);
    await system.say(alertTold(opened));
    await model.incident(opened.incidentId);
    await system.client.delete(`/api/v1/monitors/${monitorId}`);
    await system.say(alertTold(resolvedAlertOf(monitorId, { resolveCause: 'deleted' })));
    await until(async () => (await model.incident(opened.incidentId)).cause === 'deleted');
  });

  it('goes on when the log tells of a second open incident of one monitor', async () => {
    const [monitorId, other] = [await model.newMonitor(), await model.newMonitor()];
    const first = alertOf(monitorId);
    const second = alertOf(monitorId, { openedAt: startAt + 600_000 });
    await system.say(alertTold(first), alertTold(second), alertTold(alertOf(other)));
    await model.incident(first.incidentId);
    await model.incident(alertOf(other).incidentId);
    expect((await system.client.get(`/api/v1/incidents/${second.incidentId}`)).status).toBe(404);
    await system.say(alertTold(resolvedAlertOf(monitorId)));
    await until(async () => (await model.incident(first.incidentId)).status === 'resolved');
    expect(await model.refused(monitorId)).toMatchObject([
      { topic: 'alerts', reason: expect.stringContaining('incidents_one_open') },
    ]);
  });

  it('puts a record aside that the database refuses, with its place, and takes in those around it', async () => {
    const monitorId = await model.newMonitor();
    await model.query(`ALTER TABLE rounds ADD CONSTRAINT refuses_one CHECK (due_at <> '2026-11-21T10:00:15Z')`);
    const dueAts = [startAt, startAt + 15_000, startAt + 30_000];
    await Promise.all(dueAts.map((dueAt) => system.say(verdictTold(roundOf(monitorId, { dueAt })))));
    await model.takenIn(monitorId);
    await model.query('ALTER TABLE rounds DROP CONSTRAINT refuses_one');
    const { body } = await system.client.get<{ items: { kind: string }[] }>(`/api/v1/monitors/${monitorId}/rounds`);
    expect(body.items.filter(({ kind }) => kind === 'scheduled')).toHaveLength(2);

    const told = (await system.records('verdicts')).filter(({ key }) => key === monitorId);
    const breach = told.find(({ value }) => value?.includes(`"dueAt":${startAt + 15_000}`));
    const reason = expect.stringContaining('refuses_one');
    const { topic, partition, offset, value } = breach!;
    expect(await model.refused(monitorId)).toEqual([{ topic, partition, offset, reason }]);
    const letterKey = `api:${topic}:${partition}:${offset}`;
    await until(async () => (await system.records('dead-letters')).some(({ key }) => key === letterKey));
    const letters = (await system.records('dead-letters')).filter(({ key }) => key === letterKey);
    const letter = deadLetterSchema.parse(JSON.parse(letters[0]?.value ?? ''));
    expect(letter).toMatchObject({ service: 'api', topic, partition, offset, key: monitorId, reason });
    expect(JSON.parse(letter.value ?? '')).toEqual(JSON.parse(value ?? ''));
  });

  it.each([
    ['a delivery that is not named by its alert and channel', { deliveryId: 'another' }, 'by_alert_and_channel'],
    ['an alert of another incident', { alert: { alertId: 'another:opened:0' } }, 'deliveries_named_by_incident'],
  ])('puts %s aside', async (_what, change, constraint) => {
    const [monitorId, channelId] = [await model.newMonitor(), await model.newChannel()];
    const alert = { ...alertOf(monitorId), ...('alert' in change ? change.alert : {}) };
    const deliveryId = 'deliveryId' in change ? change.deliveryId : `${alert.alertId}:${channelId}`;
    await system.say(deliveryTold(deliveryOf(alert, channelId, { deliveryId })));
    await until(async () => (await model.refused(deliveryId)).length > 0);
    expect(await model.refused(deliveryId)).toMatchObject([{ reason: expect.stringContaining(constraint) }]);
    const good = deliveryOf(alertOf(monitorId), channelId);
    await system.say(deliveryTold(good));
    await until(async () => (await model.deliveriesOf(channelId)).some(({ id }) => id === good.deliveryId));
  });

  it('takes in what a target answered, whatever characters it holds', async () => {
    const monitorId = await model.newMonitor();
    const vote = { ...castVoteOf('eu', 'down', startAt), excerpt: 'a\0b\ud800c "\\u0000"' };
    await system.say(verdictTold(roundOf(monitorId, { votes: [vote] })));
    await model.takenIn(monitorId);
    const path = `/api/v1/monitors/${monitorId}/rounds?to=2026-11-21T11:00:00Z`;
    const { body } = await system.client.get<{ items: { votes: { excerpt: string }[] }[] }>(path);
    expect(body.items[0]?.votes[0]?.excerpt).toBe('a\uFFFDb\uFFFDc "\\u0000"');
  });

  it('is written once while two instances run', async () => {
    const another = await system.startAnotherApi();
    const monitorId = await model.newMonitor();
    const dueAts = Array.from({ length: 50 }, (_, index) => startAt + index * 30_000);
    await Promise.all(dueAts.map((dueAt) => system.say(verdictTold(roundOf(monitorId, { dueAt })))));
    await model.takenIn(monitorId);
    await another.close();
    await model.takenIn(monitorId);
    const rows = await model.query(`SELECT 1 FROM rounds WHERE monitor_id = $1 AND kind = 'scheduled'`, [monitorId]);
    expect(rows).toHaveLength(50);
  });

  it('lets a predecessor that still writes find the position moved on', async () => {
    const monitorId = await model.newMonitor();
    await model.takenIn(monitorId);
    await model.query('UPDATE consumer_positions SET position = position + 1000000');
    await system.say(verdictTold(roundOf(monitorId)));
    await until(async () => {
      const before = await model.query(`SELECT 1 FROM rounds WHERE monitor_id = $1 AND kind = 'scheduled'`, [
        monitorId,
      ]);
      expect(before).toEqual([]);
      return true;
    });
    await model.query('UPDATE consumer_positions SET position = position - 1000000');
    await model.takenIn(monitorId);
  });
});
