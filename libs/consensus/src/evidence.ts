/** The votes of a window as rounds, incidents and alerts keep them. */
import type { CastVote, Vote } from '@quorate/contracts';
import type { Work } from './memory.ts';
import type { Ruling } from './ruling.ts';
import type { HeardVote, VoteWindow } from './vote-window.ts';

function castOf(
  { v: _v, monitorId: _id, monitorVersion: _version, dueAt: _dueAt, kind: _kind, ...cast }: Vote,
  late: boolean,
): CastVote {
  return { ...cast, late };
}

/** By region, so that the order in which the votes came leaves no trace. */
export function byRegion(votes: ReadonlyMap<string, HeardVote>): readonly HeardVote[] {
  return [...votes.values()].sort((left, right) => (left.vote.region < right.vote.region ? -1 : 1));
}

export function castVotesOf(window: VoteWindow): CastVote[] {
  return byRegion(window.votes).map(({ vote }) => castOf(vote, false));
}

/** The regions whose down vote counts. */
export function downRegionsOf(
  window: VoteWindow,
  { quarantinedRegions }: Pick<Ruling, 'quarantinedRegions'>,
): string[] {
  const counted = byRegion(window.votes).filter(({ vote }) => !quarantinedRegions.includes(vote.region));
  return counted.flatMap(({ vote }) => (vote.outcome === 'down' ? [vote.region] : []));
}

/** Tells of the votes that did not count, with the end of their round. */
export function tellStrays(work: Work, { strays }: VoteWindow): void {
  for (const stray of byRegion(strays)) tellLateVote(work, stray);
}

export function tellLateVote(work: Work, { vote, traceparent }: HeardVote): void {
  const { monitorVersion, dueAt, kind } = vote;
  const round = { v: 1, type: 'late-vote', monitorId: work.monitorId, monitorVersion, dueAt, kind } as const;
  work.effects.push({ kind: 'late-vote', record: { ...round, vote: castOf(vote, true) }, parent: traceparent });
}
