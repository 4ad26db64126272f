/** Who of a group's members owns which partition: balanced, and as little moved as that allows. */

/** What each member owns now, in the order of joining. */
export type Ownings<Member> = ReadonlyMap<Member, readonly number[]>;

/** Sizes differ by one at most; a member keeps what it owns as far as its share goes. */
export function assignPartitions<Member>(partitionCount: number, ownings: Ownings<Member>): Map<number, Member> {
  if (ownings.size === 0) return new Map();
  const shares = sharesOf(partitionCount, ownings);
  const owners = new Map<number, Member>();
  for (const [member, owned] of ownings) {
    for (const partition of owned.slice(0, shares.get(member))) owners.set(partition, member);
  }
  const free = Array.from({ length: partitionCount }, (_, partition) => partition).filter((p) => !owners.has(p));
  for (const [member, owned] of ownings) {
    const kept = Math.min(owned.length, shares.get(member) ?? 0);
    for (const partition of free.splice(0, (shares.get(member) ?? 0) - kept)) owners.set(partition, member);
  }
  return owners;
}

/** Those who own most get the larger shares, so that these need not move. */
function sharesOf<Member>(partitionCount: number, ownings: Ownings<Member>): Map<Member, number> {
  const least = Math.floor(partitionCount / ownings.size);
  const larger = partitionCount % ownings.size;
  const byOwned = [...ownings].toSorted(([, a], [, b]) => b.length - a.length);
  return new Map(byOwned.map(([member], rank) => [member, rank < larger ? least + 1 : least]));
}
