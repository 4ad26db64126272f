/** Puts the read model right by what the log holds. Each repair looks once more before it changes anything. */
import {
  attemptsKeptMax,
  deliverySchema,
  monitorStateSchema,
  type Alert,
  type Attempt,
  type Delivery,
  type Instant,
  type MonitorState,
} from '@quorate/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { jsonbOf } from '../database/jsonb.ts';
import { saveDeliveries } from '../projector/save-deliveries.ts';
import type { Repair } from './finding.ts';
import { parsed } from './parsed.ts';

type RepairOf<Type extends Repair['type']> = Extract<Repair, { type: Type }>;

/** Whether a statement changed a row. */
async function changes(manager: EntityManager, sql: string, values: unknown[]): Promise<boolean> {
  const answer: unknown = await manager.query(
    `WITH changed AS (${sql} RETURNING 1) SELECT count(*) FROM changed`,
    values,
  );
  return (answer as { count: number }[])[0]?.count === 1;
}

/** Only while it still shows what was compared: the projector may have come first. */
export function setStatus({ manager }: DataSource, repair: RepairOf<'set-status'>): Promise<boolean> {
  const { monitorId, shown, holds } = repair;
  const values = [monitorId, holds.status, new Date(holds.since)];
  if (shown === null) {
    const sql = `INSERT INTO monitor_statuses (monitor_id, status, since) SELECT id, $2::text, $3::timestamptz
      FROM monitors WHERE id = $1 ON CONFLICT DO NOTHING`;
    return changes(manager, sql, values);
  }
  const sql = `UPDATE monitor_statuses SET status = $2, since = $3
    WHERE monitor_id = $1 AND status = $4 AND since = $5`;
  return changes(manager, sql, [...values, shown.status, new Date(shown.since)]);
}

export function closeIncident(
  { manager }: DataSource,
  { incidentId, at, cause }: RepairOf<'close-incident'>,
): Promise<boolean> {
  const sql = 'UPDATE incidents SET resolved_at = $2, cause = $3 WHERE id = $1 AND resolved_at IS NULL';
  return changes(manager, sql, [incidentId, new Date(at), cause]);
}

/** `text` is the monitor's state as the log has it now. When it was acknowledged is not in it. */
export async function openIncident(
  { manager }: DataSource,
  { incidentId }: RepairOf<'open-incident'>,
  { text, now }: { text: string; now: Instant },
): Promise<boolean> {
  const incident = incidentIn(parsed<MonitorState>(monitorStateSchema, text), incidentId);
  if (incident === null) return false;
  const { acknowledgedBy, firstFailureAt, openedAt, regions, certificate = null } = incident;
  const sql = `INSERT INTO incidents
    (id, monitor_id, first_failure_at, opened_at, acknowledged_at, acknowledged_by, regions, certificate)
    SELECT $1::text, id, $3::timestamptz, $4::timestamptz, $5::timestamptz, $6::text, $7::jsonb, $8::jsonb
    FROM monitors WHERE id = $2 ON CONFLICT DO NOTHING`;
  return changes(manager, sql, [
    incidentId,
    incidentId.slice(0, incidentId.indexOf(':')),
    new Date(firstFailureAt),
    new Date(openedAt),
    acknowledgedBy === null ? null : new Date(now),
    acknowledgedBy,
    jsonbOf(regions),
    certificate === null ? null : jsonbOf(certificate),
  ]);
}

type Held = Pick<Alert, 'incidentId' | 'acknowledgedBy' | 'firstFailureAt' | 'openedAt' | 'regions' | 'certificate'>;

/** The outage or the warning that is remembered under this ID. */
function incidentIn(state: MonitorState | null, incidentId: string): Held | null {
  const held: readonly (Held | null)[] = [state?.incident ?? null, state?.certificateWarning ?? null];
  return held.find((one) => one?.incidentId === incidentId) ?? null;
}

/** `text` is the delivery as the log has it now. One that was tried less often than the database says is no newer. */
export async function takeDelivery(database: DataSource, text: string): Promise<boolean> {
  const told = parsed<Delivery>(deliverySchema, text);
  if (told === null) return false;
  return database.transaction(async (manager) => {
    const shown = await lockDelivery(manager, told.deliveryId);
    if (shown !== null && shown.attemptCount > told.attemptCount) return false;
    await saveDeliveries(manager, [told]);
    return true;
  });
}

/** It is shown as dead, so that people can have it sent again: under its key nobody hears of it twice. */
export async function endDelivery(
  database: DataSource,
  { deliveryId }: RepairOf<'end-delivery'>,
  now: Instant,
): Promise<boolean> {
  return database.transaction(async (manager) => {
    const shown = await lockDelivery(manager, deliveryId);
    if (shown?.state !== 'pending') return false;
    if (shown.alert.transition === 'pulse') return forgetPulse(manager, deliveryId);
    const error = 'How it ended is not known: its record was gone before the read model took it in';
    const unknown: Attempt = { at: now, outcome: 'failed', statusCode: null, error, durationMs: 0 };
    const attempts = [...shown.attempts, unknown].slice(-attemptsKeptMax);
    const attemptCount = shown.attemptCount + 1;
    await saveDeliveries(manager, [{ ...shown, state: 'dead', nextAttemptAt: null, attempts, attemptCount }]);
    return true;
  });
}

/** A sign of life of a time gone by: the read model forgets it as the log does. */
function forgetPulse(manager: EntityManager, deliveryId: string): Promise<boolean> {
  return changes(manager, 'DELETE FROM deliveries WHERE delivery_id = $1', [deliveryId]);
}

async function lockDelivery(manager: EntityManager, deliveryId: string): Promise<Delivery | null> {
  const sql = 'SELECT delivery FROM deliveries WHERE delivery_id = $1 FOR UPDATE';
  const [row] = await manager.query<{ delivery: Delivery }[]>(sql, [deliveryId]);
  return row?.delivery ?? null;
}
