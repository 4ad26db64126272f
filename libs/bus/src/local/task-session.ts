/** What the engine in one process gives a partition task: its readers, and a commit that a successor fences. */
import type { LogRecord, OutgoingRecord, PartitionTaskDefinition, Step } from '../log.ts';
import { movedPositions } from '../moved-positions.ts';
import type { Taken, TaskSession } from '../task-runner.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { OffsetTable } from './offset-table.ts';
import type { OwnerToken, Ownership } from './ownership.ts';
import type { OpenReader, ReaderSet } from './reader-set.ts';
import type { TopicTable } from './topic-table.ts';

/** The parts of a log that its tasks work with. */
export interface LogParts {
  readonly topics: TopicTable;
  readonly offsets: OffsetTable;
  readonly readers: ReaderSet;
  readonly queue: CommitQueue;
  readonly ownership: Ownership;
  /** @throws BusConfigurationError when a record must not be written. */
  readonly checkRecords: (records: readonly OutgoingRecord[]) => void;
}

export class LocalTaskSession implements TaskSession {
  readonly streamEnds: Readonly<Record<string, number>>;
  readonly #parts: LogParts;
  readonly #definition: PartitionTaskDefinition;
  readonly #partition: number;
  readonly #token: OwnerToken;
  readonly #readers = new Map<string, OpenReader>();

  /** Fences the predecessor: resolves when none of its commits is under way any more. */
  static async begin(
    parts: LogParts,
    definition: PartitionTaskDefinition,
    partition: number,
  ): Promise<LocalTaskSession> {
    const token = parts.ownership.claim(definition.group, partition);
    await parts.queue.settled();
    return new LocalTaskSession(parts, { definition, partition, token });
  }

  private constructor(
    parts: LogParts,
    { definition, partition, token }: { definition: PartitionTaskDefinition; partition: number; token: OwnerToken },
  ) {
    this.#parts = parts;
    this.#definition = definition;
    this.#partition = partition;
    this.#token = token;
    this.streamEnds = Object.fromEntries(
      definition.streams.map((stream) => [stream, parts.topics.end(stream, partition)]),
    );
  }

  async restore(hand: (records: readonly LogRecord[]) => void | Promise<void>): Promise<void> {
    const { tables, stateTopic } = this.#definition;
    for (const table of tables) {
      const { reader } = this.#open(table, 0);
      await this.#readToEnd(reader, hand);
    }
    if (stateTopic === null || tables.includes(stateTopic)) return;
    const state = this.#parts.readers.open({ topic: stateTopic, partition: this.#partition }, 0);
    await this.#readToEnd(state.reader, hand).finally(() => state.close());
  }

  start(positions: Readonly<Record<string, number>> | null): void {
    const { group, streams } = this.#definition;
    for (const stream of streams) {
      const committed = this.#parts.offsets.get(group, stream, this.#partition);
      this.#open(stream, (positions === null ? committed : positions[stream]) ?? 0);
    }
  }

  get hasInput(): boolean {
    return [...this.#readers.values()].some(({ reader }) => reader.hasMore);
  }

  async take(): Promise<Taken> {
    const records = new Map<string, readonly LogRecord[]>();
    for (const [topic, { reader }] of this.#readers) {
      const taken = await reader.take();
      if (taken.length > 0) records.set(topic, taken);
    }
    return { records, positions: this.#positions(), more: this.hasInput, heardUntil: Infinity };
  }

  async commit({ records, resumeFrom }: Step, positions: Readonly<Record<string, number>>): Promise<void> {
    this.#parts.checkRecords(records);
    const { guarantee, group } = this.#definition;
    const partition = this.#partition;
    const committed = (stream: string) => this.#parts.offsets.get(group, stream, partition);
    const moved = movedPositions({ guarantee, committed, handedOver: positions, resumeFrom });
    const offsets = [...moved].map(([topic, offset]) => ({ group, topic, partition, offset }));
    if (records.length === 0 && offsets.length === 0) return;
    await this.#parts.queue.write({ records, offsets, permitted: () => this.#token.isCurrent });
  }

  close(): void {
    for (const open of this.#readers.values()) open.close();
  }

  #open(topic: string, position: number): OpenReader {
    const open = this.#parts.readers.open({ topic, partition: this.#partition }, position);
    this.#readers.set(topic, open);
    return open;
  }

  /** Hands over what the partition held as this began. */
  async #readToEnd(
    reader: OpenReader['reader'],
    hand: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Promise<void> {
    const end = this.#parts.topics.end(reader.topic, reader.partition);
    while (reader.position < end) {
      const records = await reader.take();
      if (records.length > 0) await hand(records);
    }
  }

  #positions(): Record<string, number> {
    return Object.fromEntries(
      this.#definition.streams.map((stream) => [stream, this.#readers.get(stream)?.reader.position ?? 0]),
    );
  }
}
