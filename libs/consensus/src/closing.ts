/** The end of a round: what is written of it for good, and what is remembered so that a repeat is known as one. */
import { closedRoundsKeptMax, type Instant, type MonitorState, type RoundClosed } from '@quorate/contracts';
import { castVotesOf, tellStrays } from './evidence.ts';
import { change, dropWindow, isKnown, reservationsOf, type Work } from './memory.ts';
import { absentIn, isComplete, type Ruling } from './ruling.ts';
import { closesAtOf, isAnnounced, isSameRound, type AnnouncedWindow, type Position } from './vote-window.ts';

type Closed = MonitorState['closed'][number];

/** The note on a round whose verdict was applied before its window closed. */
export function noteOf(state: MonitorState | null, round: Position) {
  return state?.decided.find((note) => isSameRound(note, round));
}

function lastHeardAt({ votes }: AnnouncedWindow): number {
  return Math.max(0, ...[...votes.values()].map(({ appendedAt }) => appendedAt));
}

/** With the last vote, or when time was up. */
export function closedAtOf(work: Work, window: AnnouncedWindow): Instant {
  if (!isComplete(window, reservationsOf(work).silent)) return closesAtOf(window.check);
  return Math.max(window.check.appendedAt, lastHeardAt(window));
}

export function close(work: Work, window: AnnouncedWindow, ruling: Ruling): void {
  end(work, window, { ...ruling, closedAt: closedAtOf(work, window) });
}

/**
 * Ends the open rounds, since nobody will judge them any more: with the verdict that had fallen, else
 * without one. So no round that was announced is lost without a word.
 */
export function breakOff(work: Work): void {
  const { now } = work.context;
  for (const window of work.windows.filter(isAnnounced)) {
    const closedAt = Math.max(window.check.appendedAt, Math.min(now, closesAtOf(window.check)));
    const undecided = { verdict: 'inconclusive', decidedAt: closedAt, quarantinedRegions: [] } as const;
    end(work, window, { ...undecided, ...noteOf(work.state, window), closedAt });
  }
}

type Ending = Pick<RoundClosed, 'verdict' | 'decidedAt' | 'closedAt'> & Pick<Ruling, 'quarantinedRegions'>;

function end(work: Work, window: AnnouncedWindow, ending: Ending): void {
  work.effects.push({
    kind: 'round-closed',
    record: recordOf(work, window, ending),
    parent: window.check.traceparent,
  });
  tellStrays(work, window);
  dropWindow(work, window);
  if (isKnown(work)) change(work, { closed: remember(work.state.closed, closedOf(window)) });
}

function closedOf({ kind, dueAt, check, votes, strays }: AnnouncedWindow): Closed {
  const unheardRegions = check.expectedRegions.filter((region) => !votes.has(region) && !strays.has(region));
  return { kind, dueAt, closesAt: closesAtOf(check), unheardRegions };
}

/** Each kind has places of its own: many rounds of one must not make those of another look long closed. */
function remember(closed: readonly Closed[], round: Closed): Closed[] {
  const ofKind = closed.filter(({ kind }) => kind === round.kind);
  const oldest = ofKind.length < closedRoundsKeptMax[round.kind] ? undefined : ofKind[0];
  return [...closed.filter((other) => other !== oldest), round];
}

function recordOf(work: Work, window: AnnouncedWindow, ending: Ending): RoundClosed {
  const { kind, dueAt, check, votes } = window;
  const absent = absentIn(window, reservationsOf(work).silent);
  return {
    v: 1,
    type: 'round-closed',
    monitorId: work.monitorId,
    monitorVersion: check.monitorVersion,
    dueAt,
    kind,
    verdict: ending.verdict,
    decidedAt: ending.decidedAt,
    closedAt: ending.closedAt,
    expectedRegions: check.expectedRegions,
    absentRegions: check.expectedRegions.filter((region) => absent.has(region) && !votes.has(region)),
    quarantinedRegions: [...ending.quarantinedRegions],
    missedRoundCount: check.missedRoundCount,
    votes: castVotesOf(window),
  };
}
