/** One member of a consumer group with the tasks of the partitions that are its own. */
import type { BusConfigurationError } from '../errors.ts';
import type { Membership, PartitionTaskDefinition } from '../log.ts';
import { OwnedTasks, type PartitionWork } from '../owned-tasks.ts';
import { GroupMember, type GroupMemberSettings } from './group-member.ts';
import { fencedTypes, isType } from './kafka-error.ts';
import type { Lane } from './lane.ts';
import { OffsetCommits } from './offset-commits.ts';
import type { Report } from './quiet-report.ts';
import { KafkaTaskSession, type LogParts } from './task-session.ts';

export interface KafkaGroupOptions {
  readonly definition: PartitionTaskDefinition;
  readonly member: GroupMemberSettings;
  readonly parts: LogParts;
  /** For joining alone; closed when the member has left. */
  readonly joinLane: Lane;
  readonly report: Report;
  readonly onFatal: (error: BusConfigurationError) => void;
}

export class KafkaGroup implements Membership {
  readonly #options: KafkaGroupOptions;
  readonly #member: GroupMember;
  readonly #commits: OffsetCommits;
  readonly #tasks: OwnedTasks;
  #leaving = false;

  constructor(options: KafkaGroupOptions) {
    this.#options = options;
    const { definition, member, parts, joinLane, report } = options;
    this.#member = new GroupMember(
      member,
      { join: joinLane, other: parts.control },
      {
        assigned: (partitions, anew) => this.#tasks.assign(partitions, anew),
        troubled: (error) => report('A consumer group is not reached', { group: definition.group, error }),
        fatal: options.onFatal,
      },
    );
    this.#commits = new OffsetCommits(definition.group, parts.control, this.#member);
    this.#tasks = new OwnedTasks({
      clock: { now: () => parts.clock.now(), after: runAfter },
      workOf: (partition, owned) => this.#workOf(partition, owned),
      isFenced: (error) => isType(error, fencedTypes),
      proof: () => this.#member.proof(),
      onFailure: (partition, error) =>
        report('A partition task failed and begins again', { group: definition.group, partition, error }),
    });
    this.#member.start();
  }

  get partitions(): readonly number[] {
    return this.#tasks.running;
  }

  get ready(): boolean {
    return !this.#leaving && this.#member.standing !== null && this.#tasks.allRun;
  }

  async leave(): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#member.drain();
    await this.#tasks.end();
    await this.#member.leave();
  }

  #workOf(partition: number, owned: () => boolean): PartitionWork {
    const { definition, parts } = this.#options;
    const owner = { definition, partition, commits: this.#commits, owned };
    return { definition, begin: () => KafkaTaskSession.begin(parts, owner) };
  }
}

function runAfter(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}
