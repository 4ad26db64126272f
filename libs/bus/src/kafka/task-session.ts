/**
 * What Kafka gives a partition task: a predecessor fenced, the tables read whole, inputs, and commits by its
 * guarantee.
 */
import type { LogRecord, OutgoingRecord, PartitionTaskDefinition, Step } from '../log.ts';
import { movedPositions } from '../moved-positions.ts';
import { TaskInputs } from '../task-inputs.ts';
import type { Taken, TaskSession } from '../task-runner.ts';
import type { Appends } from './appends.ts';
import type { FetchLoops } from './fetch-loops.ts';
import { InputBuffer, type Unread } from './input-buffer.ts';
import { transientTypes } from './kafka-error.ts';
import { type Lane, retrying } from './lane.ts';
import type { LanePool } from './lane-pool.ts';
import type { LogClock } from './log-clock.ts';
import type { OffsetCommits } from './offset-commits.ts';
import { offsetOf, readRange } from './partition-log.ts';
import type { TopicCatalogue } from './topic-catalogue.ts';
import { TransactionWriter } from './transaction-writer.ts';

const positionsMsMax = 15_000;

/** The parts of a log that its tasks work with. */
export interface LogParts {
  readonly catalogue: TopicCatalogue;
  readonly clock: LogClock;
  /** For questions that are answered at once. */
  readonly control: Lane;
  /** For reading from here to there. */
  readonly reading: Lane;
  readonly writing: LanePool;
  readonly appends: Appends;
  readonly loops: FetchLoops;
  readonly unread: Unread;
}

export interface SessionOwner {
  readonly definition: PartitionTaskDefinition;
  readonly partition: number;
  readonly commits: OffsetCommits;
  /** Whether the partition still is this member's. */
  readonly owned: () => boolean;
}

export class KafkaTaskSession implements TaskSession {
  readonly streamEnds: Readonly<Record<string, number>>;
  readonly #parts: LogParts;
  readonly #owner: SessionOwner;
  readonly #writer: TransactionWriter | null;
  readonly #inputs: TaskInputs;
  /** By stream, what the group has committed. */
  readonly #committed = new Map<string, number>();

  private constructor(
    parts: LogParts,
    owner: SessionOwner,
    begun: { readonly writer: TransactionWriter | null; readonly streamEnds: Readonly<Record<string, number>> },
  ) {
    this.#parts = parts;
    this.#owner = owner;
    this.#writer = begun.writer;
    this.streamEnds = begun.streamEnds;
    this.#inputs = new TaskInputs(owner.definition.streams);
  }

  /** With guarantee `exactly-once`: fences the predecessor, before anything is read that it could still change. */
  static async begin(parts: LogParts, owner: SessionOwner): Promise<KafkaTaskSession> {
    const { definition, partition } = owner;
    const writer = definition.guarantee === 'exactly-once' ? await fencedWriter(parts, owner) : null;
    await learnTime(parts, owner, writer);
    const ends = await Promise.all(
      definition.streams.map(async (topic) => {
        return [topic, await offsetOf(parts.control, { topic, partition }, 'end')] as const;
      }),
    );
    return new KafkaTaskSession(parts, owner, { writer, streamEnds: Object.fromEntries(ends) });
  }

  async restore(hand: (records: readonly LogRecord[]) => void | Promise<void>): Promise<void> {
    const { tables, stateTopic } = this.#owner.definition;
    for (const table of tables) this.#follow(table, await this.#readTable(table, hand));
    if (stateTopic !== null && !tables.includes(stateTopic)) await this.#readTable(stateTopic, hand);
  }

  async start(positions: Readonly<Record<string, number>> | null): Promise<void> {
    const { streams } = this.#owner.definition;
    if (positions === null) await this.#readCommitted();
    for (const stream of streams) {
      this.#follow(stream, (positions === null ? this.#committed.get(stream) : positions[stream]) ?? 0);
    }
  }

  get hasInput(): boolean {
    return this.#inputs.hasMore;
  }

  async take(): Promise<Taken> {
    return Promise.resolve(this.#inputs.take());
  }

  async commit(step: Step, positions: Readonly<Record<string, number>>): Promise<void> {
    const { definition, partition, commits, owned } = this.#owner;
    const { records, resumeFrom } = step;
    await this.#parts.catalogue.check(records);
    const moved = movedPositions({
      guarantee: definition.guarantee,
      committed: (stream) => this.#committed.get(stream) ?? null,
      handedOver: positions,
      resumeFrom,
    });
    if (records.length === 0 && moved.size === 0) return;
    if (this.#writer !== null) {
      await this.#writer.commit({ records, group: definition.group, positions: moved });
    } else {
      await this.#append(records);
      if (moved.size > 0) await commits.commit({ partition, byTopic: moved, owned });
    }
    for (const [stream, offset] of moved) this.#committed.set(stream, offset);
  }

  close(): void {
    this.#inputs.close();
  }

  /**
   * Hands over what the table holds and says where its records go on. Open transactions below the end are waited for.
   */
  async #readTable(topic: string, hand: (records: readonly LogRecord[]) => void | Promise<void>): Promise<number> {
    const { control, reading } = this.#parts;
    const { partition, owned } = this.#owner;
    const name = { topic, partition };
    const [from, until] = await Promise.all([offsetOf(control, name, 'first'), offsetOf(control, name, 'end')]);
    await readRange(reading, name, { from, until, goesOn: owned, handle: hand });
    return Math.max(from, until);
  }

  async #readCommitted(): Promise<void> {
    const { group, streams } = this.#owner.definition;
    if (streams.length === 0) return;
    const partitions = [{ partition: this.#owner.partition }];
    const question = { groupId: group, topics: streams.map((topic) => ({ topic, partitions })) };
    const answer = await retrying({ types: transientTypes, patienceMs: positionsMsMax }, () =>
      this.#parts.control.askCoordinator({ kind: 'group', id: group }, 'OffsetFetch', question),
    );
    for (const { topic, partitions: answered } of answer.responses) {
      const offset = Number(answered[0]?.offset ?? -1);
      if (offset >= 0) this.#committed.set(topic, offset);
    }
  }

  #follow(topic: string, from: number): void {
    const { partition } = this.#owner;
    this.#inputs.add(new InputBuffer({ topic, partition }, from, this.#parts));
  }

  async #append(records: readonly OutgoingRecord[]): Promise<void> {
    const byPartition = Map.groupBy(records, ({ topic, partition }) => `${topic} ${partition}`);
    await Promise.all([...byPartition.values()].map((together) => this.#parts.appends.append(together)));
  }
}

/** Named after group and partition, so that every successor fences the one before. */
async function fencedWriter(parts: LogParts, { definition, partition }: SessionOwner): Promise<TransactionWriter> {
  const writer = new TransactionWriter({
    lane: parts.writing.laneOf(partition),
    clock: parts.clock,
    transactionalId: `${definition.group}-${partition}`,
    partition,
  });
  await writer.fence();
  return writer;
}

/**
 * Of a task that restores something the first step decides by the time alone. By a clock that is minutes off it would
 * close what is open, or name rounds of the future.
 */
async function learnTime(parts: LogParts, owner: SessionOwner, writer: TransactionWriter | null): Promise<void> {
  const { definition, partition } = owner;
  const topic = definition.stateTopic ?? definition.tables[0];
  if (topic === undefined || parts.clock.isTold) return;
  const asking = writer ?? (await fencedWriter(parts, owner));
  await asking.learnTime({ topic, partition, key: '~time', value: null });
}
