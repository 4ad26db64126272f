/** How long partitions stood still, from the verdicts on the log. */

/** What the log says of a round that has closed. */
export interface ClosedRound {
  readonly monitorId: string;
  readonly partition: number;
  readonly verdict: string;
  readonly dueAt: number;
  /** When the votes that were there allowed the verdict. */
  readonly decidedAt: number;
  /** When no vote was outstanding any more, or its time was over. */
  readonly closedAt: number;
  /** When the log took in the verdict. */
  readonly appendedAt: number;
  /** Rounds of the same monitor before it that were never run, because nobody was there to. */
  readonly missedRoundCount: number;
  readonly votes: readonly { readonly region: string; readonly outcome: string; readonly reason: string | null }[];
}

/** A region was cut off between two moments. */
export interface Cut {
  readonly region: string;
  readonly from: number;
  readonly to: number;
}

/** A fault lasts, in these figures, until the next one begins: what it does may show late. */
export interface InflictedFault {
  readonly kind: string;
  readonly beganAt: number;
  readonly endedAt: number;
}

export interface Standstill {
  readonly kind: string;
  readonly faultCount: number;
  /** How often a partition stood still: one that was held up by two faults counts twice. */
  readonly affectedCount: number;
  /** Null when none stood still. */
  readonly p50Ms: number | null;
  readonly maxMs: number | null;
}

/** A partition is affected when one of its rounds waited for longer than this; undisturbed ones take a fraction. */
export const standstillMsMin = 1_000;

/**
 * How long a round waited: until its votes were there, and again until somebody was there to close it. What it waited
 * for further evidence, after its verdict, is not counted.
 */
export function waitMsOf(round: ClosedRound, intervalMs: number): number {
  const untilVotes = Math.max(0, round.decidedAt - round.dueAt);
  const untilClosed = Math.max(0, round.appendedAt - round.closedAt);
  return untilVotes + untilClosed + round.missedRoundCount * intervalMs;
}

export function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

interface Span {
  readonly from: number;
  readonly until: number;
}

/** From when the first round was due that this one stands for, to its verdict. */
function spanOf({ dueAt, missedRoundCount, appendedAt }: ClosedRound, intervalMs: number): Span {
  return { from: dueAt - missedRoundCount * intervalMs, until: appendedAt };
}

/**
 * The longest that a round of one partition waited whose verdict came within a span. Where none came: how long what was
 * due stood still within the span, if anything was.
 */
function longestWait(own: readonly ClosedRound[], { from, until }: Span, intervalMs: number): number {
  const within = own.filter(({ appendedAt }) => appendedAt >= from && appendedAt < until);
  if (within.length > 0) return Math.max(...within.map((round) => waitMsOf(round, intervalMs)));
  const held = own
    .map((round) => spanOf(round, intervalMs))
    .filter((waiting) => waiting.from < until && waiting.until >= until);
  return held.length === 0 ? 0 : until - Math.max(from, Math.min(...held.map((waiting) => waiting.from)));
}

/** By partition. A round without a verdict waited for its time to be over, as it should. */
function longestWaits(rounds: readonly ClosedRound[], span: Span, intervalMs: number): number[] {
  const decided = rounds.filter(({ verdict }) => verdict !== 'inconclusive');
  const byPartition = Map.groupBy(decided, ({ partition }) => partition);
  return [...byPartition.values()].map((own) => longestWait(own, span, intervalMs));
}

/** By kind of fault, in the order in which the kinds were first inflicted. */
export function standstills(
  rounds: readonly ClosedRound[],
  faults: readonly InflictedFault[],
  intervalMs: number,
): readonly Standstill[] {
  const waits = faults.map(({ kind, beganAt }, index) => {
    const span = { from: beganAt, until: faults[index + 1]?.beganAt ?? Infinity };
    return { kind, affected: longestWaits(rounds, span, intervalMs).filter((waitMs) => waitMs > standstillMsMin) };
  });
  return [...Map.groupBy(waits, ({ kind }) => kind)].map(([kind, ofKind]) => {
    const affected = ofKind.flatMap((fault) => fault.affected).toSorted((a, b) => a - b);
    return {
      kind,
      faultCount: ofKind.length,
      affectedCount: affected.length,
      p50Ms: quantile(affected, 0.5),
      maxMs: affected.at(-1) ?? null,
    };
  });
}

/** Whether a region's vote came in time, and was more than an abstention. */
function voted(region: string, { votes }: ClosedRound): boolean {
  return votes.some((vote) => vote.region === region && vote.outcome !== 'abstain');
}

/** How long after a cut was mended the region's votes counted again; null when they never did. */
export function rejoinMs({ region, to }: Cut, rounds: readonly ClosedRound[]): number | null {
  const again = rounds
    .filter((round) => round.dueAt >= to && voted(region, round))
    .map(({ appendedAt }) => appendedAt - to);
  return again.length === 0 ? null : Math.min(...again);
}
