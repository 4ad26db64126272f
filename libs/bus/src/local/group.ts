/** A consumer group whose members all live in this process. */
import type { PartitionTaskDefinition } from '../log.ts';
import { TaskRunner, type TaskSession } from '../task-runner.ts';
import { assignPartitions } from './assignment.ts';
import type { Clock } from './clock.ts';

/** How long a partition waits for its old owner's step before it is taken away; what that step brings is refused. */
const handOverMsMax = 2_000;

export interface GroupMember {
  readonly definition: PartitionTaskDefinition;
}

export interface GroupOptions {
  readonly partitionCount: number;
  readonly clock: Clock;
  readonly begin: (definition: PartitionTaskDefinition, partition: number) => Promise<TaskSession>;
  /** Makes worthless what a task of this partition still tries to commit; resolves when nothing is under way. */
  readonly revoke: (partition: number) => Promise<void>;
  readonly onFailure: (partition: number, error: unknown) => void;
}

interface RunningTask {
  readonly member: GroupMember;
  readonly runner: TaskRunner;
}

export class Group {
  readonly #options: GroupOptions;
  readonly #members = new Set<GroupMember>();
  #owners = new Map<number, GroupMember>();
  readonly #running = new Map<number, RunningTask>();
  /** Per partition, the hand-overs one after the other. */
  readonly #handOvers = new Map<number, Promise<void>>();

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  get partitionCount(): number {
    return this.#options.partitionCount;
  }

  join(member: GroupMember): void {
    this.#members.add(member);
    void this.#rebalance();
  }

  /** Resolves when none of the member's tasks can commit any more. */
  async leave(member: GroupMember): Promise<void> {
    if (!this.#members.delete(member)) return;
    await this.#rebalance();
  }

  /** As if every member left at once. */
  async end(): Promise<void> {
    this.#members.clear();
    await this.#rebalance();
  }

  /** The partitions whose tasks run at this member. */
  partitionsOf(member: GroupMember): number[] {
    return [...this.#running]
      .filter(([, running]) => running.member === member && running.runner.isRunning)
      .map(([partition]) => partition)
      .toSorted((a, b) => a - b);
  }

  isReady(member: GroupMember): boolean {
    if (!this.#members.has(member)) return false;
    return this.#ownedBy(member).every((partition) => {
      const running = this.#running.get(partition);
      return running?.member === member && running.runner.isRunning;
    });
  }

  /** Resolves when every partition has gone to its new owner. */
  async #rebalance(): Promise<void> {
    const ownings = new Map([...this.#members].map((member) => [member, this.#ownedBy(member)]));
    const before = this.#owners;
    this.#owners = assignPartitions(this.partitionCount, ownings);
    const moved = Array.from({ length: this.partitionCount }, (_, partition) => partition).filter(
      (partition) => this.#owners.get(partition) !== before.get(partition),
    );
    await Promise.all(moved.map((partition) => this.#handOver(partition)));
  }

  #ownedBy(member: GroupMember): number[] {
    return [...this.#owners].filter(([, owner]) => owner === member).map(([partition]) => partition);
  }

  #handOver(partition: number): Promise<void> {
    const before = this.#handOvers.get(partition) ?? Promise.resolve();
    const handOver = before.then(() => this.#move(partition));
    this.#handOvers.set(partition, handOver);
    return handOver;
  }

  async #move(partition: number): Promise<void> {
    const running = this.#running.get(partition);
    if (running !== undefined) {
      await this.#endWithin(running.runner);
      this.#running.delete(partition);
      await this.#options.revoke(partition);
    }
    const member = this.#owners.get(partition);
    if (member !== undefined) this.#running.set(partition, { member, runner: this.#start(member, partition) });
  }

  async #endWithin(runner: TaskRunner): Promise<void> {
    const late = Promise.withResolvers<void>();
    const callOff = this.#options.clock.after(handOverMsMax, late.resolve);
    await Promise.race([runner.end(), late.promise]);
    callOff();
  }

  #start({ definition }: GroupMember, partition: number): TaskRunner {
    const { clock, begin, onFailure } = this.#options;
    return new TaskRunner({
      definition,
      partition,
      clock,
      begin: () => begin(definition, partition),
      onFailure: (error) => onFailure(partition, error),
    });
  }
}
