/** The votes of one round: which of them count, and which are kept aside. */
import type { Check, Instant, RoundKind, Vote } from '@quorate/contracts';
import { graceMs } from './grace.ts';

/** More votes than this are not kept, of those that count and of those that do not. */
const votesMax = 1_000;

export interface HeardVote {
  readonly vote: Vote;
  readonly appendedAt: Instant;
  readonly traceparent: string | null;
}

/** What a window needs to know of its check. */
export type AnnouncedCheck = Pick<
  Check,
  'monitorVersion' | 'expectedRegions' | 'registeredRegions' | 'timeoutMs' | 'decision' | 'missedRoundCount'
> & { readonly appendedAt: Instant; readonly traceparent: string | null };

export interface Position {
  readonly dueAt: Instant;
  readonly kind: RoundKind;
}

export interface VoteWindow extends Position {
  /** Append time of what opened it. */
  readonly openedAt: Instant;
  /** Null while only votes were heard. */
  readonly check: AnnouncedCheck | null;
  /** One vote a region, in the order in which they were heard. */
  readonly votes: ReadonlyMap<string, HeardVote>;
  /** Votes that don't count: too late, of another monitor version, or of a region that was not expected. */
  readonly strays: ReadonlyMap<string, HeardVote>;
}

export interface AnnouncedWindow extends VoteWindow {
  readonly check: AnnouncedCheck;
}

const kindOrder: Readonly<Record<RoundKind, number>> = { scheduled: 0, confirming: 1, manual: 2 };

export function comparePositions(left: Position, right: Position): number {
  return left.dueAt - right.dueAt || kindOrder[left.kind] - kindOrder[right.kind];
}

export function isSameRound(left: Position, right: Position): boolean {
  return left.dueAt === right.dueAt && left.kind === right.kind;
}

export function isAnnounced(window: VoteWindow): window is AnnouncedWindow {
  return window.check !== null;
}

export function closesAtOf({ appendedAt, timeoutMs }: Pick<AnnouncedCheck, 'appendedAt' | 'timeoutMs'>): Instant {
  return appendedAt + timeoutMs + graceMs;
}

/** Whether `heard` may count in a round that `check` announced. */
function isAdmitted(check: AnnouncedCheck, { vote, appendedAt }: HeardVote): boolean {
  return (
    vote.monitorVersion === check.monitorVersion &&
    appendedAt <= closesAtOf(check) &&
    check.expectedRegions.includes(vote.region)
  );
}

export function emptyWindow({ kind, dueAt }: Position, openedAt: Instant): VoteWindow {
  return { kind, dueAt, openedAt, check: null, votes: new Map(), strays: new Map() };
}

/** The window with its check. One of a newer monitor version replaces an older one; then its own votes count. */
export function announce(window: VoteWindow, check: AnnouncedCheck): VoteWindow {
  if (window.check !== null && window.check.monitorVersion >= check.monitorVersion) return window;
  const heard = [...window.votes.values(), ...window.strays.values()];
  return heard.reduce(hear, { ...window, check, votes: new Map(), strays: new Map() });
}

/** Before the check is read nobody knows which version counts: a region's vote for another one is kept as well. */
function isFirstVersion({ votes }: VoteWindow, { vote }: HeardVote): boolean {
  const first = votes.get(vote.region) ?? { vote };
  return first.vote.monitorVersion === vote.monitorVersion;
}

/** The first vote of a region counts; what must not count is kept aside. */
export function hear(window: VoteWindow, heard: HeardVote): VoteWindow {
  const counts = window.check === null ? isFirstVersion(window, heard) : isAdmitted(window.check, heard);
  const heap = counts ? window.votes : window.strays;
  const { region } = heard.vote;
  if (heap.has(region) || heap.size >= votesMax) return window;
  const grown = new Map(heap).set(region, heard);
  return counts ? { ...window, votes: grown } : { ...window, strays: grown };
}
