/** What holds for the whole installation, as the API takes it and as `directory` carries it. */
import { z } from 'zod';
import { channelIdSchema } from './identifiers.ts';

export const installationSettingsSchema = z.strictObject({
  /** Who hears when Quorate itself is in trouble: the channels of platform alerts. */
  platformChannelIds: z.array(channelIdSchema).max(20).default([]),
});
export type InstallationSettings = z.infer<typeof installationSettingsSchema>;

/** The record of `directory` under `directoryKeyOfInstallation`. Where there is none, the defaults hold. */
export const installationRecordSchema = z.object({
  v: z.literal(1),
  entity: z.literal('installation'),
  /** Counts up with each change. */
  version: z.int().min(1),
  ...installationSettingsSchema.shape,
});
export type InstallationRecord = z.infer<typeof installationRecordSchema>;

export const directoryKeyOfInstallation = 'installation';
