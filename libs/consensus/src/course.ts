/** The status machine: what a verdict that counts does to suspicion, incident and recovery. */
import type { MonitorState } from '@quorate/contracts';
import { isFlapping, rememberVerdict } from './flapping.ts';
import { openIncident, recoverIncident } from './incident.ts';
import { change, type KnownWork } from './memory.ts';
import type { Ruling } from './ruling.ts';
import type { AnnouncedWindow } from './vote-window.ts';

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
  const { seenUp, recentVerdicts } = work.state;
  change(work, {
    belowFloorCount: 0,
    faulty: false,
    seenUp: seenUp || verdict === 'up',
    recentVerdicts: rememberVerdict(recentVerdicts, verdict),
  });
  if (verdict === towardsOf(work)) advance(work, window, ruling);
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

function isInIncident({ state: { incident, heldIncident } }: KnownWork): boolean {
  return incident !== null || heldIncident !== null;
}

function towardsOf(work: KnownWork): Turn['towards'] {
  return isInIncident(work) ? 'up' : 'down';
}

function roundsWanted({ check }: AnnouncedWindow, { towards }: Turn): number {
  return towards === 'down' ? check.decision.confirmations : check.decision.recoveries;
}

function advance(work: KnownWork, window: AnnouncedWindow, ruling: Ruling): void {
  const { turn: begun, incident } = work.state;
  const isIncident = isInIncident(work);
  const begin = { count: 0, firstDueAt: window.dueAt, confirmAt: null, traceparent: traceparentOf(window, ruling) };
  const { count, ...rest } = begun ?? begin;
  const turn: Turn = { ...rest, towards: towardsOf(work), count: count + 1, inconclusiveCount: 0 };
  if (turn.count < roundsWanted(window, turn) || (isIncident && flaps(work))) {
    pursue(work, window, turn);
    return;
  }
  change(work, { turn: null });
  const confirmed = { window, ruling, turn };
  if (!isIncident) openIncident(work, confirmed);
  else if (incident === null) change(work, { heldIncident: null });
  else recoverIncident(work, incident, confirmed);
}

function flaps({ state }: KnownWork): boolean {
  return isFlapping(state.recentVerdicts, state.flapping);
}

/**
 * Asks for the next confirming round, counted from the moment at which this verdict fell. A recovery that only waits
 * for the end of the flapping asks for none: that takes its time.
 */
export function pursue(work: KnownWork, window: AnnouncedWindow, turn: Turn): void {
  const isHeld = turn.count >= roundsWanted(window, turn);
  const confirmAt = work.state.fellAt + window.check.decision.confirmIntervalSeconds * 1_000;
  change(work, { turn: { ...turn, confirmAt: isHeld ? null : confirmAt } });
}
