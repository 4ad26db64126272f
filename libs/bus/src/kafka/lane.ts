/** A set of sockets, one to each node that is needed. What waits on one lane holds up nothing on another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterMap, type CoordinatorKind } from './cluster-map.ts';
import type { Exchanges } from './exchanges.ts';
import { connectionTypes, isType, KafkaError, staleCoordinatorTypes, staleLeaderTypes } from './kafka-error.ts';
import { NodeConnection, type WireSettings } from './wire.ts';

/** The first waits between two tries are short: a coordinator that still ends a transaction is done in milliseconds. */
const retryMsFirst = 5;
const retryMsMax = 250;
const retryFactor = 1.5;

interface LaneConnection {
  readonly opening: Promise<NodeConnection>;
  opened: NodeConnection | null;
}

export class Lane {
  readonly map: ClusterMap;
  readonly #settings: WireSettings;
  readonly #connections = new Map<number, LaneConnection>();
  #closed = false;

  constructor(map: ClusterMap, settings: WireSettings) {
    this.map = map;
    this.#settings = settings;
  }

  /** Asks one node. @throws KafkaError; after a lost connection the map is asked for anew before the next question. */
  async ask<Name extends keyof Exchanges>(
    node: number,
    name: Name,
    question: Exchanges[Name]['question'],
  ): Promise<Exchanges[Name]['answer']> {
    const connection = this.#connection(node);
    try {
      return await (await connection.opening).ask(name, question);
    } catch (error) {
      if (isType(error, connectionTypes)) await this.#lost(node, connection);
      throw error;
    }
  }

  /** Asks the node that coordinates the group or the transactions called `id`. */
  async askCoordinator<Name extends keyof Exchanges>(
    of: { readonly kind: CoordinatorKind; readonly id: string },
    name: Name,
    question: Exchanges[Name]['question'],
  ): Promise<Exchanges[Name]['answer']> {
    try {
      return await this.ask(await this.map.coordinator(of.kind, of.id), name, question);
    } catch (error) {
      if (isType(error, staleCoordinatorTypes)) this.map.forgetCoordinator(of.kind, of.id);
      throw error;
    }
  }

  /** Asks the node that leads the partition. @throws KafkaError, also when nobody leads it just now. */
  async askLeader<Name extends keyof Exchanges>(
    of: { readonly topic: string; readonly partition: number },
    name: Name,
    question: Exchanges[Name]['question'],
  ): Promise<Exchanges[Name]['answer']> {
    try {
      return await this.ask(await this.leader(of.topic, of.partition), name, question);
    } catch (error) {
      if (isType(error, staleLeaderTypes)) await this.map.refresh();
      throw error;
    }
  }

  /** @throws KafkaError when nobody leads the partition just now. */
  async leader(topic: string, partition: number): Promise<number> {
    const known = this.map.leader(topic, partition);
    if (known !== null) return known;
    await this.map.refresh();
    const leader = this.map.leader(topic, partition);
    if (leader === null) throw new KafkaError('LEADER_NOT_AVAILABLE', `Nobody leads ${topic}-${partition}`);
    return leader;
  }

  close(): void {
    this.#closed = true;
    for (const [node, connection] of [...this.#connections]) this.#drop(node, connection);
  }

  #connection(node: number): LaneConnection {
    const known = this.#connections.get(node);
    if (known !== undefined && known.opened?.isOpen !== false) return known;
    if (this.#closed) throw new KafkaError('CLOSED', 'The log was closed');
    const opening = NodeConnection.open(this.map.address(node), this.#settings);
    const connection: LaneConnection = { opening, opened: null };
    this.#connections.set(node, connection);
    opening.then(
      (opened) => (connection.opened = opened),
      () => undefined,
    );
    return connection;
  }

  #drop(node: number, connection: LaneConnection): void {
    if (this.#connections.get(node) === connection) this.#connections.delete(node);
    connection.opening.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }

  /**
   * The node may be gone for good, and what it led or coordinated with it. A map that cannot be had now is had later.
   */
  async #lost(node: number, connection: LaneConnection): Promise<void> {
    this.#drop(node, connection);
    this.map.forgetCoordinatorsAt(node);
    await this.map.refresh().catch(() => undefined);
  }
}

/** Tries again after an error of one of `types`, until `patienceMs` have passed. @throws the last error */
export async function retrying<Answer>(
  settings: { readonly types: ReadonlySet<string>; readonly patienceMs: number },
  attempt: () => Promise<Answer>,
): Promise<Answer> {
  const deadline = performance.now() + settings.patienceMs;
  for (let waitMs = retryMsFirst; ; waitMs = Math.min(retryMsMax, waitMs * retryFactor)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isType(error, settings.types) || performance.now() + waitMs > deadline) throw error;
    }
    await sleep(waitMs);
  }
}
