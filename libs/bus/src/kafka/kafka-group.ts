/** One member of a consumer group with the tasks of the partitions that are its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusConfigurationError } from '../errors.ts';
import type { Membership, PartitionTaskDefinition } from '../log.ts';
import { TaskRunner } from '../task-runner.ts';
import { GroupMember, type GroupMemberSettings } from './group-member.ts';
import { fencedTypes, isType } from './kafka-error.ts';
import type { Lane } from './lane.ts';
import { OffsetCommits } from './offset-commits.ts';
import type { Report } from './quiet-report.ts';
import { KafkaTaskSession, type LogParts } from './task-session.ts';

/** How long a task that is given up may take to end its step. */
const endMsMax = 5_000;
/** A task that was fenced begins again when the group has said that this is a member, or after this time. */
const proofMsMax = 15_000;

export interface KafkaGroupOptions {
  readonly definition: PartitionTaskDefinition;
  readonly member: GroupMemberSettings;
  readonly parts: LogParts;
  /** For joining alone; closed when the member has left. */
  readonly joinLane: Lane;
  readonly report: Report;
  readonly onFatal: (error: BusConfigurationError) => void;
}

interface OwnedTask {
  readonly runner: TaskRunner;
  owned: boolean;
}

export class KafkaGroup implements Membership {
  readonly #options: KafkaGroupOptions;
  readonly #member: GroupMember;
  readonly #commits: OffsetCommits;
  readonly #tasks = new Map<number, OwnedTask>();
  /** By partition, the end of the task that was there before. */
  readonly #ending = new Map<number, Promise<void>>();
  /** Partitions whose task was fenced: beginning again at once would take the name from its new owner. */
  readonly #fenced = new Set<number>();
  #leaving = false;

  constructor(options: KafkaGroupOptions) {
    this.#options = options;
    const { definition, member, parts, joinLane } = options;
    this.#member = new GroupMember(
      member,
      { join: joinLane, other: parts.control },
      {
        assigned: (partitions, anew) => this.#assigned(partitions, anew),
        troubled: (error) => options.report('A consumer group is not reached', { group: definition.group, error }),
        fatal: options.onFatal,
      },
    );
    this.#commits = new OffsetCommits(definition.group, parts.control, this.#member);
    this.#member.start();
  }

  get partitions(): readonly number[] {
    return [...this.#tasks]
      .filter(([, { runner }]) => runner.isRunning)
      .map(([partition]) => partition)
      .toSorted((a, b) => a - b);
  }

  get ready(): boolean {
    if (this.#leaving || this.#member.standing === null) return false;
    return [...this.#tasks.values()].every(({ runner }) => runner.isRunning);
  }

  async leave(): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#member.drain();
    for (const partition of [...this.#tasks.keys()]) this.#end(partition);
    await Promise.all(this.#ending.values());
    await this.#member.leave();
  }

  /** @param anew others may have owned what seems to have been kept, so every task begins again. */
  #assigned(partitions: readonly number[], anew: boolean): void {
    for (const partition of [...this.#tasks.keys()]) {
      if (anew || !partitions.includes(partition)) this.#end(partition);
    }
    for (const partition of partitions) if (!this.#tasks.has(partition)) this.#begin(partition);
  }

  #begin(partition: number): void {
    const { definition, parts, report } = this.#options;
    const before = this.#ending.get(partition) ?? Promise.resolve();
    const session = {
      definition,
      partition,
      commits: this.#commits,
      owned: () => task.owned,
    };
    const runner = new TaskRunner({
      definition,
      partition,
      clock: { now: () => parts.clock.now(), after: runAfter },
      begin: async () => {
        await before;
        await this.#proof(partition);
        return KafkaTaskSession.begin(parts, session);
      },
      onFailure: (error) => {
        if (isType(error, fencedTypes)) this.#fenced.add(partition);
        if (task.owned)
          report('A partition task failed and begins again', { group: definition.group, partition, error });
      },
    });
    const task: OwnedTask = { runner, owned: true };
    this.#tasks.set(partition, task);
  }

  async #proof(partition: number): Promise<void> {
    if (!this.#fenced.delete(partition)) return;
    await Promise.race([this.#member.proof(), sleep(proofMsMax, undefined, { ref: false })]);
  }

  #end(partition: number): void {
    const task = this.#tasks.get(partition);
    if (task === undefined) return;
    task.owned = false;
    this.#tasks.delete(partition);
    const ended = Promise.race([task.runner.end(), sleep(endMsMax, undefined, { ref: false })]);
    this.#ending.set(partition, ended);
    void ended.then(() => {
      if (this.#ending.get(partition) === ended) this.#ending.delete(partition);
    });
  }
}

function runAfter(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}
