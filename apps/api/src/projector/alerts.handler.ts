/** Takes alerts into the read model: they open, acknowledge and resolve incidents. */
import { Controller } from '@nestjs/common';
import { OnTopic, type TaskRecord, type TaskStep } from '@quorate/bus';
import type { Alert } from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { jsonbOf } from '../database/jsonb.ts';
import { knownMonitors } from './known-monitors.ts';
import { Projection } from './projection.ts';

@Controller()
export class AlertsHandler {
  readonly #projection: Projection;

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  @OnTopic('alerts')
  async onAlerts(records: readonly TaskRecord<Alert>[]): Promise<TaskStep> {
    await this.#projection.take(records, projectAlerts);
    return {};
  }
}

/** Alerts are few, and each follows from the one before. */
async function projectAlerts(manager: EntityManager, records: readonly TaskRecord<Alert>[]): Promise<void> {
  const alerts = records.flatMap(({ value }) => (value !== null && tellsOfIncident(value) ? value : []));
  const known = await knownMonitors(
    manager,
    alerts.map(({ monitorId }) => monitorId),
  );
  for (const alert of alerts) {
    if (alert.subject === 'platform' || known.has(alert.monitorId)) await openIncident(manager, alert);
    if (await updateIncident(manager, alert)) await insertAlert(manager, alert);
  }
}

function tellsOfIncident({ transition }: Alert): boolean {
  return transition !== 'test' && transition !== 'pulse';
}

/**
 * Any alert tells enough to know its incident by, should the one that opened it be lost. A second open incident of one
 * monitor, or a second open warning, is refused by the database, the second line behind the aggregator.
 */
async function openIncident(manager: EntityManager, alert: Alert): Promise<void> {
  await manager.query(
    `INSERT INTO incidents (id, monitor_id, first_failure_at, opened_at, resolved_at, cause, regions, platform,
        certificate)
      VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb) ON CONFLICT (id) DO NOTHING`,
    [
      alert.incidentId,
      alert.monitorId,
      new Date(alert.firstFailureAt),
      new Date(alert.openedAt),
      dateOrNull(alert.resolvedAt),
      alert.resolveCause,
      jsonbOf(alert.regions),
      platformOf(alert),
      alert.certificate === undefined ? null : jsonbOf(alert.certificate),
    ],
  );
}

/** What Quorate's own incident is about, as JSON text; null for a monitor's. */
function platformOf({ monitor, trouble }: Alert): string | null {
  return trouble === null ? null : jsonbOf({ condition: monitor.target, title: monitor.name, ...trouble });
}

/** Whether the incident is in the read model. What happened first stays. */
async function updateIncident(manager: EntityManager, alert: Alert): Promise<boolean> {
  const isAcknowledged = alert.transition === 'acknowledged';
  const [rows] = await manager.query<[unknown[], number]>(
    `UPDATE incidents SET
      acknowledged_at = coalesce(acknowledged_at, $2),
      acknowledged_by = coalesce(acknowledged_by, $3),
      resolved_at = coalesce(resolved_at, $4),
      cause = coalesce(cause, $5)
      WHERE id = $1 RETURNING id`,
    [
      alert.incidentId,
      isAcknowledged ? new Date(alert.at) : null,
      isAcknowledged ? alert.acknowledgedBy : null,
      dateOrNull(alert.resolvedAt),
      alert.resolveCause,
    ],
  );
  return rows.length > 0;
}

async function insertAlert(manager: EntityManager, alert: Alert): Promise<void> {
  await manager.query(
    `INSERT INTO incident_alerts (alert_id, incident_id, at, alert) VALUES ($1, $2, $3, $4::jsonb)
      ON CONFLICT (alert_id) DO NOTHING`,
    [alert.alertId, alert.incidentId, new Date(alert.at), jsonbOf(alert)],
  );
}

function dateOrNull(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}
