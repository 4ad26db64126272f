/** All appends of one process: checked, and held back while too much is under way. */
import { BusConfigurationError, BusUnavailableError } from '../errors.ts';
import type { OutgoingRecord } from '../log.ts';
import { PartitionAppender } from './appender.ts';
import type { LanePool } from './lane-pool.ts';
import type { LogClock } from './log-clock.ts';
import { byteLengthOf } from './produce.ts';
import type { TopicCatalogue } from './topic-catalogue.ts';

/** What may be under way, unacknowledged, before further appends wait. */
const unconfirmedBytesMax = 16 * 1024 * 1024;

export class Appends {
  readonly #catalogue: TopicCatalogue;
  readonly #lanes: LanePool;
  readonly #clock: LogClock;
  readonly #appenders = new Map<string, PartitionAppender>();
  readonly #underWay = new Set<Promise<void>>();
  #unconfirmedBytes = 0;
  #room: (() => void)[] = [];
  #closed = false;

  constructor(catalogue: TopicCatalogue, lanes: LanePool, clock: LogClock) {
    this.#catalogue = catalogue;
    this.#lanes = lanes;
    this.#clock = clock;
  }

  async append(records: readonly OutgoingRecord[]): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    await this.#check(records, first);
    const bytes = records.reduce((sum, record) => sum + byteLengthOf(record), 0);
    while (this.#unconfirmedBytes > 0 && this.#unconfirmedBytes + bytes > unconfirmedBytesMax) {
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
    if (this.#closed) throw new BusUnavailableError('The log is closed');
    this.#unconfirmedBytes += bytes;
    const appended = this.#appender(first).append(records);
    this.#underWay.add(appended);
    try {
      await appended;
    } finally {
      this.#underWay.delete(appended);
      this.#unconfirmedBytes -= bytes;
      for (const proceed of this.#room.splice(0)) proceed();
    }
  }

  /** Takes no more, and resolves when all that is under way was written or given up. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const proceed of this.#room.splice(0)) proceed();
    await Promise.allSettled(this.#underWay);
  }

  async #check(records: readonly OutgoingRecord[], { topic, partition }: OutgoingRecord): Promise<void> {
    if (records.some((record) => record.topic !== topic || record.partition !== partition)) {
      throw new BusConfigurationError('An append goes to one partition of one topic; make one append of each');
    }
    await this.#catalogue.check(records);
  }

  #appender({ topic, partition }: OutgoingRecord): PartitionAppender {
    const name = `${topic} ${partition}`;
    const known = this.#appenders.get(name);
    if (known !== undefined) return known;
    const appender = new PartitionAppender({ topic, partition }, this.#lanes.laneOf(partition), this.#clock);
    this.#appenders.set(name, appender);
    return appender;
  }
}
