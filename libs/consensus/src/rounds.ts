/** Rules, applies and closes the open rounds of a monitor, in order of `dueAt`. */
import type { MonitorState } from '@quorate/contracts';
import { watchCertificate } from './certificate-warning.ts';
import { close, closedAtOf, noteOf } from './closing.ts';
import { pursue, weigh } from './course.ts';
import { byRegion, downRegionsOf, tellLateVote, tellStrays } from './evidence.ts';
import {
  change,
  clockAheadMsMax,
  dropWindow,
  isApplied,
  isKnown,
  reservationsOf,
  type KnownWork,
  type Work,
} from './memory.ts';
import { observe } from './presence.ts';
import { pulse } from './pulse.ts';
import { refreshStatus } from './status.ts';
import { isComplete, rule, type Ruling } from './ruling.ts';
import { closesAtOf, isAnnounced, isSameRound, type AnnouncedWindow } from './vote-window.ts';

/** A window that only votes have opened is given up after this: its check is not coming. */
export const checkAwaitedMsMax = 70_000;

export function settleRounds(work: Work): void {
  const announced = work.windows.filter(isAnnounced);
  for (const window of announced) if (standsAside(work, window)) settleAside(work, window);
  if (isKnown(work)) {
    const inOrder = announced.filter((window) => !standsAside(work, window));
    settleInOrder(work, inOrder);
  }
  giveUp(work);
}

function isOver({ context, mayTimeEnd }: Work, { check }: AnnouncedWindow): boolean {
  return mayTimeEnd && context.heardUntil >= closesAtOf(check);
}

/** A round that stands in no row: of a person, or of a monitor that is gone, or whose record came too late for it. */
function standsAside(work: Work, window: AnnouncedWindow): boolean {
  return window.kind === 'manual' || (!isKnown(work) && isOver(work, window));
}

/** It is told of when it closes, and moves nothing. */
function settleAside(work: Work, window: AnnouncedWindow): void {
  const ruling = rule(window, reservationsOf(work), isOver(work, window));
  if (ruling === null || !mayClose(work, window)) return;
  tellVerdict(work, window, { ruling, counts: false });
  close(work, window, ruling);
}

function mayClose(work: Work, window: AnnouncedWindow): boolean {
  return isOver(work, window) || isComplete(window, reservationsOf(work).silent);
}

/** A verdict waits for the earlier rounds; so does the end of a window. */
function settleInOrder(work: KnownWork, windows: readonly AnnouncedWindow[]): void {
  let earlierClosed = true;
  for (const window of windows) {
    if (isOvertaken(work.state, window)) {
      settleAside(work, window);
      continue;
    }
    // A predecessor's confirming round is known at once; rounds that were due before it may still be on their way.
    const ruling = window.kind === 'confirming' && !work.context.caughtUp ? null : rulingOf(work, window);
    if (ruling === null) return;
    if (noteOf(work.state, window) === undefined) apply(work, window, ruling);
    earlierClosed &&= mayClose(work, window);
    if (earlierClosed) closeInOrder(work, window, ruling);
  }
}

/** A round that was announced after a later one had been judged: it is history. */
function isOvertaken(state: MonitorState, window: AnnouncedWindow): boolean {
  if (state.applied.dueAt > window.check.appendedAt + clockAheadMsMax) return false;
  return isApplied(state, window) && noteOf(state, window) === undefined;
}

/** What was ruled already stays ruled. */
function rulingOf(work: KnownWork, window: AnnouncedWindow): Ruling | null {
  const note = noteOf(work.state, window);
  if (note !== undefined) return { ...note, decidedBy: null };
  return rule(window, reservationsOf(work), isOver(work, window));
}

/** A verdict on an older version of the monitor, or a paused one, is history. */
function isCurrent({ monitor }: KnownWork, { check }: AnnouncedWindow): boolean {
  return !monitor.paused && check.monitorVersion >= monitor.version;
}

function apply(work: KnownWork, window: AnnouncedWindow, ruling: Ruling): void {
  const { kind, dueAt } = window;
  const { decidedBy, ...note } = ruling;
  const counts = isCurrent(work, window);
  const { decided, fellAt, turn } = work.state;
  change(work, {
    applied: { kind, dueAt },
    decided: [...decided, { kind, dueAt, ...note, quarantinedRegions: [...note.quarantinedRegions] }],
    fellAt: Math.max(fellAt, note.decidedAt),
  });
  tellVerdict(work, window, { ruling, counts });
  if (counts) pulse(work, window, ruling);
  if (counts) weigh(work, window, ruling);
  else if (kind === 'confirming' && turn !== null) pursue(work, window, turn);
  if (counts) refreshStatus(work, work.state.fellAt, decidedBy?.traceparent ?? window.check.traceparent);
}

function closeInOrder(work: KnownWork, window: AnnouncedWindow, ruling: Ruling): void {
  const { kind, dueAt } = window;
  const closedAt = closedAtOf(work, window);
  close(work, window, ruling);
  change(work, {
    decided: work.state.decided.filter((note) => !isSameRound(note, window)),
    confirming: work.state.confirming.filter((round) => kind !== 'confirming' || round.dueAt !== dueAt),
  });
  if (!isCurrent(work, window)) return;
  if (kind === 'scheduled') watchCertificate(work, window, { ruling, at: closedAt });
  observe(work, window, ruling);
  refreshStatus(work, closedAt, window.check.traceparent);
}

function tellVerdict(
  work: Work,
  window: AnnouncedWindow,
  { ruling, counts }: { ruling: Ruling; counts: boolean },
): void {
  const { kind, dueAt, check, votes } = window;
  work.effects.push({
    kind: 'verdict-fell',
    round: { monitorId: work.monitorId, dueAt, kind },
    verdict: ruling.verdict,
    decidedAt: ruling.decidedAt,
    expectedCount: check.expectedRegions.length,
    voteCount: votes.size,
    downCount: downRegionsOf(window, ruling).length,
    counts,
    parent: ruling.decidedBy?.traceparent ?? check.traceparent,
  });
}

/** Lets go of what can never be judged: votes whose check is not coming. Who voted is told all the same. */
function giveUp(work: Work): void {
  if (!work.mayTimeEnd) return;
  for (const window of work.windows) {
    if (isAnnounced(window) || work.context.heardUntil < window.openedAt + checkAwaitedMsMax) continue;
    if (isKnown(work)) for (const heard of byRegion(window.votes)) tellLateVote(work, heard);
    tellStrays(work, window);
    dropWindow(work, window);
  }
}
