/** The record of `monitors` that tells the other services of a monitor's newest version. */
import { monitorRecordSchema, type MonitorRecord } from '@quorate/contracts';
import type { MonitorEntity } from './monitor.entity.ts';

/** Parsed once more: what the other services could not read must not leave here. */
export function monitorRecordOf(monitor: MonitorEntity, checkAtOnce: boolean): MonitorRecord {
  const { id, version, paused, createdAt, changedAt, settings } = monitor;
  return monitorRecordSchema.parse({ ...settings, v: 1, id, version, paused, createdAt, changedAt, checkAtOnce });
}
