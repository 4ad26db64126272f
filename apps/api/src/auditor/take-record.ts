/** Takes what the log tells of an entity into its row, or makes the row anew. */
import {
  channelRecordSchema,
  directoryKeyOfInstallation,
  directoryKeyOfMaintenanceWindow,
  installationRecordSchema,
  maintenanceWindowRecordSchema,
  monitorRecordSchema,
  targetOf,
  type ChannelRecord,
  type InstallationRecord,
  type Instant,
  type MaintenanceWindowRecord,
  type MonitorRecord,
} from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { ChannelEntity } from '../channels/channel.entity.ts';
import { MaintenanceWindowEntity } from '../maintenance-windows/maintenance-window.entity.ts';
import { isoOf } from '../http/instants.ts';
import { MonitorEntity } from '../monitors/monitor.entity.ts';
import type { ConfiguredEntity } from '../outbox/configured-entity.ts';
import { InstallationEntity } from '../settings/installation.entity.ts';
import { anyChannelSettingsSchema, anyMonitorSettingsSchema } from './forms.ts';
import { parsed } from './parsed.ts';

interface Told {
  /** The value of the record. */
  readonly text: string;
  readonly now: Instant;
}

const windowKeyPrefix = directoryKeyOfMaintenanceWindow('');

const lock = { mode: 'pessimistic_write' } as const;

/** Whether it was taken: not when the row is as new by now, or the record cannot be read. */
export async function takeRecord(manager: EntityManager, entity: ConfiguredEntity, told: Told): Promise<boolean> {
  if (entity.topic === 'monitors') return takeMonitor(manager, told);
  if (entity.key === directoryKeyOfInstallation) return takeInstallation(manager, told);
  if (entity.key.startsWith(windowKeyPrefix)) return takeMaintenanceWindow(manager, told);
  return takeChannel(manager, told);
}

async function takeMonitor(manager: EntityManager, { text }: Told): Promise<boolean> {
  const record = parsed<MonitorRecord>(monitorRecordSchema, text);
  if (record === null) return false;
  const row = await manager.findOne(MonitorEntity, { where: { id: record.id }, lock });
  if (row !== null && row.version >= record.version) return false;
  const { v: _v, checkAtOnce: _checkAtOnce, id, version, paused, createdAt, changedAt, ...rest } = record;
  const settings = anyMonitorSettingsSchema.safeParse(rest).data;
  if (settings === undefined) return false;
  const { name } = settings;
  const columns = { id, version, name, target: targetOf(settings), paused, settings, createdAt, changedAt };
  await manager.save(Object.assign(new MonitorEntity(), columns));
  return true;
}

async function takeChannel(manager: EntityManager, { text, now }: Told): Promise<boolean> {
  const record = parsed<ChannelRecord>(channelRecordSchema, text);
  if (record === null) return false;
  const row = await manager.findOne(ChannelEntity, { where: { id: record.id }, lock });
  if (row !== null && row.version >= record.version) return false;
  const { v: _v, entity: _entity, id, version, ...rest } = record;
  const settings = anyChannelSettingsSchema.safeParse(rest).data;
  if (settings === undefined) return false;
  const channel = manager.create(ChannelEntity, { id, version, createdAt: row?.createdAt ?? now });
  await manager.save(Object.assign(channel, { settings }));
  return true;
}

async function takeInstallation(manager: EntityManager, { text }: Told): Promise<boolean> {
  const record = parsed<InstallationRecord>(installationRecordSchema, text);
  if (record === null) return false;
  const row = await manager.findOneOrFail(InstallationEntity, { where: { id: true }, lock });
  if (row.version >= record.version) return false;
  const { v: _v, entity: _entity, version, ...settings } = record;
  await manager.update(InstallationEntity, { id: true }, { version, settings });
  return true;
}

async function takeMaintenanceWindow(manager: EntityManager, { text, now }: Told): Promise<boolean> {
  const record = parsed<MaintenanceWindowRecord>(maintenanceWindowRecordSchema, text);
  if (record === null) return false;
  const row = await manager.findOne(MaintenanceWindowEntity, { where: { id: record.id }, lock });
  if (row !== null && row.version >= record.version) return false;
  const { v: _v, entity: _entity, id, version, startsAt, endsAt, ...rest } = record;
  const settings = { ...rest, startsAt: isoOf(startsAt), endsAt: isoOf(endsAt) };
  const createdAt = row?.createdAt ?? now;
  await manager.save(manager.create(MaintenanceWindowEntity, { id, version, settings, createdAt }));
  return true;
}
