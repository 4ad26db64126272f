/** The record of `directory` that tells the other services of the installation's newest settings. */
import {
  directoryKeyOfInstallation,
  installationRecordSchema,
  installationSettingsSchema,
  type InstallationSettings,
} from '@quorate/contracts';
import type { OutboxRecord } from '../outbox/outbox.ts';
import type { InstallationEntity } from './installation.entity.ts';

export function installationSettingsOf({ settings }: InstallationEntity): InstallationSettings {
  return installationSettingsSchema.parse(settings);
}

/** Parsed once more: what its readers could not read must not leave here. */
export function installationRecordOf(installation: InstallationEntity): OutboxRecord<'directory'> {
  const { version } = installation;
  const settings = installationSettingsOf(installation);
  const value = installationRecordSchema.parse({ ...settings, version, v: 1, entity: 'installation' });
  return { topic: 'directory', key: directoryKeyOfInstallation, value };
}
