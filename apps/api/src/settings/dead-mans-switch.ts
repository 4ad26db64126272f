/** Makes of the dead man's switch's settings what the other services know: monitors and a channel like any others. */
import { isDeepStrictEqual } from 'node:util';
import {
  drillIntervalSeconds,
  heartbeatSettingsSchema,
  selfMonitorSettingsSchema,
  targetOf,
  type DeadMansSwitchSettings,
  type HeartbeatSettings,
  type Instant,
  type SelfMonitorSettings,
} from '@quorate/contracts';
import type { EntityManager } from 'typeorm';
import { channelRecordOf, channelTombstoneOf } from '../channels/channel-record.ts';
import { ChannelEntity } from '../channels/channel.entity.ts';
import { monitorRecordOf } from '../monitors/monitor-record.ts';
import { MonitorEntity } from '../monitors/monitor.entity.ts';
import { enqueue } from '../outbox/outbox.ts';
import { drillMonitorId, heartbeatChannelId, switchMonitorId } from './built-in.ts';

export interface Making {
  /** With the URL sealed for the channel; null takes everything away. */
  readonly settings: DeadMansSwitchSettings | null;
  /** That of the installation: it counts up for good, also over a removal. */
  readonly version: number;
  readonly now: Instant;
}

/** The prober answers at once; this is for the way there. */
const timeoutSeconds = 5;

function switchSettingsOf({ intervalSeconds }: DeadMansSwitchSettings): SelfMonitorSettings {
  return selfMonitorSettingsSchema.parse({
    name: 'Dead man’s switch',
    type: 'self',
    self: { drill: null },
    intervalSeconds,
    timeoutSeconds,
    channelIds: [heartbeatChannelId],
  });
}

/** A rhythm that is already being played goes on; another one begins now, so that its first page comes at once. */
function drillSettingsOf(
  { intervalSeconds, drill }: DeadMansSwitchSettings,
  played: MonitorEntity | null,
  now: Instant,
): SelfMonitorSettings | null {
  if (drill === null) return null;
  const rhythm = { periodSeconds: drill.everyMinutes * 60, downSeconds: drill.downSeconds };
  const before = played?.settings.type === 'self' ? played.settings.self.drill : null;
  const isSame = before?.periodSeconds === rhythm.periodSeconds && before.downSeconds === rhythm.downSeconds;
  return selfMonitorSettingsSchema.parse({
    name: 'Quorate drill',
    type: 'self',
    self: { drill: { ...rhythm, startsAt: isSame ? before.startsAt : now } },
    intervalSeconds: drillIntervalSeconds(intervalSeconds),
    timeoutSeconds,
    decision: { confirmIntervalSeconds: 1 },
    channelIds: drill.channelIds,
  });
}

function channelSettingsOf({ url, method }: DeadMansSwitchSettings): HeartbeatSettings {
  return heartbeatSettingsSchema.parse({ name: 'Dead man’s switch', type: 'heartbeat', heartbeat: { url, method } });
}

async function makeMonitor(
  manager: EntityManager,
  id: string,
  { before, wanted, version, now }: Making & { before: MonitorEntity | null; wanted: SelfMonitorSettings | null },
): Promise<void> {
  if (wanted === null) {
    if (before === null) return;
    await manager.delete(MonitorEntity, { id });
    await enqueue(manager, { topic: 'monitors', key: id, value: null });
    return;
  }
  if (isDeepStrictEqual(before?.settings, wanted)) return;
  const told = { name: wanted.name, target: targetOf(wanted), settings: wanted };
  const dates = { createdAt: before?.createdAt ?? now, changedAt: Math.max(now, (before?.changedAt ?? 0) + 1) };
  const monitor = manager.create(MonitorEntity, { id, version, paused: false, ...told, ...dates });
  await manager.save(monitor);
  await enqueue(manager, { topic: 'monitors', key: id, value: monitorRecordOf(monitor, true) });
}

async function makeChannel(manager: EntityManager, { settings, version, now }: Making): Promise<void> {
  const id = heartbeatChannelId;
  const before = await manager.findOneBy(ChannelEntity, { id });
  if (settings === null) {
    if (before === null) return;
    await manager.delete(ChannelEntity, { id });
    await enqueue(manager, channelTombstoneOf(id));
    return;
  }
  const wanted = channelSettingsOf(settings);
  if (isDeepStrictEqual(before?.settings, wanted)) return;
  const createdAt = before?.createdAt ?? now;
  const channel = manager.create(ChannelEntity, { id, version, settings: wanted, createdAt });
  await manager.save(channel);
  await enqueue(manager, channelRecordOf(channel));
}

/** In the transaction that saves the settings, whose row is locked. What has not changed is left as it is. */
export async function makeDeadMansSwitch(manager: EntityManager, making: Making): Promise<void> {
  const { settings, now } = making;
  await makeChannel(manager, making);
  const before = await manager.findOneBy(MonitorEntity, { id: switchMonitorId });
  const wanted = settings === null ? null : switchSettingsOf(settings);
  await makeMonitor(manager, switchMonitorId, { ...making, before, wanted });
  const played = await manager.findOneBy(MonitorEntity, { id: drillMonitorId });
  const drill = settings === null ? null : drillSettingsOf(settings, played, now);
  await makeMonitor(manager, drillMonitorId, { ...making, before: played, wanted: drill });
}
