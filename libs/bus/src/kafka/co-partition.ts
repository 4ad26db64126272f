/**
 * How a group's leader shares out the partitions: one owner for partition p of every topic, balanced, and as little
 * moved as that allows. Members tell it in their subscriptions what they own.
 */
import { createRequire } from 'node:module';
import { assignPartitions } from '../local/assignment.ts';

/** The part of kafkajs' public interface that encodes what members and leader tell each other. */
const { AssignerProtocol } = createRequire(import.meta.url)('kafkajs') as {
  AssignerProtocol: {
    MemberMetadata: {
      encode(metadata: { version: number; topics: readonly string[]; userData: Buffer }): Buffer;
      decode(bytes: Buffer): { topics: string[]; userData: Buffer } | null;
    };
    MemberAssignment: {
      encode(assignment: { version: number; assignment: Record<string, readonly number[]> }): Buffer;
      decode(bytes: Buffer): { assignment: Record<string, number[]> } | null;
    };
  };
};
const { MemberMetadata, MemberAssignment } = AssignerProtocol;

export const protocolName = 'quorate-co-partition';
/** The later versions have fields that kafkajs does not write. */
const protocolVersion = 0;

export interface Claim {
  /** The generation of the group in which the partitions were assigned. */
  readonly generation: number;
  readonly owned: readonly number[];
}

export interface Claimant extends Claim {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** Where two claim the same, the newer generation has it: the other was frozen meanwhile and does not know. */
export function shareOut(partitionCount: number, claimants: readonly Claimant[]): Map<string, number[]> {
  const free = new Set(Array.from({ length: partitionCount }, (_, partition) => partition));
  const byMember = claimants.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const ownings = new Map<string, readonly number[]>(byMember.map(({ memberId }) => [memberId, []]));
  for (const { memberId, owned } of byMember.toSorted((a, b) => b.generation - a.generation)) {
    ownings.set(
      memberId,
      owned.filter((partition) => free.delete(partition)),
    );
  }
  const shares = new Map<string, number[]>(byMember.map(({ memberId }) => [memberId, []]));
  for (const [partition, memberId] of assignPartitions(partitionCount, ownings)) shares.get(memberId)?.push(partition);
  return shares;
}

export function encodeSubscription(topics: readonly string[], claim: Claim): Buffer {
  return MemberMetadata.encode({ version: protocolVersion, topics, userData: Buffer.from(JSON.stringify(claim)) });
}

export function decodeSubscription(memberId: string, bytes: Buffer): Claimant {
  const metadata = MemberMetadata.decode(bytes);
  const claim = JSON.parse(metadata?.userData.toString() || '{}') as Partial<Claim>;
  return { memberId, topics: metadata?.topics ?? [], generation: claim.generation ?? -1, owned: claim.owned ?? [] };
}

export function encodeShare(topics: readonly string[], partitions: readonly number[]): Buffer {
  const assignment = Object.fromEntries(topics.map((topic) => [topic, partitions]));
  return MemberAssignment.encode({ version: protocolVersion, assignment });
}

/** The partitions that are the member's, ascending. */
export function decodeShare(bytes: Buffer): readonly number[] {
  const [partitions = []] = Object.values(MemberAssignment.decode(bytes)?.assignment ?? {});
  return partitions.toSorted((a, b) => a - b);
}
