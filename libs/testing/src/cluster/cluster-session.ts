/** What the simulated cluster gives a partition task: a predecessor fenced, tables read whole, inputs, and commits. */
import {
  BusUnavailableError,
  movedPositions,
  TaskInputs,
  type LogRecord,
  type OutgoingRecord,
  type PartitionTaskDefinition,
  type Step,
  type Taken,
  type TaskSession,
} from '@quorate/bus';
import { appendTo } from './append.ts';
import { wait, type ClusterParts } from './cluster-parts.ts';
import { ClusterReader } from './cluster-reader.ts';
import type { Offsets, Producer } from './simulated-broker.ts';

/** Between two looks at a table whose end is still held up by an open transaction. */
const restoreAgainMs = 50;

export interface SessionOwner {
  readonly definition: PartitionTaskDefinition;
  readonly partition: number;
  /** Whether the partition still is this member's. */
  readonly owned: () => boolean;
  /** Commits offsets as a member of the group; with guarantee `at-least-once`. */
  readonly commitOffsets: (partition: number, offsets: Offsets) => Promise<void>;
  /** Something has arrived. */
  readonly onArrival: () => void;
}

export class ClusterSession implements TaskSession {
  readonly streamEnds: Readonly<Record<string, number>>;
  readonly #parts: ClusterParts;
  readonly #owner: SessionOwner;
  readonly #producer: Producer | null;
  readonly #inputs: TaskInputs;
  readonly #committed = new Map<string, number>();

  private constructor(
    parts: ClusterParts,
    owner: SessionOwner,
    begun: { readonly producer: Producer | null; readonly streamEnds: Readonly<Record<string, number>> },
  ) {
    this.#parts = parts;
    this.#owner = owner;
    this.#producer = begun.producer;
    this.streamEnds = begun.streamEnds;
    this.#inputs = new TaskInputs(owner.definition.streams);
  }

  /** With guarantee `exactly-once`: fences the predecessor, before anything is read that it could still change. */
  static async begin(parts: ClusterParts, owner: SessionOwner): Promise<ClusterSession> {
    const { host, network, broker } = parts;
    const { definition, partition } = owner;
    const producer = definition.guarantee === 'exactly-once' ? await fenced(parts, owner) : null;
    await learnTime(parts, owner, producer);
    const streamEnds = await network.ask(host, `ends ${definition.group}-${partition}`, () =>
      Object.fromEntries(definition.streams.map((topic) => [topic, broker.partition({ topic, partition }).end])),
    );
    return new ClusterSession(parts, owner, { producer, streamEnds });
  }

  async restore(hand: (records: readonly LogRecord[]) => void | Promise<void>): Promise<void> {
    const { tables, stateTopic } = this.#owner.definition;
    for (const table of tables) this.#follow(table, await this.#readTable(table, hand));
    if (stateTopic !== null && !tables.includes(stateTopic)) await this.#readTable(stateTopic, hand);
  }

  async start(positions: Readonly<Record<string, number>> | null): Promise<void> {
    const { streams } = this.#owner.definition;
    if (positions === null && streams.length > 0) await this.#readCommitted();
    for (const stream of streams) {
      this.#follow(stream, (positions === null ? this.#committed.get(stream) : positions[stream]) ?? 0);
    }
  }

  get hasInput(): boolean {
    return this.#inputs.hasMore;
  }

  async take(): Promise<Taken> {
    // Of a process that was killed nothing runs any more; its promises can only be left waiting.
    if (this.#parts.host.isDead) return new Promise<never>(() => undefined);
    return Promise.resolve(this.#inputs.take());
  }

  async commit({ records, resumeFrom }: Step, positions: Readonly<Record<string, number>>): Promise<void> {
    const { definition, partition, commitOffsets } = this.#owner;
    this.#check(records);
    const moved = movedPositions({
      guarantee: definition.guarantee,
      committed: (stream) => this.#committed.get(stream) ?? null,
      handedOver: positions,
      resumeFrom,
    });
    if (records.length === 0 && moved.size === 0) return;
    if (this.#producer === null) {
      const byPartition = Map.groupBy(records, (record) => `${record.topic} ${record.partition}`);
      await Promise.all([...byPartition.values()].map((together) => appendTo(this.#parts, together)));
      if (moved.size > 0) await commitOffsets(partition, moved);
    } else {
      await this.#commitTransaction(this.#producer, records, moved);
    }
    for (const [stream, offset] of moved) this.#committed.set(stream, offset);
  }

  close(): void {
    this.#inputs.close();
  }

  /** The state first, then the outputs, then the offsets, then the end: a process may die between any two of them. */
  async #commitTransaction(producer: Producer, records: readonly OutgoingRecord[], moved: Offsets): Promise<void> {
    const { group, stateTopic } = this.#owner.definition;
    const { host, network, broker, clock } = this.#parts;
    const [states, outputs] = [
      records.filter(({ topic }) => topic === stateTopic),
      records.filter(({ topic }) => topic !== stateTopic),
    ];
    const place = { partition: this.#owner.partition, offsets: moved };
    const ask = (what: string, handle: () => void) => network.ask(host, `${what} ${producer.transactionalId}`, handle);
    const sentAt = clock.local();
    if (states.length > 0) {
      const appendedAt = await network.ask(host, `state ${producer.transactionalId}`, () =>
        broker.produce(producer, states),
      );
      clock.appended(sentAt, appendedAt);
    }
    if (outputs.length > 0) await ask('outputs', () => broker.produce(producer, outputs));
    if (moved.size > 0) await ask('offsets', () => broker.addOffsets(producer, group, place));
    await ask('commit', () => broker.commit(producer));
  }

  /** Hands over what the table holds and says where its records go on. */
  async #readTable(topic: string, hand: (records: readonly LogRecord[]) => void | Promise<void>): Promise<number> {
    const { host, network, broker } = this.#parts;
    const { partition, owned } = this.#owner;
    const table = broker.partition({ topic, partition });
    const end = await network.ask(host, `end ${topic}`, () => table.end);
    let position = 0;
    while (position < end) {
      if (!owned()) throw new BusUnavailableError('The partition has gone to another member.');
      const from = position;
      const { records, next } = await network.ask(host, `fetch ${topic}`, () =>
        table.read(from, end, this.#parts.takenMax()),
      );
      if (records.length > 0) await hand(records);
      if (next === position) await wait(this.#parts, restoreAgainMs);
      position = next;
    }
    return end;
  }

  async #readCommitted(): Promise<void> {
    const { host, network, broker } = this.#parts;
    const { definition, partition } = this.#owner;
    const { group, streams } = definition;
    const offsets = await network.ask(host, `committed ${group}-${partition}`, () =>
      streams.map((topic) => [topic, broker.committed(group, { topic, partition })] as const),
    );
    for (const [topic, offset] of offsets) if (offset !== undefined) this.#committed.set(topic, offset);
  }

  #follow(topic: string, from: number): void {
    const { partition, onArrival } = this.#owner;
    this.#inputs.add(new ClusterReader(this.#parts, { topic, partition }, { from, onArrival }));
  }

  /** @throws BusConfigurationError for what must not be written. */
  #check(records: readonly OutgoingRecord[]): void {
    for (const record of records) this.#parts.broker.partition(record);
  }
}

async function fenced(
  { host, network, broker }: ClusterParts,
  { definition, partition }: SessionOwner,
): Promise<Producer> {
  const name = `${definition.group}-${partition}`;
  return network.ask(host, `fence ${name}`, () => broker.fence(name));
}

/** As the Kafka engine does: writes a record that nobody will ever see, to be told when it was taken in. */
async function learnTime(parts: ClusterParts, owner: SessionOwner, producer: Producer | null): Promise<void> {
  const { host, network, broker, clock } = parts;
  const { definition, partition } = owner;
  const topic = definition.stateTopic ?? definition.tables[0];
  if (topic === undefined || clock.isTold) return;
  const asking = producer ?? (await fenced(parts, owner));
  const record = { topic, partition, key: '~time', value: null };
  const sentAt = clock.local();
  clock.appended(sentAt, await network.ask(host, 'time', () => broker.produce(asking, [record])));
  await network.ask(host, 'time', () => broker.abort(asking));
}
