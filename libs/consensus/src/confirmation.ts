/** Asks the regions to look again, while a suspicion or a recovery waits to be confirmed. */
import { probeOf, type Check, type Instant, type MonitorState } from '@quorate/contracts';
import { change, isApplied, keepWindow, type KnownWork } from './memory.ts';
import { announce, emptyWindow } from './vote-window.ts';

/** When the next confirming round is due; null when none is, or one is still to be judged. */
export function nextConfirmationAt(state: MonitorState): Instant | null {
  const outstanding = state.confirming.some(({ dueAt }) => !isApplied(state, { dueAt, kind: 'confirming' }));
  return outstanding || state.turn === null ? null : state.turn.confirmAt;
}

/** Announces the confirming round that is due. Returns whether one was. */
export function confirm(work: KnownWork): boolean {
  const { state, context } = work;
  const { turn } = state;
  const dueAt = nextConfirmationAt(state);
  if (turn === null || dueAt === null || dueAt > context.now) return false;
  const check = confirmingCheck(work);
  // It would say nothing, and end the suspicion for that: it waits until somebody can look.
  if (check.expectedRegions.length === 0) return false;
  const { v: _v, monitorId: _id, kind: _kind, missedRoundCount, probe: _probe, ...round } = check;
  const { traceparent } = turn;
  const announced = { ...round, appendedAt: context.now, traceparent };
  change(work, { turn: { ...turn, confirmAt: null }, confirming: [...state.confirming, announced] });
  keepWindow(work, announce(emptyWindow(check, context.now), { ...announced, missedRoundCount }));
  work.effects.push({ kind: 'confirmation', check, parent: traceparent });
  return true;
}

function confirmingCheck({ monitor, state, context }: KnownWork): Check {
  const { expectedRegions, registeredRegions } = context.regionsOf(monitor);
  return {
    v: 1,
    monitorId: monitor.id,
    monitorVersion: monitor.version,
    // Due now, so that no prober thinks it late; and after every round that was judged, whatever the clocks say.
    dueAt: Math.max(context.now, state.applied.dueAt + 1),
    kind: 'confirming',
    expectedRegions: [...expectedRegions],
    registeredRegions: [...registeredRegions],
    timeoutMs: monitor.timeoutSeconds * 1_000,
    decision: monitor.decision,
    missedRoundCount: 0,
    probe: probeOf(monitor),
  };
}
