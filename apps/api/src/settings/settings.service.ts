/** Reads and changes the settings of the installation: each change is one version, one transaction and one record. */
import { installationSettingsSchema, type InstallationSettings } from '@quorate/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { checkChannelsExist } from '../channels/channels.queries.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { checkVersion } from '../http/entity-tag.ts';
import { patched } from '../http/patched.ts';
import { enqueue } from '../outbox/outbox.ts';
import { installationRecordOf, installationSettingsOf } from './installation-record.ts';
import { InstallationEntity } from './installation.entity.ts';
import type { InstallationAnswer } from './settings.schema.ts';

export class SettingsService {
  readonly #database: DataSource;
  readonly #unitOfWork: UnitOfWork;

  constructor(database: DataSource, unitOfWork: UnitOfWork) {
    this.#database = database;
    this.#unitOfWork = unitOfWork;
  }

  async read(): Promise<InstallationAnswer> {
    return answerOf(await this.#database.manager.findOneByOrFail(InstallationEntity, { id: true }));
  }

  edit(patch: unknown, expectedVersion: number | null): Promise<InstallationAnswer> {
    return this.#unitOfWork.run(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const installation = await manager.findOneOrFail(InstallationEntity, { where: { id: true }, lock });
      checkVersion(expectedVersion, installation.version);
      const settings = patched(installationSettingsOf(installation), patch, installationSettingsSchema);
      if (settings === null) return answerOf(installation);
      await checkPlatformChannels(manager, settings);
      Object.assign(installation, { settings, version: installation.version + 1 });
      await manager.update(InstallationEntity, { id: true }, { settings, version: installation.version });
      await enqueue(manager, installationRecordOf(installation));
      return answerOf(installation);
    });
  }
}

function answerOf(installation: InstallationEntity): InstallationAnswer {
  return { ...installationSettingsOf(installation), version: installation.version };
}

function checkPlatformChannels(manager: EntityManager, { platformChannelIds }: InstallationSettings): Promise<void> {
  const references = platformChannelIds.map((id, index) => ({ id, pointer: `/platformChannelIds/${index}` }));
  return checkChannelsExist(manager, references);
}
