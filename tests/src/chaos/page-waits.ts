/** How long pages waited: from the verdict that confirmed an outage to the call at PagerDuty's stand-in. */
import type { HeardEvent } from './pages.ts';
import type { ClosedRound, InflictedFault } from './standstill.ts';

export interface PageWait {
  /** When the page was heard. */
  readonly at: number;
  readonly waitMs: number;
}

/** Of each page whose confirming round is known. */
export function pageWaits(rounds: readonly ClosedRound[], heard: readonly HeardEvent[]): readonly PageWait[] {
  const confirmedAt = new Map(
    rounds
      .filter(({ verdict }) => verdict === 'down')
      .map(({ monitorId, dueAt, appendedAt }) => [`${monitorId}:${dueAt}`, appendedAt]),
  );
  const first = new Map(
    heard
      .filter(({ action }) => action === 'trigger')
      .toReversed()
      .map(({ dedupKey, at }) => [dedupKey, at]),
  );
  return [...first].flatMap(([dedupKey, at]) => {
    const from = confirmedAt.get(dedupKey);
    return from === undefined ? [] : [{ at, waitMs: Math.max(0, at - from) }];
  });
}

/** By kind of fault the longest wait of a page that was heard from such a fault on to the next. */
export function longestPageWaits(
  waits: readonly PageWait[],
  faults: readonly InflictedFault[],
): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { at, waitMs } of waits) {
    const kind = faults.findLast(({ beganAt }) => beganAt <= at)?.kind;
    if (kind !== undefined) longest.set(kind, Math.max(waitMs, longest.get(kind) ?? 0));
  }
  return longest;
}
