/** What the engine knows of the cluster: its nodes, which of them leads which partition, which coordinates what. */
import { setTimeout as sleep } from 'node:timers/promises';
import { firstAnswer } from './first-answer.ts';
import { KafkaError } from './kafka-error.ts';
import { type NodeAddress, NodeConnection, type WireSettings } from './wire.ts';

/** A map just made is not made again: many tasks see the same fault at once. */
const refreshMsMin = 50;

/** A node that has not answered in this time may be frozen or shutting down: another is asked as well. */
const hedgeMs = 400;
/** A node that does not answer in this time is given up. */
const answerMsMax = 3_000;

const coordinatorTypes = { group: 0, transaction: 1 } as const;
export type CoordinatorKind = keyof typeof coordinatorTypes;

interface TopicMap {
  /** By partition: the leading node, or -1 while there is none. */
  readonly leaders: readonly number[];
}

export class ClusterMap {
  readonly #bootstrap: readonly NodeAddress[];
  readonly #settings: WireSettings;
  #nodes = new Map<number, NodeAddress>();
  #controller = -1;
  #topics = new Map<string, TopicMap>();
  #coordinators = new Map<string, number>();
  #connection: NodeConnection | null = null;
  #isClosed = false;
  #refreshing: Promise<void> | null = null;
  #refreshedAt = -Infinity;

  /** @param bootstrap `host:port` of some nodes. */
  constructor(bootstrap: readonly string[], settings: WireSettings) {
    this.#bootstrap = bootstrap.map(addressOf);
    this.#settings = { ...settings, requestMsMax: answerMsMax };
  }

  /** Asks the cluster anew; callers at the same time share one question. @throws KafkaError when no node answers. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  address(node: number): NodeAddress {
    const address = this.#nodes.get(node);
    if (address === undefined) throw new KafkaError('BROKER_NOT_AVAILABLE', `Node ${node} is not in the cluster`);
    return address;
  }

  get controller(): number {
    return this.#controller;
  }

  /** Undefined when there is no such topic. */
  partitionCount(topic: string): number | undefined {
    return this.#topics.get(topic)?.leaders.length;
  }

  /** Null while nobody leads it, or there is no such partition. */
  leader(topic: string, partition: number): number | null {
    const leader = this.#topics.get(topic)?.leaders[partition] ?? -1;
    return leader === -1 ? null : leader;
  }

  async coordinator(kind: CoordinatorKind, id: string): Promise<number> {
    const known = this.#coordinators.get(`${kind} ${id}`);
    if (known !== undefined) return known;
    const { coordinator } = await this.#askAnyone((connection) =>
      connection.ask('GroupCoordinator', { groupId: id, coordinatorType: coordinatorTypes[kind] }),
    );
    if (!this.#nodes.has(coordinator.nodeId)) await this.refresh();
    this.#coordinators.set(`${kind} ${id}`, coordinator.nodeId);
    return coordinator.nodeId;
  }

  forgetCoordinator(kind: CoordinatorKind, id: string): void {
    this.#coordinators.delete(`${kind} ${id}`);
  }

  /** Whatever this node coordinated may have moved. */
  forgetCoordinatorsAt(node: number): void {
    for (const [id, coordinator] of this.#coordinators) if (coordinator === node) this.#coordinators.delete(id);
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }

  async #refresh(): Promise<void> {
    const restMs = this.#refreshedAt + refreshMsMin - performance.now();
    if (restMs > 0) await sleep(restMs);
    const answer = await this.#askAnyone((connection) =>
      connection.ask('Metadata', { topics: [], allowAutoTopicCreation: false }),
    );
    this.#nodes = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    this.#controller = answer.controllerId;
    this.#topics = new Map(
      answer.topicMetadata.map(({ topic, partitionMetadata }) => [topic, mapOf(partitionMetadata)]),
    );
    this.#refreshedAt = performance.now();
  }

  /** Asks the node that answered last, then every other that is known, then the ones we were given. */
  #askAnyone<Answer>(question: (connection: NodeConnection) => Promise<Answer>): Promise<Answer> {
    const last = this.#connection;
    const others = [...this.#nodes.values(), ...this.#bootstrap].map(
      (address) => () => this.#askAnew(address, question),
    );
    return firstAnswer(last?.isOpen === true ? [() => question(last), ...others] : others, hedgeMs);
  }

  /** On a connection of its own, which is kept for the next questions if it is the first with an answer. */
  async #askAnew<Answer>(
    address: NodeAddress,
    question: (connection: NodeConnection) => Promise<Answer>,
  ): Promise<Answer> {
    const before = this.#connection;
    const connection = await NodeConnection.open(address, this.#settings);
    try {
      const answer = await question(connection);
      if (this.#connection !== before || this.#isClosed) connection.close();
      else this.#replace(connection);
      return answer;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #replace(connection: NodeConnection): void {
    this.#connection?.close();
    this.#connection = connection;
  }
}

function mapOf(partitions: readonly { readonly partitionId: number; readonly leader: number }[]): TopicMap {
  const leaders = new Array<number>(partitions.length).fill(-1);
  for (const { partitionId, leader } of partitions) leaders[partitionId] = leader;
  return { leaders };
}

function addressOf(broker: string): NodeAddress {
  const colon = broker.lastIndexOf(':');
  return { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) };
}
