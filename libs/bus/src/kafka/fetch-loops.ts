/** Feeds everything in this process that reads: one loop for each node, over all partitions that it leads. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@quorate/contracts';
import type { LogRecord } from '../log.ts';
import { committedRecords } from './committed-records.ts';
import type { Exchanges } from './exchanges.ts';
import type { FetchedPartition } from './fetch-answer.ts';
import { errorOfCode, isType, transientTypes } from './kafka-error.ts';
import type { Lane } from './lane.ts';
import type { LogClock } from './log-clock.ts';
import { fetchBytesMax, offsetOf, type PartitionName } from './partition-log.ts';
import type { Report } from './quiet-report.ts';

/** How long a node waits for something to arrive, and a newly added partition for its first fetch. */
const waitMsMax = 150;
/** Between two fetches, so that records that trickle in come a few at a time. */
const pauseMs = 10;
const troubleMs = 100;
const watchMs = 250;
const partitionBytesMax = 2 * 1024 * 1024;

export interface Subscription extends PartitionName {
  /** The next offset wanted. The loops move it on. */
  offset: number;
  /** By the log's clock: all that was there at this time has been delivered. The loops move it on, too. */
  readUntil: Instant;
  /** Whether there is room for more just now. */
  readonly wants: () => boolean;
  /** Committed records from `offset` on, in order. None, when only ends of transactions were passed. */
  readonly deliver: (records: readonly LogRecord[]) => void;
}

/** A partition with everybody here who reads it. */
interface ReadPartition extends PartitionName {
  readonly readers: Set<Subscription>;
  /** Where a fetch found nothing more: what lies there now has just come. Null before the first such fetch. */
  readonly waiting: { at: number | null };
}

/** What a fetch asks of one partition. */
interface Asked extends ReadPartition {
  readonly offset: number;
}

export class FetchLoops {
  readonly #lane: Lane;
  readonly #clock: LogClock;
  readonly #report: Report;
  readonly #partitions = new Map<string, ReadPartition>();
  readonly #loops = new Map<number, Promise<void>>();
  readonly #watch: NodeJS.Timeout;
  #closed = false;

  constructor(lane: Lane, clock: LogClock, report: Report) {
    this.#lane = lane;
    this.#clock = clock;
    this.#report = report;
    this.#watch = setInterval(() => this.#serve(), watchMs);
  }

  add(subscription: Subscription): void {
    const { topic, partition } = subscription;
    const name = `${topic} ${partition}`;
    const read = this.#partitions.get(name) ?? { topic, partition, readers: new Set(), waiting: { at: null } };
    read.readers.add(subscription);
    this.#partitions.set(name, read);
    this.#serve();
  }

  remove(subscription: Subscription): void {
    const name = `${subscription.topic} ${subscription.partition}`;
    const read = this.#partitions.get(name);
    read?.readers.delete(subscription);
    if (read?.readers.size === 0) this.#partitions.delete(name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    this.#lane.close();
    await Promise.all(this.#loops.values());
  }

  /** Sees to it that each node that leads something wanted has a loop, and that somebody leads everything. */
  #serve(): void {
    if (this.#closed) return;
    let leaderless = false;
    for (const { topic, partition } of this.#partitions.values()) {
      const node = this.#lane.map.leader(topic, partition);
      if (node === null) leaderless = true;
      else if (!this.#loops.has(node)) this.#start(node);
    }
    // One that cannot be asked now is asked at the next look.
    if (leaderless) this.#lane.map.refresh().catch(() => undefined);
  }

  #start(node: number): void {
    this.#loops.set(
      node,
      this.#run(node).finally(() => this.#loops.delete(node)),
    );
  }

  /** Ends when the node leads nothing that is read. */
  async #run(node: number): Promise<void> {
    for (let turn = 0; !this.#closed; turn++) {
      const { map } = this.#lane;
      const led = [...this.#partitions.values()].filter(
        ({ topic, partition }) => map.leader(topic, partition) === node,
      );
      if (led.length === 0) return;
      const asked = rotated(led, turn).flatMap((read) => whatToAsk(read, turn) ?? []);
      if (asked.length > 0) await this.#fetch(node, asked);
      await sleep(pauseMs);
    }
  }

  async #fetch(node: number, asked: readonly Asked[]): Promise<void> {
    try {
      const sentAt = this.#clock.now();
      const answer = await this.#lane.ask(node, 'Fetch', fetchQuestion(asked));
      const byName = new Map(answer.map((fetched) => [`${fetched.topic} ${fetched.partition}`, fetched]));
      let errorCount = 0;
      for (const read of asked) {
        const fetched = byName.get(`${read.topic} ${read.partition}`);
        if (fetched !== undefined && !(await this.#handOver(fetched, { ...read, sentAt }))) errorCount++;
      }
      if (errorCount === 0) return;
      await this.#lane.map.refresh();
    } catch (error) {
      // The same offsets are fetched again, from whoever leads by then.
      if (!isType(error, transientTypes)) this.#report('What a broker sent cannot be read', { node, error });
    }
    await sleep(troubleMs);
  }

  /** Whether what was fetched is records and not an error. */
  async #handOver(fetched: FetchedPartition, asked: Asked & { readonly sentAt: Instant }): Promise<boolean> {
    const { readers, offset, waiting, sentAt, ...name } = asked;
    const error = errorOfCode(fetched.errorCode, 'Fetch');
    if (error?.type === 'OFFSET_OUT_OF_RANGE') {
      // The records wanted were removed by retention, or the topic was made anew: on with the oldest there is.
      const first = await offsetOf(this.#lane, name, 'first');
      for (const reader of readers) if (reader.offset === offset) reader.offset = first;
    }
    if (error !== null) return false;
    const { records, nextOffset } = committedRecords(fetched, offset);
    this.#noticeTime(records, waiting.at === offset);
    waiting.at = records.length === 0 ? nextOffset : waiting.at;
    for (const reader of readers) deliverTo(reader, { records, from: offset, nextOffset });
    if (nextOffset >= Number(fetched.highWatermark)) noteEnd(readers, nextOffset, sentAt);
    return true;
  }

  #noticeTime(records: readonly LogRecord[], hadBeenWaitedFor: boolean): void {
    const newest = records.at(-1);
    if (newest === undefined) return;
    if (hadBeenWaitedFor) this.#clock.arrived(newest.appendedAt);
    else this.#clock.read(newest.appendedAt);
  }
}

/** A request can name a partition once; of several readers each gets its turn. Null when none has room. */
function whatToAsk(read: ReadPartition, turn: number): Asked | null {
  const wanting = [...read.readers].filter((reader) => reader.wants());
  const reader = wanting[turn % wanting.length];
  return reader === undefined ? null : { ...read, offset: reader.offset };
}

function fetchQuestion(asked: readonly Asked[]): Exchanges['Fetch']['question'] {
  return {
    isolationLevel: 1,
    maxWaitTime: waitMsMax,
    minBytes: 1,
    maxBytes: fetchBytesMax,
    topics: asked.map(({ topic, partition, offset }) => ({
      topic,
      partitions: [{ partition, fetchOffset: String(offset), maxBytes: partitionBytesMax }],
    })),
    rackId: '',
  };
}

interface Fetched {
  readonly records: readonly LogRecord[];
  readonly from: number;
  readonly nextOffset: number;
}

/** Only to a reader whose next offset lies in what was fetched: another one gets its own turn. */
function deliverTo(reader: Subscription, { records, from, nextOffset }: Fetched): void {
  if (reader.offset < from || reader.offset >= nextOffset || !reader.wants()) return;
  const wanted = records.filter(({ offset }) => offset >= reader.offset);
  reader.offset = nextOffset;
  reader.deliver(wanted);
}

/** The answer may have been under way for long: nothing is known of what was written since the question. */
function noteEnd(readers: ReadonlySet<Subscription>, end: number, askedAt: Instant): void {
  for (const reader of readers) if (reader.offset >= end) reader.readUntil = askedAt;
}

/** A node fills its answer from the first partition named on, so each is the first at times. */
function rotated<Item>(items: readonly Item[], turn: number): readonly Item[] {
  const start = turn % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
