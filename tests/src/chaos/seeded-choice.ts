/** Choices made with numbers that are the same in every run. */
type Random = () => number;

export interface Range {
  readonly min: number;
  readonly max: number;
}

export function between({ min, max }: Range, random: Random): number {
  return min + random() * (max - min);
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('There is nothing to pick from');
  return item;
}

export function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
