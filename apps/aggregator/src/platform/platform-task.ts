/** The memory of the installation's one platform task: what it has heard, and what is raised. */
import type { Task, TaskRecord, TaskStep, TaskWrite } from '@quorate/bus';
import {
  acknowledgePlatform,
  decidePlatform,
  restorePlatform,
  type PlatformDecided,
  type PlatformFacts,
  type PlatformMemory,
} from '@quorate/consensus';
import {
  directoryKeyOfAudit,
  directoryKeyOfInstallation,
  heartbeatKey,
  NewestForms,
  type Alert,
  type AuditRecord,
  type Heartbeat,
  type InstallationRecord,
  type Instant,
  type PartitionReport,
  type PlatformState,
  type TopicValue,
} from '@quorate/contracts';
import { LiveRegions, regionStatesOf, retiredProbers, type ProberPresence } from '@quorate/schedule';
import type { Logger } from '@quorate/telemetry';
import { alertHeaders } from '../told-effects.ts';
import { logPlatformAlert } from './platform-log.ts';
import { RaisedGauge } from './raised-gauge.ts';

interface Surroundings {
  /** How many partitions there are to be reported. */
  readonly partitionCount: number;
  readonly logger: Logger;
}

/** Probers that one step forgets at most; the next one goes on. */
const retiredAtOnceMax = 100;

export class PlatformTask {
  readonly #surroundings: Surroundings;
  readonly #regions = new LiveRegions();
  readonly #gauge = new RaisedGauge();
  readonly #reports = new Map<number, PartitionReport>();
  #memory = restorePlatform(new Map());
  /** What of it the log holds. */
  #written: PlatformMemory['raised'] = new Map();
  readonly #installations = new NewestForms<InstallationRecord>();
  readonly #audits = new NewestForms<AuditRecord>();
  /** What this step has told so far, and the region's heartbeats that it ends. */
  #told: Alert[] = [];
  #ended: TaskWrite[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  hearHeartbeat({ key, value, appendedAt }: TaskRecord<Heartbeat>, receivedAt: Instant): void {
    this.#regions.observe({ key, heartbeat: value, appendedAt, receivedAt });
  }

  hearReport({ key, value }: TaskRecord<PartitionReport>): void {
    if (value === null) this.#reports.delete(Number(key));
    else this.#reports.set(value.partition, value);
  }

  hearDirectory({ key, value, appendedAt }: TaskRecord<TopicValue<'directory'>>): void {
    if (value?.entity === 'installation') this.#installations.hear({ key, value, appendedAt });
    if (value?.entity === 'audit') this.#audits.hear({ key, value, appendedAt });
  }

  restoreState({ key, value }: TaskRecord<PlatformState>): void {
    const raised = new Map(this.#written);
    if (value === null) raised.delete(key);
    else raised.set(key, value.opened);
    this.#memory = restorePlatform(raised);
    this.#written = raised;
  }

  acknowledge(incidentId: string, by: string, now: Instant): void {
    this.#keep(acknowledgePlatform(this.#memory, { incidentId, by, now }));
  }

  /** One whose prober lives again is no region to remove; one that comes to life now registers with its next beat. */
  removeRegion(region: string, now: Instant): void {
    const probers = this.#regions.probers(now).filter((prober) => prober.region === region);
    const { logger } = this.#surroundings;
    if (probers.some(({ state }) => state === 'live')) {
      logger.warn('A region is not removed: a prober of it lives', { region });
      return;
    }
    logger.info('A region is removed', { region, proberCount: probers.length });
    this.#forget(probers, now);
  }

  /** Decides on how things stand, and ends the step. */
  finish({ now }: Task<PlatformTask>): TaskStep {
    const probers = this.#regions.probers(now);
    this.#forget(retiredProbers(probers, now).slice(0, retiredAtOnceMax), now);
    this.#keep(decidePlatform(this.#memory, this.#facts(now, probers)));
    const told = this.#told;
    const writes = [...this.#stateWrites(), ...this.#ended, ...told.map(alertWrite)];
    [this.#told, this.#ended, this.#written] = [[], [], this.#memory.raised];
    return { writes, committed: () => this.#show(told) };
  }

  /** The task has ended; a successor shows what is raised. */
  end(): void {
    this.#gauge.show([]);
  }

  #show(told: readonly Alert[]): void {
    this.#gauge.show(this.#written.keys());
    for (const alert of told) logPlatformAlert(this.#surroundings.logger, alert);
  }

  /** Ends their heartbeats; a prober that lives after all writes its own again, and is known again. */
  #forget(probers: readonly ProberPresence[], now: Instant): void {
    for (const prober of probers) {
      const key = heartbeatKey(prober);
      this.#regions.observe({ key, heartbeat: null, appendedAt: now, receivedAt: now });
      this.#ended.push({ topic: 'heartbeats', key, value: null });
    }
  }

  #keep({ memory, alerts }: PlatformDecided): void {
    this.#memory = memory;
    this.#told.push(...alerts);
  }

  #facts(now: Instant, probers: readonly ProberPresence[]): PlatformFacts {
    return {
      now,
      regions: regionStatesOf(probers),
      partitionCount: this.#surroundings.partitionCount,
      reports: this.#reports,
      findings: this.#audits.get(directoryKeyOfAudit)?.findings ?? [],
      channelIds: this.#installations.get(directoryKeyOfInstallation)?.platformChannelIds ?? [],
    };
  }

  #stateWrites(): TaskWrite[] {
    const [before, { raised: after }] = [this.#written, this.#memory];
    const keys = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
    return keys.map((key): TaskWrite => {
      const opened = after.get(key);
      return { topic: 'platform-state', key, value: opened === undefined ? null : { v: 1, opened } };
    });
  }
}

function alertWrite(alert: Alert): TaskWrite {
  return { topic: 'alerts', key: alert.monitorId, value: alert, headers: alertHeaders(alert, {}) };
}
