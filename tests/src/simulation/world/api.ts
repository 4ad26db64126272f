/** The API as the others see it: what people change becomes records, in order, as soon as its database is there. */
import {
  partitionOf,
  pingKey,
  probeOf,
  type Check,
  type Command,
  type Instant,
  type MonitorRecord,
  type Ping,
} from '@quorate/contracts';
import type { DurableLog } from '@quorate/bus';
import { SimulatedHost, type SimulatedCluster } from '@quorate/testing';
import { channelRecord, maintenanceRecord } from './directory-records.ts';
import type { Ledger } from './ledger.ts';
import type { PeopleAct, Scenario } from './scenario.ts';

const outboxAgainMs = 500;

interface OutboxRow {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string | null;
}

export class SimulatedApi {
  readonly #cluster: SimulatedCluster;
  readonly #ledger: Ledger;
  readonly #scenario: Scenario;
  readonly #log: DurableLog;
  readonly #monitors = new Map<string, MonitorRecord>();
  readonly #outbox: OutboxRow[] = [];
  #isPublishing = false;
  #postgresAwayUntil: Instant = 0;

  constructor(cluster: SimulatedCluster, ledger: Ledger, scenario: Scenario) {
    this.#cluster = cluster;
    this.#ledger = ledger;
    this.#scenario = scenario;
    const host = new SimulatedHost('api-0', cluster.time);
    this.#log = cluster.open(host);
    host.run(() => {
      for (const id of scenario.channelIds) this.#publishToAll(channelRecord(id, scenario.stormBrake));
      for (const window of scenario.maintenance) this.#publishToAll(maintenanceRecord(window));
      for (const { monitorId } of scenario.jobs) this.#await(monitorId);
      for (const { record } of scenario.monitors) this.#save(record);
    });
    for (const act of scenario.people)
      cluster.time.after(act.at - cluster.time.now, () => host.run(() => this.#act(act)));
  }

  /** What people do meanwhile waits. */
  takePostgresAway(until: Instant): void {
    this.#postgresAwayUntil = Math.max(this.#postgresAwayUntil, until);
  }

  #act(act: PeopleAct): void {
    const waitMs = this.#postgresAwayUntil - this.#cluster.time.now;
    if (waitMs > 0) {
      this.#cluster.time.after(waitMs, () => this.#act(act));
      return;
    }
    const monitor = this.#monitors.get(act.monitorId);
    if (monitor === undefined) return;
    this.#ledger.count(`people ${act.kind}`, this.#cluster.time.now, act.monitorId.slice(0, 8));
    this.#do(act, monitor);
  }

  #do(act: PeopleAct, monitor: MonitorRecord): void {
    switch (act.kind) {
      case 'pause':
        return this.#change(monitor, { paused: true, checkAtOnce: false });
      case 'resume':
        return this.#change(monitor, { paused: false, checkAtOnce: true });
      case 'rename':
        return this.#change(monitor, { name: `${monitor.name}!`, checkAtOnce: false });
      case 'retarget': {
        const target = monitor.type === 'tcp' ? { tcp: { ...monitor.tcp, port: act.port } } : {};
        return this.#change(monitor, { ...target, checkAtOnce: true });
      }
      case 'delete':
        return this.#delete(monitor.id);
      case 'acknowledge':
        return this.#acknowledge(monitor.id);
      case 'check':
        return this.#check(monitor);
      default:
        return act satisfies never;
    }
  }

  #change(monitor: MonitorRecord, changes: Partial<MonitorRecord>): void {
    const changedAt = this.#cluster.time.now;
    this.#save({ ...monitor, ...changes, version: monitor.version + 1, changedAt } as MonitorRecord);
  }

  #save(monitor: MonitorRecord): void {
    this.#monitors.set(monitor.id, monitor);
    this.#publishOf(monitor.id, 'monitors', monitor);
  }

  /** From here on its first ping is awaited. */
  #await(monitorId: string): void {
    const ping: Ping = { v: 1, monitorId, kind: 'awaited' };
    const partition = partitionOf(monitorId, this.#scenario.partitionCount);
    this.#publish({ topic: 'pings', partition, key: pingKey(monitorId, 'awaited'), value: JSON.stringify(ping) });
  }

  #delete(monitorId: string): void {
    this.#monitors.delete(monitorId);
    this.#publishOf(monitorId, 'monitors', null);
  }

  /** Of the newest incident that was told of, if there is one. */
  #acknowledge(monitorId: string): void {
    const opened = this.#ledger
      .records('alerts')
      .map(({ value }) => JSON.parse(value ?? '{}') as { monitorId?: string; transition?: string; incidentId?: string })
      .findLast((alert) => alert.monitorId === monitorId && alert.transition === 'opened');
    const at = this.#cluster.time.now;
    const incidentId = opened?.incidentId;
    if (incidentId === undefined) return;
    const command: Command = { v: 1, type: 'acknowledge', monitorId, incidentId, by: 'somebody', at };
    this.#publishOf(monitorId, 'commands', command);
  }

  #check(monitor: MonitorRecord): void {
    const { regions } = this.#scenario;
    const check: Check = {
      v: 1,
      monitorId: monitor.id,
      monitorVersion: monitor.version,
      dueAt: this.#cluster.time.now,
      kind: 'manual',
      expectedRegions: [...regions],
      registeredRegions: [...regions],
      timeoutMs: monitor.timeoutSeconds * 1_000,
      decision: monitor.decision,
      missedRoundCount: 0,
      probe: probeOf(monitor),
    };
    this.#publishOf(monitor.id, 'manual-checks', check);
  }

  #publishToAll({ key, value }: { key: string; value: object }): void {
    this.#publish({ topic: 'directory', partition: 0, key, value: JSON.stringify(value) });
  }

  #publishOf(monitorId: string, topic: string, value: object | null): void {
    const partition = partitionOf(monitorId, this.#scenario.partitionCount);
    this.#publish({ topic, partition, key: monitorId, value: value === null ? null : JSON.stringify(value) });
  }

  #publish(row: OutboxRow): void {
    this.#outbox.push(row);
    if (!this.#isPublishing) void this.#publishAll();
  }

  /** One row after the other, each until the log has it: a repeat is possible, another order is not. */
  async #publishAll(): Promise<void> {
    this.#isPublishing = true;
    for (let row = this.#outbox[0]; row !== undefined; row = this.#outbox[0]) {
      try {
        await this.#log.append([row]);
        this.#outbox.shift();
      } catch {
        await new Promise<void>((resolve) => void this.#cluster.time.after(outboxAgainMs, resolve));
      }
    }
    this.#isPublishing = false;
  }
}
