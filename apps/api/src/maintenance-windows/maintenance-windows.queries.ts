/** Reads maintenance windows. */
import type { DataSource, EntityManager } from 'typeorm';
import { ProblemError } from '../http/problem.ts';
import { MaintenanceWindowEntity } from './maintenance-window.entity.ts';
import type { MaintenanceWindowsQuery } from './maintenance-window.schema.ts';

/** @throws ProblemError when there is none. `isLocked` keeps it as it is until the transaction ends. */
export async function findMaintenanceWindow(
  manager: EntityManager,
  id: string,
  isLocked = false,
): Promise<MaintenanceWindowEntity> {
  const lock = isLocked ? { lock: { mode: 'pessimistic_write' as const } } : {};
  const window = await manager.findOne(MaintenanceWindowEntity, { where: { id }, ...lock });
  if (window !== null) return window;
  const detail = 'No maintenance window has this ID; list them to see what there is.';
  throw new ProblemError('QRT_MAINTENANCE_WINDOW_UNKNOWN', detail);
}

/** The page's rows and one more. */
export function listMaintenanceWindows(
  database: DataSource,
  { limit, cursor }: MaintenanceWindowsQuery,
): Promise<MaintenanceWindowEntity[]> {
  const builder = database
    .createQueryBuilder(MaintenanceWindowEntity, 'window')
    .orderBy('window.createdAt', 'DESC')
    .addOrderBy('window.id', 'DESC')
    .take(limit + 1);
  if (cursor !== undefined) {
    builder.where('(window.createdAt, window.id) < (:at, :id)', { at: new Date(cursor.at), id: cursor.id });
  }
  return builder.getMany();
}
