/** Takes in checks and votes: which round they belong to, and whether they still count there. */
import { closedRoundsKeptMax, type Check, type Instant, type MonitorState } from '@quorate/contracts';
import { tellLateVote } from './evidence.ts';
import {
  absentAfterRounds,
  change,
  clockAheadMsMax,
  isKnown,
  keepWindow,
  windowOf,
  type KnownWork,
  type Work,
} from './memory.ts';
import { welcome } from './presence.ts';
import { announce, emptyWindow, hear, isSameRound, type HeardVote, type Position } from './vote-window.ts';

export interface HeardCheck {
  readonly check: Check;
  readonly appendedAt: Instant;
  readonly traceparent: string | null;
}

/** Whether the round is over; `appendedAt` is when the log took in what speaks of it. */
function isClosed({ closed, confirming }: MonitorState, round: Position, appendedAt: Instant): boolean {
  if (round.kind === 'confirming') return !confirming.some(({ dueAt }) => dueAt === round.dueAt);
  const ofKind = closed.filter(({ kind }) => kind === round.kind);
  if (ofKind.some(({ dueAt }) => dueAt === round.dueAt)) return true;
  const oldestDueAt = Math.min(...ofKind.map(({ dueAt }) => dueAt));
  const isBelievable = oldestDueAt <= appendedAt + clockAheadMsMax;
  return ofKind.length >= closedRoundsKeptMax[round.kind] && isBelievable && round.dueAt < oldestDueAt;
}

/** A check that repeats a known round, open or closed, changes nothing. */
export function takeCheck(work: Work, { check, appendedAt, traceparent }: HeardCheck): void {
  if (work.deletedAt !== null) return;
  const open = windowOf(work.windows, check);
  if (open === undefined && work.state !== null && isClosed(work.state, check, appendedAt)) return;
  const opened = open ?? emptyWindow(check, appendedAt);
  const window = announce(opened, { ...check, appendedAt, traceparent });
  keepWindow(work, window);
  for (const region of window.votes.keys()) welcomeVoter(work, window, region);
}

export function takeVote(work: Work, heard: HeardVote): void {
  const { vote, appendedAt } = heard;
  if (work.deletedAt !== null) return;
  const open = windowOf(work.windows, vote);
  if (open === undefined && isKnown(work) && isClosed(work.state, vote, appendedAt)) {
    takeLateVote(work, heard);
    return;
  }
  const window = hear(open ?? emptyWindow(vote, appendedAt), heard);
  keepWindow(work, window);
  if (window.check !== null && window.votes.get(vote.region) === heard) welcomeVoter(work, window, vote.region);
}

function welcomeVoter(work: Work, { kind }: Position, region: string): void {
  if (isKnown(work) && kind !== 'manual') welcome(work, region);
}

/** The vote of a closed round is history, told once; it can also say that an absent region is back. */
function takeLateVote(work: KnownWork, heard: HeardVote): void {
  const { vote, appendedAt } = heard;
  const { closed, silence } = work.state;
  const round = closed.find((other) => isSameRound(other, vote));
  if (round?.unheardRegions.includes(vote.region) !== true) return;
  const unheardRegions = round.unheardRegions.filter((region) => region !== vote.region);
  change(work, { closed: closed.map((other) => (other === round ? { ...round, unheardRegions } : other)) });
  const isAbsent = (silence[vote.region] ?? 0) >= absentAfterRounds;
  if (isAbsent && appendedAt <= round.closesAt) welcome(work, vote.region);
  tellLateVote(work, heard);
}
