/** Changes maintenance windows: each change is one version, one transaction and one record. */
import { randomUUID } from 'node:crypto';
import type { DurableLog } from '@quorate/bus';
import { maintenanceWindowSettingsSchema, type MaintenanceWindowSettings } from '@quorate/contracts';
import { In, type EntityManager } from 'typeorm';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { checkVersion } from '../http/entity-tag.ts';
import { patched, type Edit } from '../http/patched.ts';
import { ProblemError, type FieldError } from '../http/problem.ts';
import { MonitorEntity } from '../monitors/monitor.entity.ts';
import { enqueue } from '../outbox/outbox.ts';
import { maintenanceWindowRecordOf, maintenanceWindowTombstoneOf } from './maintenance-window-record.ts';
import { MaintenanceWindowEntity } from './maintenance-window.entity.ts';
import { presentMaintenanceWindow } from './maintenance-window.presenter.ts';
import type { MaintenanceWindowAnswer } from './maintenance-window.schema.ts';
import { findMaintenanceWindow } from './maintenance-windows.queries.ts';

export class MaintenanceWindowsService {
  readonly #unitOfWork: UnitOfWork;
  readonly #log: DurableLog;

  constructor(unitOfWork: UnitOfWork, log: DurableLog) {
    this.#unitOfWork = unitOfWork;
    this.#log = log;
  }

  create(settings: MaintenanceWindowSettings): Promise<MaintenanceWindowAnswer> {
    const now = this.#log.now();
    return this.#unitOfWork.run(async (manager) => {
      await checkMonitorsExist(manager, settings.monitorIds);
      const identity = { id: randomUUID(), version: 1, createdAt: now };
      const window = manager.create(MaintenanceWindowEntity, { ...identity, settings });
      await manager.insert(MaintenanceWindowEntity, window);
      await enqueue(manager, maintenanceWindowRecordOf(window));
      return presentMaintenanceWindow(window, now);
    });
  }

  edit({ id, patch, expectedVersion }: Edit): Promise<MaintenanceWindowAnswer> {
    const now = this.#log.now();
    return this.#unitOfWork.run(async (manager) => {
      const window = await findMaintenanceWindow(manager, id, true);
      checkVersion(expectedVersion, window.version);
      const settings = patched(window.settings, patch, maintenanceWindowSettingsSchema);
      if (settings === null) return presentMaintenanceWindow(window, now);
      const added = settings.monitorIds.filter((monitorId) => !window.settings.monitorIds.includes(monitorId));
      await checkMonitorsExist(manager, added);
      Object.assign(window, { settings, version: window.version + 1 });
      await manager.update(MaintenanceWindowEntity, { id }, { settings, version: window.version });
      await enqueue(manager, maintenanceWindowRecordOf(window));
      return presentMaintenanceWindow(window, now);
    });
  }

  remove(id: string): Promise<void> {
    return this.#unitOfWork.run(async (manager) => {
      await findMaintenanceWindow(manager, id, true);
      await manager.delete(MaintenanceWindowEntity, { id });
      await enqueue(manager, maintenanceWindowTombstoneOf(id));
    });
  }
}

/** A monitor may be deleted later: the window then covers one less. @throws ProblemError naming those that are none. */
async function checkMonitorsExist(manager: EntityManager, monitorIds: readonly string[]): Promise<void> {
  if (monitorIds.length === 0) return;
  const found = await manager.find(MonitorEntity, { where: { id: In([...monitorIds]) }, select: { id: true } });
  const known = new Set(found.map(({ id }) => id));
  const errors = monitorIds
    .filter((id) => !known.has(id))
    .map((id): FieldError => ({ pointer: '/monitorIds', message: `names no monitor: ${id}` }));
  if (errors.length > 0) throw new ProblemError('QRT_BODY_INVALID', 'See errors for each unknown monitor.', { errors });
}
