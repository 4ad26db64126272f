/** Finds what a mistyped name may have meant. */

const distanceMax = 4;

/** Levenshtein's distance, by one row at a time. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** The candidate closest to `name`, or null when none is close. */
export function nearestName(name: string, candidates: readonly string[]): string | null {
  const ranked = candidates.map((candidate) => ({ candidate, distance: distance(name, candidate) }));
  const [nearest] = ranked.sort((left, right) => left.distance - right.distance);
  return nearest !== undefined && nearest.distance <= distanceMax ? nearest.candidate : null;
}
