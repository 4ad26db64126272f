/**
 * Restored state equals live state. A process that owns nothing is given, now and then, what a successor of a partition
 * task would find in the log just then, and afterwards the same inputs at the same times as the task itself. It must
 * have nothing to add to what was written, and from then on decide the very same.
 */
import type { Membership, OutgoingRecord, PartitionTask, PartitionTaskDefinition } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import { SimulatedHost, type Random, type SimulatedCluster } from '@quorate/testing';
import type { Ledger } from '../world/ledger.ts';
import type { ServiceName } from '../world/scenario.ts';
import { serviceLogger } from '../world/service-logger.ts';
import { watchedAggregator } from './aggregator.ts';
import { differenceOf } from './difference.ts';
import { WatchedDispatcher } from './dispatcher.ts';
import { WatchedScheduler } from './scheduler.ts';
import { WatchedLog } from './watched-log.ts';
import type { Beginning, WatchedService } from './watched-service.ts';
import type { CommittedStep, TaskWatcher } from './watched-task.ts';

const inert: Membership = { partitions: [], ready: true, leave: () => Promise.resolve() };

interface Comparison extends Pick<Beginning, 'told'> {
  /** The task that is compared with, and the one that was restored. */
  readonly of: PartitionTask;
  readonly task: PartitionTask;
  readonly restoredAt: Instant;
  stepsLeft: number;
}

export interface WitnessSettings {
  readonly cluster: SimulatedCluster;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly regions: readonly string[];
}

/** A witness for each service. */
export function witnessesOf(settings: WitnessSettings): Readonly<Record<ServiceName, TaskWatcher>> {
  const { cluster, random } = settings;
  const witnessOf = (service: WatchedService) =>
    new Witness(service, { ...settings, random: random.fork(service.name) });
  return {
    scheduler: witnessOf(new WatchedScheduler(cluster)),
    aggregator: witnessOf(watchedAggregator),
    dispatcher: witnessOf(new WatchedDispatcher(cluster)),
  };
}

/** The record without those of the regions it asks that are `troubled`. */
function withoutRegions(record: OutgoingRecord, troubled: ReadonlySet<string>): OutgoingRecord {
  const value: unknown = JSON.parse(record.value ?? 'null', (name, field: unknown) => {
    const isAsked = name === 'expectedRegions' && Array.isArray(field);
    return isAsked ? field.filter((region) => !troubled.has(`region ${region}`)) : field;
  });
  return { ...record, value: JSON.stringify(value) };
}

class Witness implements TaskWatcher {
  readonly #service: WatchedService;
  readonly #settings: WitnessSettings;
  readonly #host: SimulatedHost;
  readonly #comparisons = new Map<number, Comparison>();
  readonly #nextAt = new Map<number, Instant>();
  #definition: PartitionTaskDefinition | null = null;
  /** What is being compared; one step after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(service: WatchedService, settings: WitnessSettings) {
    this.#service = service;
    this.#settings = settings;
    const { cluster, ledger } = settings;
    const host = new SimulatedHost(`witness-${service.name}`, cluster.time);
    this.#host = host;
    const log = new WatchedLog(cluster.open(host), (definition) => {
      if (definition.group === service.name) this.#definition = definition;
      return Promise.resolve(inert);
    });
    host.run(() => service.start({ log, logger: serviceLogger(host, { ledger, now: () => cluster.time.now }) }));
  }

  committed(committed: CommittedStep): void {
    const known = this.#comparisons.get(committed.partition);
    if (known !== undefined && known.of !== committed.task) this.#end(known, committed.partition);
    const comparison = this.#comparisons.get(committed.partition);
    if (comparison !== undefined) this.#later(() => this.#follow(committed, comparison));
    else this.#begin(committed);
  }

  /** Apart from the watched process, whose code runs just now. */
  #later(act: () => Promise<void>): void {
    this.#host.after(0, () => {
      this.#turn = this.#turn.then(act);
    });
  }

  /** Begins a comparison with this step, if it is time for one. */
  #begin(committed: CommittedStep): void {
    const { task: of, partition } = committed;
    const { cluster, ledger, random } = this.#settings;
    const { now } = cluster.time;
    if (this.#definition === null || now < (this.#nextAt.get(partition) ?? 0)) return;
    const beginning = this.#service.beginning(committed);
    if (beginning === null) return;
    const { name, stepsMax: stepsLeft, pauseMsMax } = this.#service;
    this.#nextAt.set(partition, now + random.between(0, pauseMsMax));
    ledger.restoreCount++;
    ledger.trace.tell(now, () => `WITNESS restores partition ${partition} of the ${name}`);
    const task = this.#definition.createTask(partition, () => undefined);
    const comparison: Comparison = { of, task, told: beginning.told, restoredAt: now, stepsLeft };
    this.#comparisons.set(partition, comparison);
    this.#later(() => this.#restore(committed, comparison, beginning));
  }

  async #restore(
    { partition, gathering }: CommittedStep,
    comparison: Comparison,
    { legacy, anew }: Beginning,
  ): Promise<void> {
    await comparison.task.restore(legacy.tables);
    const { records } = await comparison.task.step({ ...gathering, records: legacy.streams });
    this.#compare(comparison, partition, { live: [], restored: anew(records) });
  }

  async #follow({ partition, gathering, step }: CommittedStep, comparison: Comparison): Promise<void> {
    if (this.#comparisons.get(partition) !== comparison) return;
    const { records } = await comparison.task.step(gathering);
    const live = comparison.told(step.records, gathering);
    this.#compare(comparison, partition, { live, restored: comparison.told(records, gathering) });
    if (live.length > 0) comparison.stepsLeft--;
    if (comparison.stepsLeft === 0) this.#end(comparison, partition);
  }

  #end(comparison: Comparison, partition: number): void {
    if (this.#comparisons.get(partition) !== comparison) return;
    this.#comparisons.delete(partition);
    this.#later(async () => comparison.task.end?.());
  }

  /** A process that was disturbed may have heard later than the witness what each follows for itself. */
  #mayHaveHeardLater(): boolean {
    const { ledger, cluster } = this.#settings;
    const { now } = cluster.time;
    const { name, hearsForItself } = this.#service;
    if (!hearsForItself) return false;
    return ledger.disturbances.some(({ whom, from, to }) => whom === name && from <= now && now <= to);
  }

  /**
   * Whether they differ in nothing but regions that were in trouble: each hears in its own moment that one is back.
   * Where all are silent a scheduler that was asked for nothing lately, as a witness is, takes that for its own
   * deafness at first.
   */
  #mayHaveHeardOfRegions(live: readonly OutgoingRecord[], restored: readonly OutgoingRecord[]): boolean {
    const { ledger, cluster, regions } = this.#settings;
    const { now } = cluster.time;
    const { hearsForItself, waitsForRegions } = this.#service;
    if (!hearsForItself) return false;
    const troubled = new Set(
      ledger.disturbances.flatMap(({ whom, from, to }) => (from <= now && now <= to ? [whom] : [])),
    );
    if (waitsForRegions && regions.every((region) => troubled.has(`region ${region}`))) return true;
    const told = (records: readonly OutgoingRecord[]) => records.map((record) => withoutRegions(record, troubled));
    return differenceOf(told(live), told(restored)) === null;
  }

  #compare(
    comparison: Comparison,
    partition: number,
    { live, restored }: Readonly<Record<'live' | 'restored', readonly OutgoingRecord[]>>,
  ): void {
    const difference = differenceOf(live, restored);
    if (difference === null) return;
    const { ledger, cluster } = this.#settings;
    this.#end(comparison, partition);
    if (this.#mayHaveHeardLater() || this.#mayHaveHeardOfRegions(live, restored)) return;
    const whose = `the ${this.#service.name}’s partition ${partition}, restored as at ${comparison.restoredAt}`;
    ledger.violate(cluster.time.now, `${whose}, decides otherwise than the task that lived on: ${difference}`);
  }
}
