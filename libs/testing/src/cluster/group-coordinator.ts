/**
 * A consumer group as its coordinator sees it: who is a member, whose session has ended, and which generation of shares
 * is in force. Members tell what they own; who owns what is decided by the rule of the production engine.
 */
import { shareOut, type Claim } from '@quorate/bus';
import { RefusedError } from './refused-error.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How long a rebalance waits for members that are alive. */
const rebalanceMsMax = 8_000;

export interface Assigned {
  readonly memberId: string;
  readonly generation: number;
  readonly partitions: readonly number[];
}

export interface JoinRequest {
  /** Names the process among its replicas: a restarted one takes its predecessor's place at once. */
  readonly instance: string;
  /** Empty for a newcomer. */
  readonly memberId: string;
  readonly claim: Claim;
  readonly topics: readonly string[];
}

interface Member extends JoinRequest {
  /** Set while it waits for its share. */
  readonly reply: ((assigned: Assigned) => void) | null;
  readonly endSession: () => void;
}

export interface GroupSettings {
  readonly time: VirtualTime;
  readonly partitionCount: number;
  /** How long a member may be silent. */
  readonly sessionMsMax: number;
}

export class GroupCoordinator {
  readonly #settings: GroupSettings;
  readonly #members = new Map<string, Member>();
  #generation = 0;
  #memberCount = 0;
  /** Calls off the end of the wait for members; null while the shares are in force. */
  #endRebalance: (() => void) | null = null;

  constructor(settings: GroupSettings) {
    this.#settings = settings;
  }

  /** `reply` is called when every member has joined, or was given up. @throws RefusedError */
  join(request: JoinRequest, reply: (assigned: Assigned) => void): void {
    const { instance } = request;
    if (request.memberId !== '' && !this.#members.has(request.memberId)) throw new RefusedError('UNKNOWN_MEMBER_ID');
    for (const [memberId, member] of this.#members) {
      if (member.instance === instance && memberId !== request.memberId) this.#remove(memberId);
    }
    const memberId = request.memberId === '' ? `${instance}-${++this.#memberCount}` : request.memberId;
    this.#members.get(memberId)?.endSession();
    this.#members.set(memberId, { ...request, memberId, reply, endSession: () => undefined });
    this.#rebalance();
  }

  /** @throws RefusedError when the member has to join again. */
  heartbeat(memberId: string, generation: number): void {
    const member = this.#members.get(memberId);
    if (member === undefined) throw new RefusedError('UNKNOWN_MEMBER_ID');
    if (member.reply === null) this.#renew(memberId, member);
    this.check(memberId, generation);
  }

  leave(memberId: string): void {
    if (!this.#members.has(memberId)) return;
    this.#remove(memberId);
    this.#rebalance();
  }

  /** Whether a commit of offsets may go through. @throws RefusedError */
  check(memberId: string, generation: number): void {
    if (!this.#members.has(memberId)) throw new RefusedError('UNKNOWN_MEMBER_ID');
    if (this.#endRebalance !== null) throw new RefusedError('REBALANCE_IN_PROGRESS');
    if (generation !== this.#generation) throw new RefusedError('ILLEGAL_GENERATION');
  }

  #rebalance(): void {
    if (this.#members.size === 0) this.#end();
    else {
      this.#endRebalance ??= this.#settings.time.after(rebalanceMsMax, () => this.#share());
      if ([...this.#members.values()].every(({ reply }) => reply !== null)) this.#share();
    }
  }

  #share(): void {
    for (const [memberId, { reply }] of this.#members) if (reply === null) this.#remove(memberId);
    this.#end();
    this.#generation++;
    const claimants = [...this.#members].map(([memberId, { claim, topics }]) => ({ memberId, topics, ...claim }));
    const shares = shareOut(this.#settings.partitionCount, claimants);
    for (const [memberId, member] of [...this.#members]) {
      this.#renew(memberId, { ...member, reply: null });
      member.reply?.({ memberId, generation: this.#generation, partitions: shares.get(memberId) ?? [] });
    }
  }

  #end(): void {
    this.#endRebalance?.();
    this.#endRebalance = null;
  }

  #renew(memberId: string, member: Member): void {
    member.endSession();
    const endSession = this.#settings.time.after(this.#settings.sessionMsMax, () => this.leave(memberId));
    this.#members.set(memberId, { ...member, endSession });
  }

  #remove(memberId: string): void {
    this.#members.get(memberId)?.endSession();
    this.#members.delete(memberId);
  }
}
