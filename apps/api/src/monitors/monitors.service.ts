/** Changes monitors: each change is one version, one transaction and one record. */
import { randomUUID } from 'node:crypto';
import type { DurableLog } from '@quorate/bus';
import { mapProbeSecrets, monitorSettingsSchema, targetOf, type MonitorSettings } from '@quorate/contracts';
import type { SecretBox } from '@quorate/runtime';
import type { EntityManager } from 'typeorm';
import { checkChannelsExist, type ChannelReference } from '../channels/channels.queries.ts';
import type { UnitOfWork } from '../database/unit-of-work.ts';
import { checkVersion } from '../http/entity-tag.ts';
import { patched, type Edit } from '../http/patched.ts';
import { enqueue } from '../outbox/outbox.ts';
import { redactSecrets, sealSecrets } from '../secrets/sealing.ts';
import { builtInProblem } from '../settings/built-in.ts';
import { awaitFirstPing, checkCron, forgetPings, shownTokenOf, withToken } from './heartbeat-monitor.ts';
import { monitorRecordOf } from './monitor-record.ts';
import { MonitorEntity } from './monitor.entity.ts';
import { presentMonitor } from './monitor.presenter.ts';
import type { MonitorAnswer } from './monitor.schema.ts';
import type { MonitorView } from './monitor.presenter.ts';
import { findMonitor, viewMonitor } from './monitors.queries.ts';
import { checkCertificates } from './certificates.ts';
import { checkPatterns } from './patterns.ts';

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
    const id = randomUUID();
    const now = this.#log.now();
    checkPatterns(settings);
    checkCertificates(settings, null);
    checkCron(settings, now);
    const monitor = { id, version: 1, paused: false, createdAt: now, changedAt: now };
    const sealed = this.seal(id, withToken(settings, null, this.#secretBox), null);
    return this.#unitOfWork.run(async (manager) => {
      await checkChannelsExist(manager, channelReferences(sealed));
      const entity = manager.create(MonitorEntity, { ...monitor, ...columnsOf(sealed) });
      await manager.insert(MonitorEntity, entity);
      await awaitFirstPing(manager, entity);
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
      if (settings === null) return this.#answer(manager, monitor);
      checkPatterns(settings);
      checkCertificates(settings, stored);
      checkCron(settings, this.#log.now());
      const sealed = this.seal(id, withToken(settings, monitor, this.#secretBox), stored);
      await checkChannelsExist(manager, channelReferences(sealed));
      if (stored.type !== sealed.type) await this.#changeType(manager, monitor, sealed);
      return this.#change(manager, Object.assign(monitor, columnsOf(sealed)), !monitor.paused);
    });
  }

  setPaused(id: string, paused: boolean): Promise<MonitorAnswer> {
    return this.#unitOfWork.run(async (manager) => {
      const monitor = await findMonitor(manager, id, true);
      changeable(monitor);
      if (monitor.paused === paused) return this.#answer(manager, monitor);
      if (!paused) await awaitFirstPing(manager, monitor);
      return this.#change(manager, Object.assign(monitor, { paused }), !paused);
    });
  }

  remove(id: string): Promise<void> {
    return this.#unitOfWork.run(async (manager) => {
      const monitor = await findMonitor(manager, id, true);
      changeable(monitor);
      await manager.delete(MonitorEntity, { id });
      await forgetPings(manager, monitor);
      await enqueue(manager, { topic: 'monitors', key: id, value: null });
    });
  }

  present(view: MonitorView): MonitorAnswer {
    return presentMonitor(view, { token: shownTokenOf(view.monitor, this.#secretBox), now: this.#log.now() });
  }

  /** `settings` with its secrets sealed for the monitor `id`. */
  seal(id: string, settings: MonitorSettings, stored: MonitorSettings | null): MonitorSettings {
    const seal = (secret: string, field: string) => this.#secretBox.seal(secret, { entity: 'monitor', id, field });
    return sealSecrets(settings, { mapSecrets: mapProbeSecrets, stored, seal });
  }

  /** What was heard of a job is of no use to a monitor of another type. */
  async #changeType(manager: EntityManager, before: MonitorEntity, settings: MonitorSettings): Promise<void> {
    await forgetPings(manager, before);
    await awaitFirstPing(manager, { id: before.id, settings });
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
    return this.#answer(manager, monitor);
  }

  async #answer(manager: EntityManager, monitor: MonitorEntity): Promise<MonitorAnswer> {
    return this.present(await viewMonitor(manager, monitor));
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
