/**
 * Restored state equals live state. A process that owns nothing is given, now and then, what a successor of a partition
 * task would find in the log just then, and afterwards the same inputs at the same times as the task itself. It must
 * have nothing to add to what was written, and from then on decide the very same.
 */
import { startAggregator } from '@quorate/aggregator';
import type { Membership, OutgoingRecord, PartitionTask, PartitionTaskDefinition } from '@quorate/bus';
import type { Instant } from '@quorate/contracts';
import { SimulatedHost, type Random, type SimulatedCluster } from '@quorate/testing';
import type { Ledger } from '../world/ledger.ts';
import { serviceLogger } from '../world/service-logger.ts';
import { differenceOf } from './difference.ts';
import type { CommittedStep, TaskWatcher } from './watched-task.ts';
import { WatchedLog } from './watched-log.ts';

/** So many steps with something to decide a restored task is compared for. */
const stepsMax = 30;
/** Between the end of one comparison and the next of the same partition. */
const pauseMsMax = 90_000;
/** So long after a fault heartbeats may still be read at different times. */
const regionsMs = 20_000;
/** Says when the partition was last looked at, and by whom: no decision. */
const untold = new Set(['partition-reports']);

const inert: Membership = { partitions: [], ready: true, leave: () => Promise.resolve() };

interface Comparison {
  /** The task that is compared with. */
  readonly of: PartitionTask;
  readonly task: PartitionTask;
  readonly restoredAt: Instant;
  stepsLeft: number;
}

export interface WitnessSettings {
  readonly cluster: SimulatedCluster;
  readonly ledger: Ledger;
  readonly random: Random;
}

function told(records: readonly OutgoingRecord[]): OutgoingRecord[] {
  return records.filter(({ topic }) => !untold.has(topic));
}

export class Witness implements TaskWatcher {
  readonly #settings: WitnessSettings;
  readonly #comparisons = new Map<number, Comparison>();
  readonly #nextAt = new Map<number, Instant>();
  #definition: PartitionTaskDefinition | null = null;
  /** What is being compared; one step after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: WitnessSettings) {
    this.#settings = settings;
    const { cluster, ledger } = settings;
    const host = new SimulatedHost('witness-0', cluster.time);
    const log = new WatchedLog(cluster.open(host), (definition) => {
      if (definition.group === 'aggregator') this.#definition = definition;
      return Promise.resolve(inert);
    });
    host.run(() => {
      void startAggregator({ log, logger: serviceLogger(host, { ledger, now: () => cluster.time.now }) });
    });
  }

  committed(committed: CommittedStep): void {
    const legacy = this.#isWanted(committed) ? committed.legacy() : null;
    this.#turn = this.#turn.then(async () => {
      if (legacy !== null) await this.#restore(committed, legacy);
      else await this.#follow(committed);
    });
  }

  /** Whether a comparison begins with this step. */
  #isWanted({ task, partition, gathering }: CommittedStep): boolean {
    const { time } = this.#settings.cluster;
    if (this.#comparisons.get(partition)?.of !== task) this.#comparisons.delete(partition);
    if (this.#definition === null || !gathering.caughtUp || this.#comparisons.has(partition)) return false;
    if (time.now < (this.#nextAt.get(partition) ?? 0)) return false;
    this.#nextAt.set(partition, time.now + this.#settings.random.between(0, pauseMsMax));
    return true;
  }

  async #restore(
    { task: of, partition, gathering }: CommittedStep,
    legacy: ReturnType<CommittedStep['legacy']>,
  ): Promise<void> {
    const { ledger, cluster } = this.#settings;
    const task = this.#definition?.createTask(partition, () => undefined);
    if (task === undefined) return;
    ledger.restoreCount++;
    ledger.trace.tell(cluster.time.now, () => `WITNESS restores partition ${partition}`);
    const comparison: Comparison = { of, task, restoredAt: cluster.time.now, stepsLeft: stepsMax };
    this.#comparisons.set(partition, comparison);
    await task.restore(legacy.tables);
    const { records } = await task.step({ ...gathering, records: legacy.streams });
    this.#compare(partition, [], told(records));
  }

  async #follow({ partition, gathering, step }: CommittedStep): Promise<void> {
    const comparison = this.#comparisons.get(partition);
    if (comparison === undefined) return;
    const { records } = await comparison.task.step(gathering);
    const live = told(step.records);
    this.#compare(partition, live, told(records));
    if (live.length > 0) comparison.stepsLeft--;
    if (comparison.stepsLeft === 0) this.#comparisons.delete(partition);
  }

  /** Each process reads for itself which regions are live: for moments they may differ, where heartbeats came late. */
  #maySeeOtherRegions(): boolean {
    const { ledger, cluster } = this.#settings;
    const { now } = cluster.time;
    return ledger.disturbances.some(
      ({ whom, from, to }) => whom !== 'dispatcher' && whom !== 'scheduler' && from <= now && now <= to + regionsMs,
    );
  }

  #compare(partition: number, live: readonly OutgoingRecord[], restored: readonly OutgoingRecord[]): void {
    const difference = differenceOf(live, restored);
    if (difference === null) return;
    const { ledger, cluster } = this.#settings;
    if (this.#maySeeOtherRegions()) return void this.#comparisons.delete(partition);
    const restoredAt = this.#comparisons.get(partition)?.restoredAt ?? 0;
    this.#comparisons.delete(partition);
    const whose = `partition ${partition}, restored as at ${restoredAt}, decides otherwise than the task that lived on`;
    ledger.violate(cluster.time.now, `${whose}: ${difference}`);
  }
}
