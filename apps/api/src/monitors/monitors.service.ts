/** Changes monitors: each change is one version, one transaction and one record. */
import { randomUUID } from 'node:crypto';
import type { DurableLog } from '@quorate/bus';
import { mapProbeSecrets, monitorSettingsSchema, targetOf, type MonitorSettings } from '@quorate/contracts';
import type { SecretBox } from '@quorate/runtime';
import type { EntityManager } from 'typeorm';
import { checkChannelsExist, type ChannelReference } from '../channels/channels.queries.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { checkVersion } from '../http/entity-tag.ts';
import { patched } from '../http/patched.ts';
import { enqueue } from '../outbox/outbox.ts';
import { redactSecrets, sealSecrets } from '../secrets/sealing.ts';
import { builtInProblem } from '../settings/built-in.ts';
import { monitorRecordOf } from './monitor-record.ts';
import { MonitorEntity } from './monitor.entity.ts';
import { presentMonitor } from './monitor.presenter.ts';
import type { MonitorAnswer } from './monitor.schema.ts';
import { findMonitor, viewMonitor } from './monitors.queries.ts';
import { checkPatterns } from './patterns.ts';

interface Edit {
  readonly id: string;
  /** A merge patch of the settings as they are shown. */
  readonly patch: unknown;
  readonly expectedVersion: number | null;
}

export class MonitorsService {
  readonly #unitOfWork: UnitOfWork;
  readonly #log: DurableLog;
  readonly #secretBox: SecretBox;

  constructor(unitOfWork: UnitOfWork, log: DurableLog, secretBox: SecretBox) {
    this.#unitOfWork = unitOfWork;
    this.#log = log;
    this.#secretBox = secretBox;
  }

  create(settings: MonitorSettings): Promise<MonitorAnswer> {
    checkPatterns(settings);
    const id = randomUUID();
    const now = this.#log.now();
    const monitor = { id, version: 1, paused: false, createdAt: now, changedAt: now };
    const sealed = this.seal(id, settings, null);
    return this.#unitOfWork.run(async (manager) => {
      await checkChannelsExist(manager, channelReferences(sealed));
      const entity = manager.create(MonitorEntity, { ...monitor, ...columnsOf(sealed) });
      await manager.insert(MonitorEntity, entity);
      return this.#publish(manager, entity, true);
    });
  }

  edit({ id, patch, expectedVersion }: Edit): Promise<MonitorAnswer> {
    return this.#unitOfWork.run(async (manager) => {
      const monitor = await findMonitor(manager, id, true);
      checkVersion(expectedVersion, monitor.version);
      const stored = changeable(monitor);
      const shown = redactSecrets(stored, mapProbeSecrets);
      const settings = patched(shown, patch, monitorSettingsSchema);
      if (settings === null) return answerOf(manager, monitor);
      checkPatterns(settings);
      const sealed = this.seal(id, settings, stored);
      await checkChannelsExist(manager, channelReferences(sealed));
      return this.#change(manager, Object.assign(monitor, columnsOf(sealed)), !monitor.paused);
    });
  }

  setPaused(id: string, paused: boolean): Promise<MonitorAnswer> {
    return this.#unitOfWork.run(async (manager) => {
      const monitor = await findMonitor(manager, id, true);
      changeable(monitor);
      if (monitor.paused === paused) return answerOf(manager, monitor);
      return this.#change(manager, Object.assign(monitor, { paused }), !paused);
    });
  }

  remove(id: string): Promise<void> {
    return this.#unitOfWork.run(async (manager) => {
      changeable(await findMonitor(manager, id, true));
      await manager.delete(MonitorEntity, { id });
      await enqueue(manager, { topic: 'monitors', key: id, value: null });
    });
  }

  /** `settings` with its secrets sealed for the monitor `id`. */
  seal(id: string, settings: MonitorSettings, stored: MonitorSettings | null): MonitorSettings {
    const seal = (secret: string, field: string) => this.#secretBox.seal(secret, { entity: 'monitor', id, field });
    return sealSecrets(settings, { mapSecrets: mapProbeSecrets, stored, seal });
  }

  async #change(manager: EntityManager, monitor: MonitorEntity, checkAtOnce: boolean): Promise<MonitorAnswer> {
    monitor.version += 1;
    monitor.changedAt = Math.max(this.#log.now(), monitor.changedAt + 1);
    const { id, ...columns } = monitor;
    await manager.update(MonitorEntity, { id }, columns);
    return this.#publish(manager, monitor, checkAtOnce);
  }

  async #publish(manager: EntityManager, monitor: MonitorEntity, checkAtOnce: boolean): Promise<MonitorAnswer> {
    await enqueue(manager, { topic: 'monitors', key: monitor.id, value: monitorRecordOf(monitor, checkAtOnce) });
    return answerOf(manager, monitor);
  }
}

/** The settings of a monitor that people made. @throws ProblemError of a built-in one. */
function changeable({ settings }: MonitorEntity): MonitorSettings {
  if (settings.type === 'self') throw builtInProblem();
  return settings;
}

function columnsOf(settings: MonitorSettings): Pick<MonitorEntity, 'name' | 'target' | 'settings'> {
  return { name: settings.name, target: targetOf(settings), settings };
}

function channelReferences({ channelIds }: MonitorSettings): ChannelReference[] {
  return channelIds.map((id, index) => ({ id, pointer: `/channelIds/${index}` }));
}

async function answerOf(manager: EntityManager, monitor: MonitorEntity): Promise<MonitorAnswer> {
  return presentMonitor(await viewMonitor(manager, monitor));
}
