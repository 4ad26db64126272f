/** One process' place in a consumer group, with the tasks of the partitions that are its own. */
import { BusUnavailableError, TaskRunner, type Membership, type PartitionTaskDefinition } from '@quorate/bus';
import { wait, type ClusterParts } from './cluster-parts.ts';
import { ClusterSession, type SessionOwner } from './cluster-session.ts';
import type { Assigned, GroupCoordinator } from './group-coordinator.ts';
import { RefusedError, type Refusal } from './refused-error.ts';
import type { Offsets } from './simulated-broker.ts';

/** How long a task that is given up may take to end its step. */
const endMsMax = 5_000;
/** A task that was fenced begins again when the group has said that this is a member, or after this time. */
const proofMsMax = 15_000;
const leaveMsMax = 3_000;
const troubleMs = 200;
const commitAgainMs = 20;

interface OwnedTask {
  readonly runner: TaskRunner;
  owned: boolean;
}

export interface MemberSettings {
  readonly definition: PartitionTaskDefinition;
  readonly topics: readonly string[];
  readonly coordinator: GroupCoordinator;
}

function isRefused(error: unknown, ...refusals: readonly Refusal[]): boolean {
  return error instanceof RefusedError && refusals.includes(error.refusal);
}

export class ClusterMember implements Membership {
  readonly #parts: ClusterParts;
  readonly #settings: MemberSettings;
  readonly #tasks = new Map<number, OwnedTask>();
  /** By partition, the end of the task that was there before. */
  readonly #ending = new Map<number, Promise<void>>();
  /** Partitions whose task was fenced: beginning again at once would take the name from its new owner. */
  readonly #fenced = new Set<number>();
  #standing: Assigned | null = null;
  #memberId = '';
  #isLeaving = false;
  #awaitingProof: (() => void)[] = [];

  constructor(parts: ClusterParts, settings: MemberSettings) {
    this.#parts = parts;
    this.#settings = settings;
    void this.#run();
  }

  get partitions(): readonly number[] {
    return [...this.#tasks]
      .filter(([, { runner }]) => runner.isRunning)
      .map(([partition]) => partition)
      .toSorted((a, b) => a - b);
  }

  get ready(): boolean {
    if (this.#isLeaving || this.#standing === null) return false;
    return [...this.#tasks.values()].every(({ runner }) => runner.isRunning);
  }

  async leave(): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#proven();
    for (const partition of [...this.#tasks.keys()]) this.#end(partition);
    await Promise.all(this.#ending.values());
    const memberId = this.#memberId;
    const left = this.#ask('leave', () => this.#settings.coordinator.leave(memberId));
    // A group that cannot be told misses the member by itself when the session ends.
    await Promise.race([left.catch(() => undefined), wait(this.#parts, leaveMsMax)]);
  }

  async #run(): Promise<void> {
    while (!this.#isLeaving) {
      try {
        await this.#join();
        await this.#beat();
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #join(): Promise<void> {
    const { coordinator, topics, definition } = this.#settings;
    const { host, network } = this.#parts;
    const owned = this.#standing?.partitions ?? [];
    const claim = { generation: this.#standing?.generation ?? -1, owned };
    const request = { instance: host.name, memberId: this.#memberId, claim, topics };
    const assigned = await network.call<Assigned>(host, `join ${definition.group}`, (reply) =>
      coordinator.join(request, reply),
    );
    if (this.#isLeaving) return;
    const isAnew = this.#standing !== null && this.#standing.memberId !== assigned.memberId;
    this.#memberId = assigned.memberId;
    this.#standing = assigned;
    this.#assign(assigned.partitions, isAnew);
    this.#proven();
  }

  /** Ends with the error that ends the membership as it stands. */
  async #beat(): Promise<void> {
    while (!this.#isLeaving) {
      await wait(this.#parts, this.#parts.timings.heartbeatMs);
      const standing = this.#standing;
      if (this.#isLeaving || standing === null) return;
      try {
        await this.#ask('heartbeat', () => {
          this.#settings.coordinator.heartbeat(standing.memberId, standing.generation);
        });
        this.#proven();
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        await wait(this.#parts, troubleMs);
      }
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (this.#isLeaving || isRefused(error, 'REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION')) return;
    if (isRefused(error, 'UNKNOWN_MEMBER_ID')) this.#memberId = '';
    else await wait(this.#parts, troubleMs);
  }

  /** @param isAnew others may have owned what seems to have been kept, so every task begins again. */
  #assign(partitions: readonly number[], isAnew: boolean): void {
    for (const partition of [...this.#tasks.keys()]) {
      if (isAnew || !partitions.includes(partition)) this.#end(partition);
    }
    for (const partition of partitions) if (!this.#tasks.has(partition)) this.#begin(partition);
  }

  #begin(partition: number): void {
    const { definition } = this.#settings;
    const { host, clock, report } = this.#parts;
    const before = this.#ending.get(partition) ?? Promise.resolve();
    const wakes = new ArrivalWake(this.#parts, definition);
    const owner: SessionOwner = {
      definition,
      partition,
      owned: () => task.owned,
      commitOffsets: (of, offsets) => this.#commitOffsets({ partition: of, offsets, owned: () => task.owned }),
      onArrival: () => wakes.onArrival(),
    };
    const runner = new TaskRunner({
      definition: wakes.definition,
      partition,
      clock: { now: () => clock.now(), after: (delayMs, action) => host.after(delayMs, action) },
      begin: async () => {
        await before;
        await this.#proof(partition);
        return ClusterSession.begin(this.#parts, owner);
      },
      onFailure: (error) => {
        if (isRefused(error, 'INVALID_PRODUCER_EPOCH')) this.#fenced.add(partition);
        report('A partition task failed and begins again', { group: definition.group, partition, error });
      },
    });
    const task: OwnedTask = { runner, owned: true };
    this.#tasks.set(partition, task);
  }

  async #proof(partition: number): Promise<void> {
    if (!this.#fenced.delete(partition) || this.#isLeaving) return;
    const proven = new Promise<void>((resolve) => this.#awaitingProof.push(resolve));
    await Promise.race([proven, wait(this.#parts, proofMsMax)]);
  }

  #proven(): void {
    for (const resolve of this.#awaitingProof.splice(0)) resolve();
  }

  #end(partition: number): void {
    const task = this.#tasks.get(partition);
    if (task === undefined) return;
    task.owned = false;
    this.#tasks.delete(partition);
    const ended = Promise.race([task.runner.end(), wait(this.#parts, endMsMax)]);
    this.#ending.set(partition, ended);
    void ended.then(() => {
      if (this.#ending.get(partition) === ended) this.#ending.delete(partition);
    });
  }

  /** While the group is being rebalanced, its next word tells whether the partition is still this member's. */
  async #commitOffsets(commit: { partition: number; offsets: Offsets; owned: () => boolean }): Promise<void> {
    const { definition } = this.#settings;
    while (commit.owned()) {
      const { memberId = '', generation = -1 } = this.#standing ?? {};
      try {
        await this.#ask('offsets', () => {
          this.#parts.broker.commitOffsets(definition.group, { memberId, generation }, commit);
        });
        return;
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        await new Promise<void>((resolve) => this.#awaitingProof.push(resolve));
        await wait(this.#parts, commitAgainMs);
      }
    }
    throw new BusUnavailableError(`${definition.group} has given partition ${commit.partition} to another member`);
  }

  #ask(what: string, handle: () => void): Promise<void> {
    return this.#parts.network.ask(this.#parts.host, `${what} ${this.#settings.definition.group}`, handle);
  }
}

/**
 * Where idle tasks are to step rarely: wakes a task for what has arrived, when its own gathering would have ended.
 */
class ArrivalWake {
  readonly definition: PartitionTaskDefinition;
  readonly #parts: ClusterParts;
  readonly #gatherMs: number;
  #wake: () => void = () => undefined;
  #isComing = false;

  constructor(parts: ClusterParts, definition: PartitionTaskDefinition) {
    const { idleGatherMs } = parts.timings;
    this.#parts = parts;
    this.#gatherMs = definition.gatherMs;
    this.definition = {
      ...definition,
      gatherMs: idleGatherMs ?? definition.gatherMs,
      createTask: (partition, wake) => {
        this.#wake = wake;
        return definition.createTask(partition, wake);
      },
    };
  }

  onArrival(): void {
    if (this.#parts.timings.idleGatherMs === null || this.#isComing) return;
    this.#isComing = true;
    this.#parts.host.after(this.#gatherMs, () => {
      this.#isComing = false;
      this.#wake();
    });
  }
}
