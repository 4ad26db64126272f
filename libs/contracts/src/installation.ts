/** What holds for the whole installation, as the API takes it and as `directory` carries it. */
import { z } from 'zod';
import { deadMansSwitchSettingsSchema } from './dead-mans-switch.ts';
import { channelIdSchema } from './identifiers.ts';

export const installationSettingsSchema = z.strictObject({
  /** Who hears when Quorate itself is in trouble: the channels of platform alerts. */
  platformChannelIds: z.array(channelIdSchema).max(20).default([]),
  /** Null while nobody waits for a sign of life of Quorate. */
  deadMansSwitch: deadMansSwitchSettingsSchema.nullable().default(null),
});
export type InstallationSettings = z.infer<typeof installationSettingsSchema>;

/**
 * The record of `directory` under `directoryKeyOfInstallation`. Where there is none, the defaults hold. The dead man's
 * switch is not in it: the log has the monitors and the channel that are made of it.
 */
export const installationRecordSchema = z.object({
  v: z.literal(1),
  entity: z.literal('installation'),
  /** Counts up with each change. */
  version: z.int().min(1),
  platformChannelIds: installationSettingsSchema.shape.platformChannelIds,
});
export type InstallationRecord = z.infer<typeof installationRecordSchema>;

export const directoryKeyOfInstallation = 'installation';
