/** One look at everything: compares what the log told with what the database holds, a page at a time. */
import {
  directoryKeyOfChannel,
  directoryKeyOfInstallation,
  directoryKeyOfMaintenanceWindow,
  type Instant,
} from '@quorate/contracts';
import type { DataSource } from 'typeorm';
import { ChannelEntity } from '../channels/channel.entity.ts';
import { MaintenanceWindowEntity } from '../maintenance-windows/maintenance-window.entity.ts';
import type { ConfiguredEntity } from '../outbox/configured-entity.ts';
import { InstallationEntity } from '../settings/installation.entity.ts';
import { channelsMissing, compareForms, rowMissing, type Form } from './compare-configuration.ts';
import {
  compareDelivery,
  overdueDeliveries,
  strayDelivery,
  unplannedAlert,
  type ToldDelivery,
} from './compare-deliveries.ts';
import {
  compareIncidents,
  compareRounds,
  compareStatus,
  incidentOfDeleted,
  type RememberedMonitor,
} from './compare-monitor.ts';
import {
  alertsWithoutDelivery,
  deliveryForms,
  incidentsWithoutMonitor,
  knownIncidents,
  monitorPages,
  pendingDeliveryPages,
  waitingInOutbox,
  type MonitorRow,
} from './database-contents.ts';
import type { Finding } from './finding.ts';
import { formOfChannel, formOfInstallation, formOfMaintenanceWindow, formOfMonitor } from './forms.ts';
import type { LogContents } from './log-contents.ts';
import { refusedRecords } from './refused-records.ts';

/** An alert that is younger may still be planned. */
const plannedWithinMs = 10 * 60_000;
/** Alerts that are older are history. */
const alertsLookedAtMs = 24 * 3_600_000;

export interface Compared {
  readonly database: DataSource;
  /** Emptied while it is compared: what is left over is on the log only. */
  readonly contents: LogContents;
  readonly now: Instant;
  /** Whether the read model had taken in what the log held as `contents` was read. */
  readonly isReadModelCurrent: boolean;
}

export async function findDifferences(compared: Compared): Promise<Finding[]> {
  const { database, now, contents } = compared;
  const differences = new Differences(compared, await waitingInOutbox(database));
  return [
    ...(await differences.ofDirectory()),
    ...(await differences.ofMonitors()),
    ...(await refusedRecords(database, now)),
    ...overdueDeliveries(readable(contents.deliveries.values()), now),
    ...(compared.isReadModelCurrent ? await differences.ofHistory() : []),
  ];
}

function readable<Kept>(values: Iterable<Kept | 'unreadable'>): Kept[] {
  return [...values].filter((value): value is Kept => value !== 'unreadable');
}

class Differences {
  readonly #compared: Compared;
  /** As `topic key`: what the log will be told in a moment. */
  readonly #waiting: ReadonlySet<string>;
  readonly #channelIds = new Set<string>();

  constructor(compared: Compared, waiting: ReadonlySet<string>) {
    this.#compared = compared;
    this.#waiting = waiting;
  }

  async ofDirectory(): Promise<Finding[]> {
    const { database, contents } = this.#compared;
    const { manager } = database;
    const findings: Finding[] = [];
    for (const channel of await manager.find(ChannelEntity)) {
      this.#channelIds.add(channel.id);
      const entity = { topic: 'directory', key: directoryKeyOfChannel(channel.id) } as const;
      findings.push(...this.#compareForms(entity, formOfChannel(channel)));
    }
    for (const window of await manager.find(MaintenanceWindowEntity)) {
      const entity = { topic: 'directory', key: directoryKeyOfMaintenanceWindow(window.id) } as const;
      findings.push(...this.#compareForms(entity, formOfMaintenanceWindow(window)));
    }
    const installation = await manager.findOneByOrFail(InstallationEntity, { id: true });
    const entity = { topic: 'directory', key: directoryKeyOfInstallation } as const;
    const isUnchanged = installation.version === 1 && !contents.directory.has(entity.key);
    if (!isUnchanged) findings.push(...this.#compareForms(entity, formOfInstallation(installation)));
    return [...findings, ...this.#onLogOnly('directory', contents.directory)];
  }

  async ofMonitors(): Promise<Finding[]> {
    const { database, contents } = this.#compared;
    const findings: Finding[] = [];
    for await (const rows of monitorPages(database)) {
      for (const row of rows) findings.push(...this.#ofMonitor(row));
    }
    return [...findings, ...this.#onLogOnly('monitors', contents.monitors)];
  }

  /** Incidents, alerts and deliveries. */
  async ofHistory(): Promise<Finding[]> {
    const { database, now, contents } = this.#compared;
    const orphans = await incidentsWithoutMonitor(database);
    const from = now - alertsLookedAtMs;
    const unplanned = await alertsWithoutDelivery(database, { from, to: now - plannedWithinMs });
    return [
      ...orphans
        .filter(({ monitorId }) => !contents.remembered.has(monitorId))
        .map((incident) => incidentOfDeleted(incident, now)),
      ...unplanned.map(({ alertId, channelCount }) => unplannedAlert(alertId, channelCount)),
      ...(await this.#ofToldDeliveries(readable(contents.deliveries.values()))),
      ...(await this.#ofShownDeliveries()),
    ];
  }

  #ofMonitor(row: MonitorRow): Finding[] {
    const { contents, now, isReadModelCurrent } = this.#compared;
    const entity = { topic: 'monitors', key: row.monitorId } as const;
    const holds = contents.remembered.get(row.monitorId) ?? null;
    const isReadable = holds !== 'unreadable';
    const findings = [
      ...this.#compareForms(entity, formOfMonitor(row), isReadable ? holds : null),
      ...channelsMissing(row, this.#channelIds),
    ];
    if (!isReadable) return findings;
    const unchecked = compareRounds(row, holds, now);
    if (unchecked !== null) findings.push(unchecked);
    return isReadModelCurrent ? [...findings, ...shownDifferences(row, holds)] : findings;
  }

  #compareForms(entity: ConfiguredEntity, row: Form, holds: RememberedMonitor | null = null): Finding[] {
    const { contents } = this.#compared;
    const onLog = entity.topic === 'monitors' ? contents.monitors : contents.directory;
    const told = onLog.get(entity.key) ?? null;
    onLog.delete(entity.key);
    if (this.#isWaiting(entity)) return [];
    const finding = compareForms({ entity, row, told, knownVersion: holds?.version ?? 0 });
    return finding === null ? [] : [finding];
  }

  #onLogOnly(topic: ConfiguredEntity['topic'], rest: ReadonlyMap<string, Form>): Finding[] {
    const entities = [...rest].map(([key, told]) => ({ entity: { topic, key }, told }));
    return entities
      .filter(({ entity }) => !this.#isWaiting(entity))
      .map(({ entity, told }) => rowMissing(entity, told));
  }

  #isWaiting({ topic, key }: ConfiguredEntity): boolean {
    return this.#waiting.has(`${topic} ${key}`);
  }

  /** One that is not shown is missed only where the projector would have taken it. */
  async #ofToldDeliveries(told: readonly ToldDelivery[]): Promise<Finding[]> {
    const { database } = this.#compared;
    const forms = await deliveryForms(
      database,
      told.map(({ deliveryId }) => deliveryId),
    );
    const unshown = told.filter(({ deliveryId }) => !forms.has(deliveryId));
    const incidents = await knownIncidents(
      database,
      unshown.map(({ incidentId }) => incidentId),
    );
    return told.flatMap((delivery) => {
      const { deliveryId, channelId, incidentId } = delivery;
      const form = forms.get(deliveryId) ?? null;
      if (form === null && !this.#channelIds.has(channelId) && !incidents.has(incidentId)) return [];
      return compareDelivery(delivery, form) ?? [];
    });
  }

  async #ofShownDeliveries(): Promise<Finding[]> {
    const { database, contents } = this.#compared;
    const findings: Finding[] = [];
    for await (const rows of pendingDeliveryPages(database)) {
      const strays = rows.filter(({ deliveryId }) => !contents.deliveries.has(deliveryId));
      findings.push(...strays.map(({ deliveryId, attemptCount }) => strayDelivery(deliveryId, attemptCount)));
    }
    return findings;
  }
}

function shownDifferences(row: MonitorRow, holds: RememberedMonitor | null): Finding[] {
  const status = compareStatus(row, holds);
  return [...(status === null ? [] : [status]), ...compareIncidents(row, holds)];
}
