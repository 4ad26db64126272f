/** A scheduler's task and its successor write the same rounds; the successor begins at the newest one in the log. */
import type { LogRecord, OutgoingRecord, PartitionTask } from '@quorate/bus';
import { monitorIdOfPing, type Check, type MonitorRecord } from '@quorate/contracts';
import { startScheduler } from '@quorate/scheduler';
import type { SimulatedCluster } from '@quorate/testing';
import { WatchedLog } from './watched-log.ts';
import { subjectOf, type CommittedStep, type HeardAt, type Legacy } from './watched-task.ts';
import type { Beginning, WatchedService } from './watched-service.ts';

type Start = WatchedService['start'];

/** Its newest checks are those of the moment in which the comparison began. */
class LogAsOf extends WatchedLog {
  readonly #newest: ReadonlyMap<number, LogRecord | null>;

  constructor(log: Parameters<Start>[0]['log'], newest: ReadonlyMap<number, LogRecord | null>) {
    super(log, (definition) => log.join(definition));
    this.#newest = newest;
  }

  override last(_topic: string, partition: number): Promise<LogRecord | null> {
    return Promise.resolve(this.#newest.get(partition) ?? null);
  }
}

function dueAtOf({ value }: Pick<OutgoingRecord, 'value'>): number {
  const { dueAt } = JSON.parse(value ?? '{}') as Partial<Check>;
  return dueAt ?? 0;
}

/** A round that was due before the task heard of its monitor, or of a change to it, is left out by that task alone. */
function wasKnown(round: OutgoingRecord, heardAt: HeardAt): boolean {
  return dueAtOf(round) > (heardAt.get(subjectOf({ topic: 'monitors', key: round.key })) ?? 0);
}

function nameOf(round: Pick<OutgoingRecord, 'key' | 'value'>): string {
  return `${round.key} ${dueAtOf(round)}`;
}

/** The name of the round that a form of a monitor, or a ping, asks for at once. */
function askedForBy({ topic, key, value, appendedAt }: LogRecord): string {
  if (topic === 'pings') return `${monitorIdOfPing(key)} ${appendedAt}`;
  const { changedAt } = JSON.parse(value ?? '{}') as Partial<MonitorRecord>;
  return `${key} ${changedAt}`;
}

export class WatchedScheduler implements WatchedService {
  readonly name = 'scheduler';
  readonly stepsMax = 8;
  readonly pauseMsMax = 90_000;
  /** Which regions are live. */
  readonly hearsForItself = true;
  readonly waitsForRegions = true;
  readonly #broker: SimulatedCluster['broker'];
  readonly #newest = new Map<number, LogRecord | null>();
  /** Tasks that know their regions: before, a process waits for those that the witness has long heard. */
  readonly #begun = new WeakSet<PartitionTask>();

  constructor({ broker }: SimulatedCluster) {
    this.#broker = broker;
  }

  start({ log, logger }: Parameters<Start>[0]): void {
    void startScheduler({ log: new LogAsOf(log, this.#newest), logger });
  }

  beginning({ task, partition, step, heardAt, legacy }: CommittedStep): Beginning | null {
    if (step.records.length > 0) this.#begun.add(task);
    if (!this.#begun.has(task)) return null;
    const checks = this.#broker.partition({ topic: 'checks', partition });
    this.#newest.set(partition, checks.last());
    const found = legacy();
    const told = (records: readonly OutgoingRecord[]) => records.filter((record) => wasKnown(record, heardAt));
    return { legacy: found, anew: (records) => told(this.#unwritten(partition, records, found)), told };
  }

  /**
   * A round that is written once more is nothing new to anybody; nor is one that a change had asked for at once, where
   * a later one was written in its place: the successor can't tell it from one that nobody had seen.
   */
  #unwritten(partition: number, records: readonly OutgoingRecord[], { tables }: Legacy): readonly OutgoingRecord[] {
    if (records.length === 0) return records;
    const checks = this.#broker.partition({ topic: 'checks', partition });
    const written = checks.read(0, checks.end, Infinity).records;
    const names = new Set(written.map(nameOf));
    const asked = new Set(tables.map(askedForBy));
    const isReplaced = (round: OutgoingRecord): boolean =>
      asked.has(nameOf(round)) && written.some((one) => one.key === round.key && dueAtOf(one) > dueAtOf(round));
    return records.filter((record) => !names.has(nameOf(record)) && !isReplaced(record));
  }
}
