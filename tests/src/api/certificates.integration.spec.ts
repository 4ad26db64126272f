/** A certificate that is about to expire, as the API shows it: beside the outage, with a life of its own. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateWarningIdOf, commandSchema, type Alert, type CertificateFacts } from '@quorate/contracts';
import { ApiSystem, until } from './api-system.ts';
import { Audited, quickAudit } from './audited.ts';
import { ReadModel, type Incident } from './read-model.ts';
import { alertOf, alertTold, deliveryOf, deliveryTold, resolvedAlertOf } from './records.ts';

const dayMs = 86_400_000;

interface Shown {
  status: string;
  certificateWarning: { daysLeft: number; since: string; incidentId: string; acknowledgedBy: string | null } | null;
}

describe('a warning of a certificate', () => {
  let system: ApiSystem;
  let model: ReadModel;
  let audited: Audited;
  beforeAll(async () => {
    system = await ApiSystem.start({ audit: quickAudit });
    model = new ReadModel(system);
    audited = new Audited(system, model);
  }, 60_000);
  afterAll(() => system.remove());

  const certificate = (): CertificateFacts => ({
    notAfter: system.log.now() + 13.5 * dayMs,
    daysLeft: 14,
    issuer: 'CN=Example CA',
    subject: 'CN=shop.example.com',
    firstToExpire: 'CN=shop.example.com',
    protocol: null,
    cipher: null,
    warning: true,
  });
  function warningOf(monitorId: string, change: Partial<Alert> = {}): Alert {
    const openedAt = system.log.now();
    const incidentId = certificateWarningIdOf(monitorId, openedAt);
    return alertOf(monitorId, { subject: 'certificate', certificate: certificate(), incidentId, openedAt, ...change });
  }
  const remembered = ({ incidentId, monitor, channelIds, firstFailureAt, openedAt, ...alert }: Alert) => {
    const { regions, expectedRegions, certificate: facts = certificate() } = alert;
    const told = { incidentId, monitor, channelIds, firstFailureAt, openedAt, regions, expectedRegions };
    return { ...told, acknowledgedBy: null, votes: [], traceparent: null, certificate: facts };
  };
  const monitor = async (id: string) => (await system.client.get<Shown>(`/api/v1/monitors/${id}`)).body;
  const listed = async (query: string) =>
    (await system.client.get<{ items: { id: string; kind: string }[] }>(`/api/v1/incidents?${query}`)).body.items;

  it('shows at its monitor and among the incidents, beside an outage, until it is over', async () => {
    const { id } = await audited.newMonitor();
    const channelId = await model.newChannel();
    const warning = warningOf(id, { channelIds: [channelId] });
    const outage = alertOf(id, { openedAt: system.log.now() + 1 });
    await system.say(alertTold(warning), deliveryTold(deliveryOf(warning, channelId)), alertTold(outage));
    await model.incident(outage.incidentId);
    const shown = await model.incident(warning.incidentId);
    expect(shown).toMatchObject({ kind: 'certificate', status: 'open', monitorId: id, certificate: { daysLeft: 14 } });
    // A delivery lies in its channel's partition, which may be read later.
    await until(async () =>
      (await model.incident(warning.incidentId)).timeline.some(({ type }) => type === 'delivery'),
    );
    expect((await monitor(id)).certificateWarning).toMatchObject({
      daysLeft: 13,
      since: new Date(warning.openedAt).toISOString(),
      incidentId: warning.incidentId,
      acknowledgedBy: null,
    });
    expect(await listed(`monitorId=${id}&kind=certificate`)).toMatchObject([{ id: warning.incidentId }]);
    expect(await listed(`monitorId=${id}&kind=monitor`)).toMatchObject([{ id: outage.incidentId }]);

    const resolvedAt = warning.openedAt + 5;
    const about = { subject: 'certificate', certificate: certificate(), incidentId: warning.incidentId } as const;
    const over = { ...about, openedAt: warning.openedAt, at: resolvedAt, resolvedAt, resolveCause: 'renewed' } as const;
    await system.say(alertTold(resolvedAlertOf(id, over)));
    await until(async () => (await monitor(id)).certificateWarning === null);
    expect(await model.incident(warning.incidentId)).toMatchObject({ status: 'resolved', cause: 'renewed' });
    expect(await model.incident(outage.incidentId)).toMatchObject({ status: 'open' });
  });

  it('is acknowledged as an outage is', async () => {
    const { id } = await audited.newMonitor();
    const warning = warningOf(id);
    await audited.remember(id, { certificateWarning: remembered(warning) });
    await system.say(alertTold(warning));
    await model.incident(warning.incidentId);
    const path = `/api/v1/incidents/${encodeURIComponent(warning.incidentId)}/acknowledge`;
    expect((await system.client.post<Incident>(path, { by: 'Ada' })).body.status).toBe('acknowledged');
    const told = async () => (await system.records('commands')).filter(({ key }) => key === id);
    await until(async () => (await told()).length > 0);
    expect(commandSchema.parse(JSON.parse((await told())[0]?.value ?? ''))).toMatchObject({
      type: 'acknowledge',
      incidentId: warning.incidentId,
    });
    expect((await monitor(id)).certificateWarning?.acknowledgedBy).toBe('Ada');
  });

  it('is known to the auditor: it leaves alone what is so, shows what is missing and ends what is over', async () => {
    const known = await audited.newMonitor();
    const missing = await audited.newMonitor();
    const stray = await audited.newMonitor();
    const [told, untold, over] = [warningOf(known.id), warningOf(missing.id), warningOf(stray.id)];
    await audited.remember(known.id, { certificateWarning: remembered(told) });
    await audited.remember(missing.id, { certificateWarning: remembered(untold) });
    await audited.remember(stray.id, {});
    await system.say(alertTold(told), alertTold(over));
    await audited.repaired('incident-missing', untold.incidentId);
    await audited.repaired('incident-stray', over.incidentId);
    expect(await model.incident(untold.incidentId)).toMatchObject({ kind: 'certificate', status: 'open' });
    expect(await model.incident(over.incidentId)).toMatchObject({ status: 'resolved', cause: 'renewed' });
    expect(await model.incident(told.incidentId)).toMatchObject({ status: 'open' });
    const { repairs } = await audited.findings();
    expect(repairs.flatMap(({ subjects }) => subjects)).not.toContain(told.incidentId);
  });
});
