/** Says again what stands of an entity: the record that its row asks for, or a tombstone where there is no row. */
import {
  directoryKeyOfAudit,
  directoryKeyOfChannel,
  directoryKeyOfInstallation,
  directoryKeyOfMaintenanceWindow,
} from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { auditRecordOf } from '../auditor/audit-record.ts';
import { AuditEntity } from '../auditor/audit.entity.ts';
import { channelRecordOf, channelTombstoneOf } from '../channels/channel-record.ts';
import { ChannelEntity } from '../channels/channel.entity.ts';
import {
  maintenanceWindowRecordOf,
  maintenanceWindowTombstoneOf,
} from '../maintenance-windows/maintenance-window-record.ts';
import { MaintenanceWindowEntity } from '../maintenance-windows/maintenance-window.entity.ts';
import { monitorRecordOf } from '../monitors/monitor-record.ts';
import { MonitorEntity } from '../monitors/monitor.entity.ts';
import { installationRecordOf } from '../settings/installation-record.ts';
import { InstallationEntity } from '../settings/installation.entity.ts';
import type { ConfiguredEntity } from './configured-entity.ts';
import { enqueue, type OutboxRecord } from './outbox.ts';

const lock = { mode: 'pessimistic_write' } as const;
const channelKeyPrefix = directoryKeyOfChannel('');
const windowKeyPrefix = directoryKeyOfMaintenanceWindow('');

/** In one transaction: the row's lock keeps it the newest until its record is in the outbox. */
export async function enqueueStanding(manager: EntityManager, { topic, key }: ConfiguredEntity): Promise<void> {
  if (topic === 'monitors') await enqueue(manager, await standingMonitor(manager, key));
  else await enqueue(manager, await standingInDirectory(manager, key));
}

/** It asks for no round at once: the monitor's cadence goes on. */
async function standingMonitor(manager: EntityManager, id: string): Promise<OutboxRecord<'monitors'>> {
  const monitor = await manager.findOne(MonitorEntity, { where: { id }, lock });
  return { topic: 'monitors', key: id, value: monitor === null ? null : monitorRecordOf(monitor, false) };
}

async function standingInDirectory(manager: EntityManager, key: string): Promise<OutboxRecord<'directory'>> {
  if (key === directoryKeyOfAudit) {
    return auditRecordOf(await manager.findOneOrFail(AuditEntity, { where: { id: true }, lock }));
  }
  if (key === directoryKeyOfInstallation) {
    return installationRecordOf(await manager.findOneOrFail(InstallationEntity, { where: { id: true }, lock }));
  }
  if (key.startsWith(windowKeyPrefix)) return standingWindow(manager, key.slice(windowKeyPrefix.length));
  const id = key.slice(channelKeyPrefix.length);
  const channel = await manager.findOne(ChannelEntity, { where: { id }, lock });
  return channel === null ? channelTombstoneOf(id) : channelRecordOf(channel);
}

async function standingWindow(manager: EntityManager, id: string): Promise<OutboxRecord<'directory'>> {
  const window = await manager.findOne(MaintenanceWindowEntity, { where: { id }, lock });
  return window === null ? maintenanceWindowTombstoneOf(id) : maintenanceWindowRecordOf(window);
}
