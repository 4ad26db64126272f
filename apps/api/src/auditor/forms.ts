/**
 * The forms of what is configured, from its row and from its record: the same settings have the same hash, also where
 * one of the two is older than a setting that has a default.
 */
import {
  channelSettingsSchema,
  directoryKeyOfAudit,
  directoryKeyOfChannel,
  directoryKeyOfInstallation,
  directoryKeyOfMaintenanceWindow,
  heartbeatSettingsSchema,
  installationSettingsSchema,
  monitorSettingsSchema,
  selfMonitorSettingsSchema,
} from '@quorate/contracts';
import { z } from 'zod';
import type { ChannelEntity } from '../channels/channel.entity.ts';
import type { MaintenanceWindowEntity } from '../maintenance-windows/maintenance-window.entity.ts';
import type { MonitorEntity } from '../monitors/monitor.entity.ts';
import type { InstallationEntity } from '../settings/installation.entity.ts';
import type { Form } from './compare-configuration.ts';
import { contentHash } from './content-hash.ts';
import { parsed } from './parsed.ts';

/** Of a record that cannot be read: every row is newer. */
const unreadable: Form = { version: 0, hash: 0 };

const monitorSchema = z.looseObject({ version: z.int(), paused: z.boolean() });
/** What people make, and what is built in. */
export const anyMonitorSettingsSchema = z.union([monitorSettingsSchema, selfMonitorSettingsSchema]);
export const anyChannelSettingsSchema = z.union([channelSettingsSchema, heartbeatSettingsSchema]);
/** The dead man's switch is told by what is made of it. */
const toldInstallationSchema = installationSettingsSchema.omit({ deadMansSwitch: true });
const entitySchema = z.looseObject({ version: z.int() });
const channelKeyPrefix = directoryKeyOfChannel('');
const windowKeyPrefix = directoryKeyOfMaintenanceWindow('');

export function formOfMonitor({
  version,
  paused,
  settings,
}: Pick<MonitorEntity, 'version' | 'paused' | 'settings'>): Form {
  return { version, hash: contentHash([paused, complete(anyMonitorSettingsSchema, settings)]) };
}

export function formOfChannel({ version, settings }: ChannelEntity): Form {
  return { version, hash: contentHash(complete(anyChannelSettingsSchema, settings)) };
}

export function formOfInstallation({ version, settings }: InstallationEntity): Form {
  const { deadMansSwitch: _deadMansSwitch, ...told } = settings;
  return { version, hash: contentHash(complete(toldInstallationSchema, told)) };
}

export function formOfMaintenanceWindow({ version, settings }: MaintenanceWindowEntity): Form {
  const { startsAt, endsAt, ...rest } = settings;
  return { version, hash: contentHash({ ...rest, startsAt: Date.parse(startsAt), endsAt: Date.parse(endsAt) }) };
}

/** `text` is the value of a record of `monitors`. */
export function formOfMonitorRecord(text: string): Form {
  const record = parsed(monitorSchema, text);
  if (record === null) return unreadable;
  const { v: _v, id: _id, version, paused, ...rest } = record;
  const { createdAt: _createdAt, changedAt: _changedAt, checkAtOnce: _checkAtOnce, ...settings } = rest;
  return { version, hash: contentHash([paused, complete(anyMonitorSettingsSchema, settings)]) };
}

/** `text` is the value of the record of `directory` under `key`. Null where it is about nothing that is configured. */
export function formOfDirectoryRecord(key: string, text: string): Form | null {
  if (key === directoryKeyOfAudit) return null;
  const record = parsed(entitySchema, text);
  if (record === null) return unreadable;
  const { v: _v, entity: _entity, version, ...fields } = record;
  if (key === directoryKeyOfInstallation) {
    return { version, hash: contentHash(complete(toldInstallationSchema, fields)) };
  }
  const { id: _id, ...settings } = fields;
  if (key.startsWith(windowKeyPrefix)) return { version, hash: contentHash(settings) };
  if (!key.startsWith(channelKeyPrefix)) return null;
  return { version, hash: contentHash(complete(anyChannelSettingsSchema, settings)) };
}

/** With its defaults; as it is where the schema does not know it. */
function complete(schema: z.ZodType, settings: unknown): unknown {
  const { success, data } = schema.safeParse(settings);
  return success ? data : settings;
}
