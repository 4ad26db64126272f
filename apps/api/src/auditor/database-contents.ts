/** Reads what the database holds, a page at a time. */
import type { Instant, MonitorStatus } from '@quorate/contracts';
import type { DataSource } from 'typeorm';
import type { MonitorEntity } from '../monitors/monitor.entity.ts';
import type { DeliveryForm } from './compare-deliveries.ts';
import type { ShownMonitor } from './compare-monitor.ts';

const pageRowsMax = 500;
/** Of what should not be there at all. */
const oddRowsMax = 1_000;

export interface MonitorRow extends ShownMonitor {
  readonly settings: MonitorEntity['settings'];
}

interface MonitorColumns {
  id: string;
  version: number;
  paused: boolean;
  settings: MonitorEntity['settings'];
  changed_at: Date;
  status: MonitorStatus | null;
  since: Date | null;
  incident_id: string | null;
  opened_at: Date | null;
  warning_id: string | null;
  warned_at: Date | null;
}

/** Every monitor as the API shows it. */
export function monitorPages(database: DataSource): AsyncGenerator<readonly MonitorRow[]> {
  const sql = `
    SELECT m.id, m.version, m.paused, m.settings, m.changed_at, s.status, s.since, i.id AS incident_id, i.opened_at,
      w.id AS warning_id, w.opened_at AS warned_at
    FROM monitors m
    LEFT JOIN monitor_statuses s ON s.monitor_id = m.id
    LEFT JOIN incidents i ON i.monitor_id = m.id AND i.resolved_at IS NULL AND i.certificate IS NULL
    LEFT JOIN incidents w ON w.monitor_id = m.id AND w.resolved_at IS NULL AND w.certificate IS NOT NULL
    WHERE m.id > $1 ORDER BY m.id LIMIT $2`;
  const read = async (after: string | null) => {
    const columns: MonitorColumns[] = await database.query(sql, [after ?? nil, pageRowsMax]);
    return columns.map(monitorRowOf);
  };
  return pages(read, ({ monitorId }) => monitorId);
}

const nil = '00000000-0000-0000-0000-000000000000';

function monitorRowOf(columns: MonitorColumns): MonitorRow {
  const { id, version, paused, settings, changed_at, status, since } = columns;
  return {
    monitorId: id,
    version,
    paused,
    settings,
    intervalSeconds: settings.intervalSeconds,
    changedAt: changed_at.getTime(),
    shown: status === null || since === null ? null : { status, since: since.getTime() },
    openIncident: openOf(columns.incident_id, columns.opened_at),
    openWarning: openOf(columns.warning_id, columns.warned_at),
  };
}

function openOf(id: string | null, openedAt: Date | null): ShownMonitor['openIncident'] {
  return id === null || openedAt === null ? null : { id, openedAt: openedAt.getTime() };
}

async function* pages<Row>(
  read: (after: string | null) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
): AsyncGenerator<readonly Row[]> {
  let after: string | null = null;
  for (;;) {
    const rows: readonly Row[] = await read(after);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = idOf(last);
  }
}

/** Open incidents of monitors that the database does not know. */
export async function incidentsWithoutMonitor(
  database: DataSource,
): Promise<{ id: string; monitorId: string; openedAt: Instant }[]> {
  const rows: { id: string; monitor_id: string; opened_at: Date }[] = await database.query(
    `SELECT id, monitor_id, opened_at FROM incidents i WHERE resolved_at IS NULL AND platform IS NULL
      AND NOT EXISTS (SELECT FROM monitors m WHERE m.id = i.monitor_id) ORDER BY id LIMIT $1`,
    [oddRowsMax],
  );
  return rows.map(({ id, monitor_id, opened_at }) => ({ id, monitorId: monitor_id, openedAt: opened_at.getTime() }));
}

/** Those of some deliveries that the database has. */
export async function deliveryForms(
  { manager }: DataSource,
  deliveryIds: readonly string[],
): Promise<Map<string, DeliveryForm>> {
  const sql = 'SELECT delivery_id, delivery FROM deliveries WHERE delivery_id = ANY ($1)';
  const read = (ids: readonly string[]) => manager.query<{ delivery_id: string; delivery: DeliveryForm }[]>(sql, [ids]);
  const rows = await byPages(deliveryIds, read);
  return new Map(rows.map(({ delivery_id, delivery }) => [delivery_id, formOf(delivery)]));
}

async function byPages<Row>(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < ids.length; from += pageRowsMax) {
    rows.push(...(await read(ids.slice(from, from + pageRowsMax))));
  }
  return rows;
}

/** A row of an older version has not every field. */
function formOf({ state, plannedAt, nextAttemptAt, attemptCount, handedTo }: DeliveryForm): DeliveryForm {
  return { state, plannedAt, nextAttemptAt, attemptCount, handedTo: handedTo ?? null };
}

export function pendingDeliveryPages(
  database: DataSource,
): AsyncGenerator<readonly { deliveryId: string; attemptCount: number }[]> {
  const sql = `
    SELECT delivery_id AS "deliveryId", (delivery ->> 'attemptCount')::integer AS "attemptCount" FROM deliveries
    WHERE state = 'pending' AND delivery_id > $1 ORDER BY delivery_id LIMIT $2`;
  return pages(
    (after) => database.query<{ deliveryId: string; attemptCount: number }[]>(sql, [after ?? '', pageRowsMax]),
    ({ deliveryId }) => deliveryId,
  );
}

/** Which incidents among `ids` the database has. */
export async function knownIncidents({ manager }: DataSource, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const sql = 'SELECT id FROM incidents WHERE id = ANY ($1)';
  const rows = await byPages(ids, (some) => manager.query<{ id: string }[]>(sql, [some]));
  return new Set(rows.map(({ id }) => id));
}

/** Alerts of a time that name channels and have no delivery. A reminder may be wanted by none of its channels. */
export async function alertsWithoutDelivery(
  database: DataSource,
  { from, to }: { from: Instant; to: Instant },
): Promise<{ alertId: string; channelCount: number }[]> {
  return database.query(
    `SELECT alert_id AS "alertId", jsonb_array_length(alert -> 'channelIds') AS "channelCount" FROM incident_alerts a
      WHERE at >= $1 AND at < $2 AND alert ->> 'transition' <> 'reminder' AND alert -> 'channelIds' <> '[]'
        AND NOT EXISTS (SELECT FROM deliveries d WHERE d.alert_id = a.alert_id) ORDER BY alert_id LIMIT $3`,
    [new Date(from), new Date(to), oddRowsMax],
  );
}

/** What the outbox will tell soon, as `topic key`. */
export async function waitingInOutbox(database: DataSource): Promise<ReadonlySet<string>> {
  const rows: { name: string }[] = await database.query(`SELECT DISTINCT topic || ' ' || key AS name FROM outbox`);
  return new Set(rows.map(({ name }) => name));
}
