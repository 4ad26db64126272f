/** The status machine: what a verdict that counts does to suspicion, incident and recovery. */
import type { MonitorState } from '@quorate/contracts';
import { openIncident, recoverIncident } from './incident.ts';
import { change, type KnownWork } from './memory.ts';
import type { AnnouncedWindow, Ruling } from './vote-window.ts';

type Turn = NonNullable<MonitorState['turn']>;

/** So many inconclusive verdicts in a row end a suspicion or a recovery. */
const inconclusiveInARowMax = 3;

/** The context that the rounds of a turn carry on: of its first round. */
function traceparentOf({ check }: AnnouncedWindow, { decidedBy }: Ruling): string | null {
  return decidedBy?.traceparent ?? check.traceparent;
}

/** Takes in the next verdict, in order of `dueAt`. */
export function weigh(work: KnownWork, window: AnnouncedWindow, ruling: Ruling): void {
  const { verdict } = ruling;
  if (verdict === 'inconclusive') {
    weighInconclusive(work, window);
    return;
  }
  change(work, { belowFloorCount: 0, faulty: false, seenUp: work.state.seenUp || verdict === 'up' });
  const towards = work.state.incident === null ? 'down' : 'up';
  if (verdict === towards) advance(work, window, ruling);
  else change(work, { turn: null });
}

/** It neither counts nor resets, but a turn that nobody can confirm ends. */
function weighInconclusive(work: KnownWork, window: AnnouncedWindow): void {
  const { turn } = work.state;
  if (turn === null) return;
  const inconclusiveCount = turn.inconclusiveCount + 1;
  if (inconclusiveCount >= inconclusiveInARowMax) change(work, { turn: null });
  else pursue(work, window, { ...turn, inconclusiveCount });
}

function advance(work: KnownWork, window: AnnouncedWindow, ruling: Ruling): void {
  const { turn: begun, incident } = work.state;
  const { confirmations, recoveries } = window.check.decision;
  const towards = incident === null ? 'down' : 'up';
  const begin = { count: 0, firstDueAt: window.dueAt, confirmAt: null, traceparent: traceparentOf(window, ruling) };
  const { count, ...rest } = begun ?? begin;
  const turn: Turn = { ...rest, towards, count: count + 1, inconclusiveCount: 0 };
  if (turn.count < (incident === null ? confirmations : recoveries)) {
    pursue(work, window, turn);
    return;
  }
  change(work, { turn: null });
  if (incident === null) openIncident(work, window, turn);
  else recoverIncident(work, window, { incident, turn });
}

/** Asks for the next confirming round, counted from the moment at which this verdict fell. */
export function pursue(work: KnownWork, { check }: AnnouncedWindow, turn: Turn): void {
  const confirmAt = work.state.fellAt + check.decision.confirmIntervalSeconds * 1_000;
  change(work, { turn: { ...turn, confirmAt } });
}
