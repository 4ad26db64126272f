/** The record of `directory` that tells the aggregator of a maintenance window's newest version. */
import { directoryKeyOfMaintenanceWindow, maintenanceWindowRecordSchema } from '@quorate/contracts';
import type { OutboxRecord } from '../outbox/outbox.ts';
import type { MaintenanceWindowEntity } from './maintenance-window.entity.ts';

/** Parsed once more: what the aggregator could not read must not leave here. */
export function maintenanceWindowRecordOf({
  id,
  version,
  settings,
}: MaintenanceWindowEntity): OutboxRecord<'directory'> {
  const times = { startsAt: Date.parse(settings.startsAt), endsAt: Date.parse(settings.endsAt) };
  const identity = { v: 1, entity: 'maintenance-window', id, version };
  const value = maintenanceWindowRecordSchema.parse({ ...settings, ...times, ...identity });
  return { topic: 'directory', key: directoryKeyOfMaintenanceWindow(id), value };
}

export function maintenanceWindowTombstoneOf(id: string): OutboxRecord<'directory'> {
  return { topic: 'directory', key: directoryKeyOfMaintenanceWindow(id), value: null };
}
