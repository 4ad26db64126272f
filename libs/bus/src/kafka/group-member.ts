/** Membership in a consumer group, and nothing else: joins, proves to be alive, hears which partitions are its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BusConfigurationError } from '../errors.ts';
import {
  decodeShare,
  decodeSubscription,
  encodeShare,
  encodeSubscription,
  protocolName,
  shareOut,
} from './co-partition.ts';
import type { Exchanges, GroupMemberOf, JoinedGroup } from './exchanges.ts';
import { isType, KafkaError } from './kafka-error.ts';
import type { Lane } from './lane.ts';

const heartbeatMs = 500;
/** How long a rebalance waits for the members that it has to hear of. */
const rebalanceMsMax = 20_000;
const troubleMs = 200;
const leaveMsMax = 3_000;

/** The group calls its members together; what is owned stays owned until the new shares are told. */
const rejoin: ReadonlySet<string> = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION']);
/** The group has given up on this member. */
const forgotten: ReadonlySet<string> = new Set(['UNKNOWN_MEMBER_ID']);
/** Another process has joined under this one's instance. */
const duplicate: ReadonlySet<string> = new Set(['FENCED_INSTANCE_ID']);

export interface GroupMemberSettings {
  readonly group: string;
  /** Names a static member, which a restarted process takes the place of at once; null for one that has none. */
  readonly instance: string | null;
  readonly topics: readonly string[];
  readonly partitionCount: number;
  /** How long a member may be silent. */
  readonly sessionMsMax: number;
}

export interface GroupMemberListener {
  /** `anew`: it is another member than before, so others may have owned what it seems to have kept. */
  assigned(partitions: readonly number[], anew: boolean): void;
  troubled(error: unknown): void;
  fatal(error: BusConfigurationError): void;
}

/** Where a member stands in its group: what the group checks a commit of offsets against. */
export interface Standing {
  readonly memberId: string;
  readonly generation: number;
}

export class GroupMember {
  readonly #settings: GroupMemberSettings;
  readonly #joinLane: Lane;
  readonly #lane: Lane;
  readonly #listener: GroupMemberListener;
  #memberId = '';
  #assignedAs: string | null = null;
  #standing: Standing | null = null;
  #owned: readonly number[] = [];
  #leaving = false;
  readonly #drained = Promise.withResolvers<void>();
  #ended: Promise<void> = Promise.resolve();
  #awaitingProof: (() => void)[] = [];

  /**
   * @param lanes the answer to a join waits for all other members, so joining has a lane of its own, closed at the
   * end.
   */
  constructor(
    settings: GroupMemberSettings,
    lanes: { readonly join: Lane; readonly other: Lane },
    listener: GroupMemberListener,
  ) {
    this.#settings = settings;
    this.#joinLane = lanes.join;
    this.#lane = lanes.other;
    this.#listener = listener;
  }

  /** Null until the group was joined. */
  get standing(): Standing | null {
    return this.#standing;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Resolves as soon as the group says again that this is a member, or when it leaves. */
  proof(): Promise<void> {
    if (this.#leaving) return Promise.resolve();
    return new Promise((resolve) => this.#awaitingProof.push(resolve));
  }

  /** From here on nothing is assigned any more; the place is kept until `leave`. */
  drain(): void {
    this.#leaving = true;
    this.#drained.resolve();
    this.#proven();
  }

  async leave(): Promise<void> {
    this.drain();
    const left = this.#memberId === '' ? Promise.resolve() : this.#ask('LeaveGroup', this.#self());
    // A group that cannot be told misses the member by itself when the session ends.
    await Promise.race([left.catch(() => undefined), sleep(leaveMsMax, undefined, { ref: false })]);
    this.#joinLane.close();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#leaving) {
      try {
        await this.#join();
        await this.#beat();
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #join(): Promise<void> {
    const { group, topics, sessionMsMax } = this.#settings;
    const claim = { generation: this.#standing?.generation ?? -1, owned: this.#owned };
    const joined = await this.#ask('JoinGroup', {
      ...this.#self(),
      sessionTimeout: sessionMsMax,
      rebalanceTimeout: rebalanceMsMax,
      protocolType: 'consumer',
      groupProtocols: [{ name: protocolName, metadata: encodeSubscription(topics, claim) }],
    });
    this.#memberId = joined.memberId;
    const { memberAssignment } = await this.#ask('SyncGroup', {
      ...this.#self(),
      generationId: joined.generationId,
      groupAssignment: joined.leaderId === joined.memberId ? this.#shareOut(joined) : [],
    });
    if (this.#leaving) return;
    if (memberAssignment.length === 0) throw new KafkaError('REBALANCE_IN_PROGRESS', `${group} has no assignment yet`);
    this.#standing = { memberId: joined.memberId, generation: joined.generationId };
    this.#owned = decodeShare(memberAssignment);
    const anew = this.#assignedAs !== null && this.#assignedAs !== joined.memberId;
    this.#assignedAs = joined.memberId;
    this.#listener.assigned(this.#owned, anew);
    this.#proven();
  }

  #shareOut({ members }: JoinedGroup): { memberId: string; memberAssignment: Buffer }[] {
    const claimants = members.map(({ memberId, memberMetadata }) => decodeSubscription(memberId, memberMetadata));
    const shares = shareOut(this.#settings.partitionCount, claimants);
    return claimants.map(({ memberId, topics }) => ({
      memberId,
      memberAssignment: encodeShare(topics, shares.get(memberId) ?? []),
    }));
  }

  /** Ends with the error that ends the membership as it stands. */
  async #beat(): Promise<void> {
    while (!this.#leaving) {
      await this.#wait(heartbeatMs);
      if (this.#leaving || this.#standing === null) return;
      try {
        await this.#ask('Heartbeat', { ...this.#self(), groupGenerationId: this.#standing.generation });
        this.#proven();
      } catch (error) {
        if ([rejoin, forgotten, duplicate].some((types) => isType(error, types))) throw error;
        await this.#trouble(error);
      }
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (this.#leaving || isType(error, rejoin)) return;
    if (error instanceof KafkaError && error.memberId !== undefined) {
      this.#memberId = error.memberId;
    } else if (isType(error, forgotten)) {
      this.#memberId = '';
    } else if (isType(error, duplicate)) {
      this.#giveUp(error);
    } else {
      await this.#trouble(error);
    }
  }

  #giveUp(cause: unknown): void {
    this.drain();
    const { group, instance } = this.#settings;
    const remedy = 'give each process an instance of its own';
    const message = `Another process has joined ${group} as instance ${instance}: ${remedy}`;
    this.#listener.fatal(new BusConfigurationError(message, { cause }));
  }

  async #trouble(error: unknown): Promise<void> {
    this.#listener.troubled(error);
    await this.#wait(troubleMs);
  }

  async #wait(durationMs: number): Promise<void> {
    await Promise.race([sleep(durationMs, undefined, { ref: false }), this.#drained.promise]);
  }

  #proven(): void {
    for (const resolve of this.#awaitingProof.splice(0)) resolve();
  }

  #self(): GroupMemberOf {
    const { group, instance } = this.#settings;
    return { groupId: group, memberId: this.#memberId, groupInstanceId: instance };
  }

  #ask<Name extends 'JoinGroup' | 'SyncGroup' | 'Heartbeat' | 'LeaveGroup'>(
    name: Name,
    question: Exchanges[Name]['question'],
  ): Promise<Exchanges[Name]['answer']> {
    const lane = name === 'JoinGroup' || name === 'SyncGroup' ? this.#joinLane : this.#lane;
    return lane.askCoordinator({ kind: 'group', id: this.#settings.group }, name, question);
  }
}
