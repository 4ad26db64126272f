/** Reads monitors with how they stand. */
import type { MonitorStatus } from '@quorate/contracts';
import { In, IsNull, Not, type DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { ProblemError } from '../http/problem.ts';
import { IncidentEntity } from '../incidents/incident.entity.ts';
import { RoundEntity } from '../rounds/round.entity.ts';
import { builtInMonitorIds } from '../settings/built-in.ts';
import { MonitorStatusEntity } from './monitor-status.entity.ts';
import { MonitorEntity } from './monitor.entity.ts';
import type { MonitorView } from './monitor.presenter.ts';
import type { MonitorsQuery } from './monitor.schema.ts';

function unknownMonitor(): ProblemError {
  return new ProblemError('QRT_MONITOR_UNKNOWN', 'No monitor has this ID; list the monitors to see what there is.');
}

/** @throws ProblemError when there is none. `isLocked` keeps it as it is until the transaction ends. */
export async function findMonitor(manager: EntityManager, id: string, isLocked = false): Promise<MonitorEntity> {
  const lock = isLocked ? { lock: { mode: 'pessimistic_write' as const } } : {};
  const monitor = await manager.findOne(MonitorEntity, { where: { id }, ...lock });
  if (monitor === null) throw unknownMonitor();
  return monitor;
}

async function viewMonitors(
  manager: EntityManager,
  monitors: readonly MonitorEntity[],
): Promise<readonly MonitorView[]> {
  const ids = monitors.map(({ id }) => id);
  const statuses = await manager.find(MonitorStatusEntity, { where: { monitorId: In(ids) } });
  const rounds = await lastRounds(manager, ids);
  const isOpenWarning = { monitorId: In(ids), resolvedAt: IsNull(), certificate: Not(IsNull()) };
  const warnings = await manager.find(IncidentEntity, { where: isOpenWarning });
  const statusById = new Map(statuses.map((status) => [status.monitorId, status]));
  const roundById = new Map(rounds.map((round) => [round.monitorId, round]));
  const warningById = new Map(warnings.map((warning) => [warning.monitorId, warning]));
  return monitors.map((monitor) => ({
    monitor,
    status: statusById.get(monitor.id) ?? null,
    lastRound: roundById.get(monitor.id) ?? null,
    warning: warningById.get(monitor.id) ?? null,
  }));
}

export async function viewMonitor(manager: EntityManager, monitor: MonitorEntity): Promise<MonitorView> {
  const [view] = await viewMonitors(manager, [monitor]);
  return view ?? { monitor, status: null, lastRound: null, warning: null };
}

/** The newest round of each that decides on its status. */
function lastRounds(manager: EntityManager, ids: readonly string[]): Promise<RoundEntity[]> {
  return manager
    .createQueryBuilder(RoundEntity, 'round')
    .where(
      `(round.monitorId, round.dueAt) IN (SELECT wanted.id,
        (SELECT max(due_at) FROM rounds WHERE monitor_id = wanted.id AND kind <> 'manual')
        FROM unnest(:ids::uuid[]) AS wanted (id))`,
      { ids },
    )
    .andWhere(`round.kind <> 'manual'`)
    .getMany();
}

/** The page's rows and one more. */
export async function listMonitors(database: DataSource, query: MonitorsQuery): Promise<readonly MonitorView[]> {
  const builder = database
    .createQueryBuilder(MonitorEntity, 'monitor')
    .where('monitor.id NOT IN (:...builtInMonitorIds)', { builtInMonitorIds })
    .orderBy('monitor.createdAt', 'DESC')
    .addOrderBy('monitor.id', 'DESC')
    .take(query.limit + 1);
  const { cursor } = query;
  if (cursor !== undefined) {
    builder.andWhere('(monitor.createdAt, monitor.id) < (:at, :id)', { at: new Date(cursor.at), id: cursor.id });
  }
  filterByText(builder, query);
  if (query.status !== undefined) filterByStatus(builder, query.status);
  return viewMonitors(database.manager, await builder.getMany());
}

function filterByText(builder: SelectQueryBuilder<MonitorEntity>, { tag, q }: MonitorsQuery): void {
  if (q !== undefined) {
    builder.andWhere('position(lower(:q) IN lower(monitor.name || chr(10) || monitor.target)) > 0', { q });
  }
  if (tag === undefined) return;
  const [name = '', ...value] = tag.split(':');
  const tags = `monitor.settings -> 'tags'`;
  if (value.length === 0) builder.andWhere(`jsonb_exists(${tags}, :name)`, { name });
  else builder.andWhere(`${tags} ->> :name = :value`, { name, value: value.join(':') });
}

/** As the presenter decides it. */
function filterByStatus(builder: SelectQueryBuilder<MonitorEntity>, status: MonitorStatus): void {
  builder.leftJoin(MonitorStatusEntity, 'status', 'status.monitorId = monitor.id').andWhere(
    `CASE WHEN monitor.paused THEN 'paused'
        WHEN status.status IS NULL OR status.status = 'paused' THEN 'pending' ELSE status.status END = :status`,
    { status },
  );
}
