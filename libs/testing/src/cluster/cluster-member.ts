/** One process' place in a consumer group, with the tasks of the partitions that are its own. */
import {
  BusUnavailableError,
  OwnedTasks,
  type Membership,
  type PartitionTaskDefinition,
  type PartitionWork,
} from '@quorate/bus';
import { wait, type ClusterParts } from './cluster-parts.ts';
import { ClusterSession, type SessionOwner } from './cluster-session.ts';
import type { Assigned, GroupCoordinator } from './group-coordinator.ts';
import { RefusedError, type Refusal } from './refused-error.ts';
import type { Offsets } from './simulated-broker.ts';

const leaveMsMax = 3_000;
const troubleMs = 200;
const commitAgainMs = 20;

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
  readonly #tasks: OwnedTasks;
  #standing: Assigned | null = null;
  #memberId = '';
  #isLeaving = false;
  #awaitingProof: (() => void)[] = [];

  constructor(parts: ClusterParts, settings: MemberSettings) {
    this.#parts = parts;
    this.#settings = settings;
    const { host, clock, report } = parts;
    this.#tasks = new OwnedTasks({
      clock: { now: () => clock.now(), after: (delayMs, action) => host.after(delayMs, action) },
      workOf: (partition, owned) => this.#workOf(partition, owned),
      isFenced: (error) => isRefused(error, 'INVALID_PRODUCER_EPOCH'),
      proof: () => this.#proof(),
      onFailure: (partition, error) =>
        report('A partition task failed and begins again', { group: settings.definition.group, partition, error }),
    });
    void this.#run();
  }

  get partitions(): readonly number[] {
    return this.#tasks.running;
  }

  get ready(): boolean {
    return !this.#isLeaving && this.#standing !== null && this.#tasks.allRun;
  }

  async leave(): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#proven();
    await this.#tasks.end();
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
    this.#tasks.assign(assigned.partitions, isAnew);
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

  #workOf(partition: number, owned: () => boolean): PartitionWork {
    const { definition } = this.#settings;
    const wakes = new ArrivalWake(this.#parts, definition);
    const owner: SessionOwner = {
      definition,
      partition,
      owned,
      commitOffsets: (of, offsets) => this.#commitOffsets({ partition: of, offsets, owned }),
      onArrival: () => wakes.onArrival(),
    };
    return { definition: wakes.definition, begin: () => ClusterSession.begin(this.#parts, owner) };
  }

  /** Resolves as soon as the group says again that this is a member, or when it leaves. */
  #proof(): Promise<void> {
    if (this.#isLeaving) return Promise.resolve();
    return new Promise((resolve) => this.#awaitingProof.push(resolve));
  }

  #proven(): void {
    for (const resolve of this.#awaitingProof.splice(0)) resolve();
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
        await this.#proof();
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
