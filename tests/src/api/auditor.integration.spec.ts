/** What differs between log and database is put right where that is safe, and told where it is not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  auditRecordSchema,
  directoryKeyOfAudit,
  directoryKeyOfChannel,
  incidentIdOf,
  partitionOf,
} from '@quorate/contracts';
import { Client } from 'pg';
import { ApiSystem, until } from './api-system.ts';
import { Audited, quickAudit, rememberedIncident } from './audited.ts';
import { ReadModel } from './read-model.ts';
import { alertOf, alertTold, deliveryOf, deliveryTold, statusOf, verdictTold } from './records.ts';

const minuteMs = 60_000;

describe('the auditor', () => {
  let system: ApiSystem;
  let model: ReadModel;
  let audited: Audited;
  beforeAll(async () => {
    system = await ApiSystem.start({ audit: quickAudit });
    model = new ReadModel(system);
    audited = new Audited(system, model);
  }, 60_000);
  afterAll(() => system.remove());

  const monitorPath = (id: string) => `/api/v1/monitors/${id}`;

  it('finds nothing where all is well', async () => {
    const { id } = await audited.newMonitor();
    const channelId = await model.newChannel();
    const openedAt = system.log.now() - 20 * minuteMs;
    const alert = alertOf(id, { openedAt, channelIds: [channelId] });
    const delivery = deliveryOf(alert, channelId, { state: 'delivered', nextAttemptAt: null });
    await audited.remember(id, { status: 'down', statusSince: openedAt, incident: rememberedIncident(id, openedAt) });
    await system.say(verdictTold(statusOf(id, 'down', openedAt)), alertTold(alert), deliveryTold(delivery));
    await model.incident(alert.incidentId);
    await audited.passes(3);
    expect(await audited.findings()).toMatchObject({ items: [], repairs: [], nextCursor: null });
  });

  describe('of the configuration', () => {
    it('says again what the log has lost', async () => {
      const monitor = await audited.newMonitor();
      await system.say({ topic: 'monitors', key: monitor.id, value: null });
      await audited.repaired('record-missing', monitor.id);
      await until(async () => (await audited.onLog(monitor.id)) !== null);
      expect(await audited.onLog(monitor.id)).toEqual({ ...monitor, checkAtOnce: false });
    });

    it('says again what stands on the log in an older form', async () => {
      const monitor = await audited.newMonitor();
      await system.client.patch(monitorPath(monitor.id), { name: 'Store' });
      await until(async () => (await audited.onLog(monitor.id))?.version === 2);
      await audited.say(monitor);
      await until(async () => (await audited.onLog(monitor.id))?.version === 2);
      expect(await audited.onLog(monitor.id)).toMatchObject({ name: 'Store' });
    });

    it('raises the version where readers would ignore the one that there is', async () => {
      const monitor = await audited.newMonitor();
      await audited.remember(monitor.id, { monitorVersion: 7 });
      await until(async () => (await audited.onLog(monitor.id))?.version === 8);
      const channelId = await model.newChannel();
      const key = directoryKeyOfChannel(channelId);
      const newest = async () => {
        const text = (await system.records('directory')).findLast((record) => record.key === key)?.value;
        return JSON.parse(text ?? 'null') as { version: number; name: string } | null;
      };
      await until(async () => (await newest()) !== null);
      await system.say({ topic: 'directory', key, value: { ...(await newest()), name: 'Forged' } });
      await until(async () => (await newest())?.version === 2);
      expect(await newest()).toMatchObject({ name: 'On call' });
    });

    it('leaves it to people whether an older row counts, and does as they say', async () => {
      const monitor = await audited.newMonitor();
      await audited.say({ ...monitor, version: 4, name: 'Newer', paused: true });
      await audited.found('row-outdated', monitor.id);
      expect(await audited.onLog(monitor.id)).toMatchObject({ version: 4 });
      expect(await audited.resolve('row-outdated', 'log')).toBe(202);
      await audited.gone('row-outdated');
      expect((await system.client.get(monitorPath(monitor.id))).body).toMatchObject({
        version: 4,
        name: 'Newer',
        status: 'paused',
      });

      await audited.say({ ...monitor, version: 9, name: 'Newest' });
      await audited.found('row-outdated', monitor.id);
      expect(await audited.resolve('row-outdated', 'database')).toBe(202);
      await until(async () => (await audited.onLog(monitor.id))?.version === 10);
      expect(await audited.onLog(monitor.id)).toMatchObject({ name: 'Newer', paused: true });
      await audited.gone('row-outdated');
    });

    it('leaves it to people what becomes of an entity that has no row', async () => {
      const [monitor, other] = [await audited.newMonitor(), await audited.newMonitor()];
      const channelId = await model.newChannel();
      await model.query('DELETE FROM monitors WHERE id = $1', [monitor.id]);
      await model.query('DELETE FROM channels WHERE id = $1', [channelId]);
      await audited.found('row-missing', monitor.id);
      await audited.found('row-missing', directoryKeyOfChannel(channelId));
      expect(await audited.resolve('row-missing', 'log')).toBe(202);
      await audited.gone('row-missing');
      expect((await system.client.get(monitorPath(monitor.id))).body).toMatchObject({ version: 1, name: 'Shop' });
      expect((await system.client.get(`/api/v1/channels/${channelId}`)).body).toMatchObject({ name: 'On call' });

      await model.query('DELETE FROM monitors WHERE id = $1', [other.id]);
      await audited.found('row-missing', other.id);
      expect(await audited.resolve('row-missing', 'database')).toBe(202);
      await until(async () => (await audited.onLog(other.id)) === null);
      await audited.gone('row-missing');
      expect(await audited.resolve('row-missing', 'database')).toBe(404);
    });

    it('tells of a channel that is named and gone', async () => {
      const channelId = await model.newChannel();
      const { id } = await audited.newMonitor();
      await system.client.patch(monitorPath(id), { channelIds: [channelId] });
      await model.query('DELETE FROM channels WHERE id = $1', [channelId]);
      await audited.found('channel-missing', id);
      await system.client.patch(monitorPath(id), { channelIds: [] });
      await audited.gone('channel-missing');
      expect(await audited.resolve('row-missing', 'database')).toBe(202);
      await audited.gone('row-missing');
    });
  });

  describe('of the read model', () => {
    it('puts right which status is shown', async () => {
      const { id } = await audited.newMonitor();
      await system.say(verdictTold(statusOf(id, 'up', 5_000)));
      await audited.remember(id, { status: 'degraded', statusSince: 9_000 });
      await until(async () => (await system.client.get(monitorPath(id))).body['status'] === 'degraded');
      expect((await system.client.get(monitorPath(id))).body).toMatchObject({
        statusSince: '1970-01-01T00:00:09.000Z',
      });
    });

    it('shows the incident that there is, and ends the one that there is not', async () => {
      const { id } = await audited.newMonitor();
      const [before, openedAt] = [system.log.now() - 40 * minuteMs, system.log.now() - 20 * minuteMs];
      const stray = alertOf(id, { openedAt: before });
      await system.say(alertTold(stray));
      await model.incident(stray.incidentId);
      await audited.remember(id, { status: 'down', statusSince: openedAt, incident: rememberedIncident(id, openedAt) });
      const incident = await model.incident(incidentIdOf(id, openedAt));
      expect(incident).toMatchObject({
        status: 'open',
        openedAt: new Date(openedAt).toISOString(),
        regions: ['eu', 'us'],
      });
      const resolvedAt = new Date(openedAt).toISOString();
      expect(await model.incident(stray.incidentId)).toMatchObject({
        status: 'resolved',
        cause: 'recovered',
        resolvedAt,
      });
    });

    it('ends the incident of a monitor that is gone', async () => {
      const { id } = await audited.newMonitor();
      const alert = alertOf(id, { openedAt: system.log.now() });
      await system.say(alertTold(alert));
      await model.incident(alert.incidentId);
      await system.client.delete(monitorPath(id));
      await audited.repaired('incident-stray', alert.incidentId);
      expect(await model.incident(alert.incidentId)).toMatchObject({ status: 'resolved', cause: 'deleted' });
    });

    it('shows deliveries as the log has them, and those that it has no more as dead', async () => {
      const { id } = await audited.newMonitor();
      const [one, other] = [await model.newChannel(), await model.newChannel()];
      const alert = alertOf(id, { openedAt: system.log.now(), channelIds: [one, other] });
      const delivered = deliveryOf(alert, one, { state: 'delivered', nextAttemptAt: null, attemptCount: 1 });
      await system.say(alertTold(alert), deliveryTold(delivered), deliveryTold(deliveryOf(alert, other)));
      await until(async () => (await model.deliveriesOf(one))[0]?.state === 'delivered');
      await until(async () => (await model.deliveriesOf(other))[0]?.state === 'pending');
      await model.query(
        `UPDATE deliveries SET state = 'pending', delivery = delivery || '{"state": "pending", "attemptCount": 0}'
          WHERE channel_id = $1`,
        [one],
      );
      await system.say({ ...deliveryTold(deliveryOf(alert, other)), value: null });
      await until(async () => (await model.deliveriesOf(one))[0]?.state === 'delivered');
      await until(async () => (await model.deliveriesOf(other))[0]?.state === 'dead');
      const path = `/api/v1/deliveries/${encodeURIComponent(`${alert.alertId}:${other}`)}/retry`;
      expect((await system.client.post(path)).status).toBe(202);
    });
  });

  describe('of the work', () => {
    it('tells of alerts without delivery, deliveries that nobody tries, monitors that nobody checks', async () => {
      const { id } = await audited.newMonitor();
      const [channelId, other] = [await model.newChannel(), await model.newChannel()];
      const openedAt = system.log.now() - 20 * minuteMs;
      const unplanned = alertOf(id, { openedAt, channelIds: [channelId] });
      const planned = alertOf(id, { openedAt, transition: 'reminder', sequence: 1, channelIds: [other] });
      const overdue = deliveryOf(planned, other);
      await system.say(alertTold(unplanned), alertTold(planned), deliveryTold(overdue));
      await model.query('UPDATE monitors SET changed_at = $2 WHERE id = $1', [id, new Date(openedAt)]);
      await audited.found('alert-unplanned', unplanned.alertId);
      await audited.found('delivery-overdue', overdue.deliveryId);
      await audited.found('monitor-unchecked', id);

      await system.say(deliveryTold(deliveryOf(unplanned, channelId, { state: 'dead', nextAttemptAt: null })));
      await system.say(deliveryTold({ ...overdue, state: 'delivered', nextAttemptAt: null }));
      await audited.remember(id, { status: 'down', incident: rememberedIncident(id, openedAt) });
      for (const kind of ['alert-unplanned', 'delivery-overdue', 'monitor-unchecked']) await audited.gone(kind);
    });

    it('tells of records that the database has refused', async () => {
      const { id } = await audited.newMonitor();
      const value = { ...deliveryOf(alertOf(id), id, { state: 'delivered' }), deliveryId: id };
      await system.say({ topic: 'deliveries', key: id, value });
      await audited.found('record-refused', id);
      await model.query('DELETE FROM refused_records');
      await audited.gone('record-refused');
    });

    it('tells the other services what it tells people, as often as it changes', async () => {
      const { id } = await audited.newMonitor();
      await model.query('UPDATE monitors SET changed_at = $2 WHERE id = $1', [id, new Date(0)]);
      await audited.found('monitor-unchecked', id);
      const told = async () => {
        const text = (await system.records('directory')).findLast(({ key }) => key === directoryKeyOfAudit)?.value;
        return text === undefined ? null : auditRecordSchema.parse(JSON.parse(text ?? 'null'));
      };
      await until(async () => (await told())?.findings.length === 1);
      const first = await told();
      expect(first?.findings).toMatchObject([
        { kind: 'monitor-unchecked', count: 1, severity: 'critical', samples: [{ subject: id }] },
      ]);
      await audited.passes(2);
      expect((await told())?.version).toBe(first?.version);
      expect((await system.client.get<string>('/metrics')).body).toContain(
        'quorate_audit_findings{kind="monitor-unchecked"} 1',
      );
      await system.client.delete(monitorPath(id));
      await until(async () => (await told())?.findings.length === 0);
    });

    it('is left to the instance that is at it', async () => {
      const client = new Client({ connectionString: system.databaseUrl });
      await client.connect();
      await client.query('SELECT pg_advisory_lock(7415003)');
      const { passedAt } = await audited.findings();
      await new Promise((pass) => setTimeout(pass, 20 * quickAudit.lookEveryMs));
      expect((await audited.findings()).passedAt).toBe(passedAt);
      await client.end();
      await audited.passes(1);
    });

    it('does not judge a read model that is behind the log, and says that it is', async () => {
      const { id } = await audited.newMonitor();
      const client = new Client({ connectionString: system.databaseUrl });
      await client.connect();
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM monitors WHERE id = $1 FOR UPDATE', [id]);
      await audited.remember(id, { status: 'up', statusSince: 9_000 });
      await system.say(verdictTold(statusOf(id, 'up', 9_000)));
      const partition = partitionOf(id, system.log.partitionCount('verdicts'));
      await audited.found('read-model-behind', `verdicts/${partition}`);
      await client.end();
      await audited.gone('read-model-behind');
      const { repairs } = await audited.findings();
      expect(repairs.filter(({ subjects }) => subjects.includes(id))).toEqual([]);
      expect((await system.client.get(monitorPath(id))).body).toMatchObject({ status: 'up' });
    });
  });
});
