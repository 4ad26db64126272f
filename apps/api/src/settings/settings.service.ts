/** Reads and changes the settings of the installation: each change is one version, one transaction and its records. */
import type { DurableLog } from '@quorate/bus';
import { httpUrlSchema, installationSettingsSchema, type InstallationSettings } from '@quorate/contracts';
import type { SecretBox } from '@quorate/runtime';
import type { DataSource, EntityManager } from 'typeorm';
import { checkChannelsExist, type ChannelReference } from '../channels/channels.queries.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { checkVersion } from '../http/entity-tag.ts';
import { patched } from '../http/patched.ts';
import { ProblemError } from '../http/problem.ts';
import { enqueue } from '../outbox/outbox.ts';
import { redacted, redactSecrets, sealSecrets, type MapSecrets } from '../secrets/sealing.ts';
import { drillMonitorId, heartbeatChannelId, switchMonitorId } from './built-in.ts';
import { makeDeadMansSwitch } from './dead-mans-switch.ts';
import { installationRecordOf, installationSettingsOf } from './installation-record.ts';
import { InstallationEntity } from './installation.entity.ts';
import type { InstallationAnswer } from './settings.schema.ts';

export interface SettingsParts {
  readonly database: DataSource;
  readonly unitOfWork: UnitOfWork;
  readonly log: DurableLog;
  readonly secretBox: SecretBox;
}

export class SettingsService {
  readonly #parts: SettingsParts;

  constructor(parts: SettingsParts) {
    this.#parts = parts;
  }

  async read(): Promise<InstallationAnswer> {
    return answerOf(await this.#parts.database.manager.findOneByOrFail(InstallationEntity, { id: true }));
  }

  edit(patch: unknown, expectedVersion: number | null): Promise<InstallationAnswer> {
    return this.#parts.unitOfWork.run(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const installation = await manager.findOneOrFail(InstallationEntity, { where: { id: true }, lock });
      checkVersion(expectedVersion, installation.version);
      const stored = installationSettingsOf(installation);
      const settings = patched(redactSecrets(stored, mapInstallationSecrets), patch, installationSettingsSchema);
      if (settings === null) return answerOf(installation);
      checkUrl(settings);
      await checkChannelsExist(manager, channelReferences(settings));
      return this.#change(manager, installation, this.#seal(settings, stored));
    });
  }

  async #change(
    manager: EntityManager,
    installation: InstallationEntity,
    settings: InstallationSettings,
  ): Promise<InstallationAnswer> {
    const version = installation.version + 1;
    Object.assign(installation, { settings, version });
    await manager.update(InstallationEntity, { id: true }, { settings, version });
    await makeDeadMansSwitch(manager, { settings: settings.deadMansSwitch, version, now: this.#parts.log.now() });
    await enqueue(manager, installationRecordOf(installation));
    return answerOf(installation);
  }

  /** For the channel that the URL goes into, where the dispatcher opens it. */
  #seal(settings: InstallationSettings, stored: InstallationSettings): InstallationSettings {
    const place = { entity: 'channel', id: heartbeatChannelId, field: '/heartbeat/url' } as const;
    const seal = (secret: string) => this.#parts.secretBox.seal(secret, place);
    return sealSecrets(settings, { mapSecrets: mapInstallationSecrets, stored, seal });
  }
}

const mapInstallationSecrets: MapSecrets<InstallationSettings> = (settings, map) => {
  const { deadMansSwitch } = settings;
  if (deadMansSwitch === null) return settings;
  return { ...settings, deadMansSwitch: { ...deadMansSwitch, url: map(deadMansSwitch.url, urlPointer) } };
};

const urlPointer = '/deadMansSwitch/url';

/** Only here it is in the clear. */
function checkUrl({ deadMansSwitch }: InstallationSettings): void {
  const { url = redacted } = deadMansSwitch ?? {};
  const fault = url === redacted ? undefined : httpUrlSchema.safeParse(url).error?.issues[0]?.message;
  if (fault === undefined) return;
  const errors = [{ pointer: urlPointer, message: fault }];
  throw new ProblemError('QRT_BODY_INVALID', 'The URL of the dead man’s switch is invalid.', { errors });
}

function answerOf(installation: InstallationEntity): InstallationAnswer {
  const { deadMansSwitch, ...settings } = redactSecrets(installationSettingsOf(installation), mapInstallationSecrets);
  const { version } = installation;
  if (deadMansSwitch === null) return { ...settings, deadMansSwitch, version };
  const builtIn = {
    monitorId: switchMonitorId,
    drillMonitorId: deadMansSwitch.drill === null ? null : drillMonitorId,
    channelId: heartbeatChannelId,
  };
  return { ...settings, deadMansSwitch: { ...deadMansSwitch, ...builtIn }, version };
}

function channelReferences({ platformChannelIds, deadMansSwitch }: InstallationSettings): ChannelReference[] {
  const namedAt = (pointer: string) => (id: string, index: number) => ({ id, pointer: `${pointer}/${index}` });
  return [
    ...platformChannelIds.map(namedAt('/platformChannelIds')),
    ...(deadMansSwitch?.drill?.channelIds ?? []).map(namedAt('/deadMansSwitch/drill/channelIds')),
  ];
}
