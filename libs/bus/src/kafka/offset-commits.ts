/**
 * Commits the positions of a group's at-least-once tasks: one request under way, what comes meanwhile goes together.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BusUnavailableError } from '../errors.ts';
import type { GroupMember } from './group-member.ts';
import { isType, staleCoordinatorTypes, connectionTypes } from './kafka-error.ts';
import { type Lane, retrying } from './lane.ts';

const commitMsMax = 15_000;
const againMs = 20;

/** A commit may be repeated: it says where the positions are, not how far they moved. */
const again: ReadonlySet<string> = new Set([...connectionTypes, ...staleCoordinatorTypes]);
/** The group is being rebalanced, or was: its next word to this member tells whether the partition is still its own. */
const standingChanged: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
]);

export interface Positions {
  readonly partition: number;
  readonly byTopic: ReadonlyMap<string, number>;
  /** Asked before each try: whether this member still owns the partition. */
  readonly owned: () => boolean;
}

interface Waiting extends Positions {
  readonly outcome: PromiseWithResolvers<void>;
}

export class OffsetCommits {
  readonly #group: string;
  readonly #lane: Lane;
  readonly #member: GroupMember;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(group: string, lane: Lane, member: GroupMember) {
    this.#group = group;
    this.#lane = lane;
    this.#member = member;
  }

  /** @throws BusUnavailableError when the partition is another member's now, or the coordinator stays silent. */
  commit(positions: Positions): Promise<void> {
    const outcome = Promise.withResolvers<void>();
    this.#waiting.push({ ...positions, outcome });
    if (!this.#running) void this.#run();
    return outcome.promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Whatever else is to be committed in this turn of the event loop goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commitTogether(this.#waiting.splice(0));
    this.#running = false;
  }

  async #commitTogether(commits: readonly Waiting[]): Promise<void> {
    const owned = commits.filter((commit) => commit.owned());
    for (const { outcome, partition } of commits.filter((commit) => !owned.includes(commit))) {
      outcome.reject(new BusUnavailableError(`${this.#group} has given partition ${partition} to another member`));
    }
    if (owned.length === 0) return;
    try {
      await retrying({ types: again, patienceMs: commitMsMax }, () => this.#ask(owned));
      for (const { outcome } of owned) outcome.resolve();
    } catch (error) {
      if (isType(error, standingChanged)) await this.#afterProof(owned);
      else for (const { outcome } of owned) outcome.reject(error);
    }
  }

  async #afterProof(commits: readonly Waiting[]): Promise<void> {
    await this.#member.proof();
    await sleep(againMs);
    this.#waiting.unshift(...commits);
  }

  #ask(commits: readonly Waiting[]): Promise<unknown> {
    const entries = commits.flatMap(({ partition, byTopic }) =>
      [...byTopic].map(([topic, offset]) => ({ topic, partition, offset: String(offset) })),
    );
    const topics = [...Map.groupBy(entries, ({ topic }) => topic)].map(([topic, partitions]) => ({
      topic,
      partitions,
    }));
    const { memberId = '', generation = -1 } = this.#member.standing ?? {};
    const question = { groupId: this.#group, memberId, groupGenerationId: generation, topics };
    return this.#lane.askCoordinator({ kind: 'group', id: this.#group }, 'OffsetCommit', question);
  }
}
