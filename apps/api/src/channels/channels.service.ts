/** Changes channels: each change is one version, one transaction and one record. */
import { randomUUID } from 'node:crypto';
import type { DurableLog } from '@quorate/bus';
import { channelSettingsSchema, mapChannelSecrets, type ChannelSettings } from '@quorate/contracts';
import type { SecretBox } from '@quorate/runtime';
import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { checkVersion } from '../http/entity-tag.ts';
import { patched, type Edit } from '../http/patched.ts';
import { ProblemError } from '../http/problem.ts';
import { enqueue } from '../outbox/outbox.ts';
import { redacted, redactSecrets, sealSecrets } from '../secrets/sealing.ts';
import { builtInProblem } from '../settings/built-in.ts';
import { channelRecordOf, channelTombstoneOf } from './channel-record.ts';
import { ChannelEntity } from './channel.entity.ts';
import { presentChannel, presentNewChannel } from './channel.presenter.ts';
import { completeChannel, isSigningSecret, type ChannelAnswer, type NewChannel } from './channel.schema.ts';
import { checkChannelIsUnused, checkChannelsExist, findChannel } from './channels.queries.ts';

export class ChannelsService {
  readonly #unitOfWork: UnitOfWork;
  readonly #log: DurableLog;
  readonly #secretBox: SecretBox;

  constructor(unitOfWork: UnitOfWork, log: DurableLog, secretBox: SecretBox) {
    this.#unitOfWork = unitOfWork;
    this.#log = log;
    this.#secretBox = secretBox;
  }

  create(channel: NewChannel): Promise<ChannelAnswer> {
    const id = randomUUID();
    const { settings: clear, hasNewSecret } = completeChannel(channel);
    const settings = this.#seal(id, clear, null);
    return this.#unitOfWork.run(async (manager) => {
      await checkFallback(manager, id, settings);
      const entity = manager.create(ChannelEntity, { id, version: 1, settings, createdAt: this.#log.now() });
      await manager.insert(ChannelEntity, entity);
      await enqueue(manager, channelRecordOf(entity));
      return hasNewSecret ? presentNewChannel(entity, clear) : presentChannel(entity);
    });
  }

  edit({ id, patch, expectedVersion }: Edit): Promise<ChannelAnswer> {
    return this.#unitOfWork.run(async (manager) => {
      const channel = await findChannel(manager, id, true);
      checkVersion(expectedVersion, channel.version);
      const stored = changeable(channel);
      const shown = redactSecrets(stored, mapChannelSecrets);
      const settings = patched(shown, patch, channelSettingsSchema);
      if (settings === null) return presentChannel(channel);
      channel.settings = this.#seal(id, settings, stored);
      channel.version += 1;
      await checkFallback(manager, id, settings);
      await manager.update(ChannelEntity, { id }, { settings: channel.settings, version: channel.version });
      await enqueue(manager, channelRecordOf(channel));
      return presentChannel(channel);
    });
  }

  remove(id: string): Promise<void> {
    return this.#unitOfWork.run(async (manager) => {
      changeable(await findChannel(manager, id, true));
      await checkChannelIsUnused(manager, id);
      await manager.delete(ChannelEntity, { id });
      await enqueue(manager, channelTombstoneOf(id));
    });
  }

  #seal(id: string, settings: ChannelSettings, stored: ChannelSettings | null): ChannelSettings {
    checkSigningSecret(settings);
    const seal = (secret: string, field: string) => this.#secretBox.seal(secret, { entity: 'channel', id, field });
    return sealSecrets(settings, { mapSecrets: mapChannelSecrets, stored, seal });
  }
}

/** The settings of a channel that people made. @throws ProblemError of a built-in one. */
export function changeable({ settings }: ChannelEntity): ChannelSettings {
  if (settings.type === 'heartbeat') throw builtInProblem();
  return settings;
}

function checkSigningSecret(settings: ChannelSettings): void {
  if (settings.type !== 'webhook') return;
  const { secret } = settings.webhook;
  if (secret === redacted || isSigningSecret(secret)) return;
  const message = 'must be "whsec_" and the base64 of 24 to 64 bytes; leave it out to get one made';
  throw new ProblemError('QRT_BODY_INVALID', 'The signing secret is invalid.', {
    errors: [{ pointer: '/webhook/secret', message }],
  });
}

async function checkFallback(manager: EntityManager, id: string, settings: ChannelSettings): Promise<void> {
  const { fallbackChannelId } = settings;
  if (fallbackChannelId === null) return;
  const pointer = '/fallbackChannelId';
  if (fallbackChannelId === id) {
    const errors = [{ pointer, message: 'must name another channel' }];
    throw new ProblemError('QRT_BODY_INVALID', 'The fallback channel is invalid.', { errors });
  }
  await checkChannelsExist(manager, [{ id: fallbackChannelId, pointer }]);
}
