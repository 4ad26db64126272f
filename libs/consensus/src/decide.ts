/** The one door to the decisions about a monitor: what arrived or fell due goes in, memory and effects come out. */
import type { Instant, MonitorRecord } from '@quorate/contracts';
import { acknowledgeCertificateWarning } from './certificate-warning.ts';
import { breakOff } from './closing.ts';
import { confirm, nextConfirmationAt } from './confirmation.ts';
import type { Effect } from './effect.ts';
import { acknowledgeIncident, nextReminderAt, remind } from './incident.ts';
import { forgetDeletion, forgottenAt, leave, takeDeletion, takeMonitor } from './life-cycle.ts';
import { takeCheck, takeVote, type HeardCheck } from './listening.ts';
import { observeMaintenance } from './maintenance.ts';
import { change, isKnown, type Context, type KnownWork, type Memory, type Work } from './memory.ts';
import { checkAwaitedMsMax, settleRounds } from './rounds.ts';
import { refreshStatus } from './status.ts';
import { closesAtOf, type HeardVote } from './vote-window.ts';

export type Input =
  | { readonly kind: 'monitor'; readonly monitor: MonitorRecord }
  | { readonly kind: 'monitor-deleted' }
  | ({ readonly kind: 'check' } & HeardCheck)
  | ({ readonly kind: 'vote' } & HeardVote)
  | { readonly kind: 'acknowledge'; readonly incidentId: string; readonly by: string }
  /** Time has passed, and everything that has arrived by now was taken in before. */
  | { readonly kind: 'tick' };

export interface Decided {
  /** Its `state` is the one that went in, by identity, where nothing is to be written. */
  readonly memory: Memory;
  readonly effects: readonly Effect[];
}

/** The same inputs give the same records: identities come from facts, and the present from the context. */
export function decide(memory: Memory, input: Input, context: Context): Decided {
  const mayTimeEnd = context.caughtUp && input.kind === 'tick';
  const work: Work = { ...memory, context, mayTimeEnd, effects: [] };
  take(work, input);
  leave(work);
  if (isKnown(work)) observeMaintenance(work);
  settleRounds(work);
  forgetDeletion(work);
  if (isKnown(work) && context.caughtUp) {
    // Where too few are left to decide, the verdict falls as the round is announced.
    if (confirm(work)) settleRounds(work);
    remind(work);
  }
  return decided(work);
}

/**
 * What is left of a monitor when the decision on `input` failed: an unknown status, its incident, and a fresh start.
 * Its open rounds end without a verdict.
 */
export function decideFaulty(memory: Memory, input: Input, context: Context): Decided {
  const work: Work = { ...memory, context, mayTimeEnd: false, effects: [] };
  try {
    if (input.kind === 'check') takeCheck(work, input);
    breakOff(work);
  } catch {
    // The fault may be in the evidence itself; then its round is only among the dead letters, with what was decided on.
  }
  work.windows = [];
  if (isKnown(work)) {
    change(work, { faulty: true, turn: null, confirming: [], decided: [] });
    refreshStatus(work, context.now, null);
  }
  return decided(work);
}

function decided({ monitorId, monitor, state, windows, deletedAt, isLeaving, effects }: Work): Decided {
  return { memory: { monitorId, monitor, state, windows, deletedAt, isLeaving }, effects };
}

function take(work: Work, input: Input): void {
  switch (input.kind) {
    case 'monitor':
      return takeMonitor(work, input.monitor);
    case 'monitor-deleted':
      return takeDeletion(work);
    case 'check':
      return takeCheck(work, input);
    case 'vote':
      return takeVote(work, input);
    case 'acknowledge':
      return isKnown(work) ? acknowledge(work, input) : undefined;
    case 'tick':
      return;
  }
}

function acknowledge(work: KnownWork, { incidentId, by }: Extract<Input, { kind: 'acknowledge' }>): void {
  acknowledgeIncident(work, incidentId, by);
  acknowledgeCertificateWarning(work, incidentId, by);
}

/** When time alone will change something about the monitor; null when it won't. */
export function nextDueAt({ monitor, state, windows, deletedAt, isLeaving }: Memory): Instant | null {
  if (isLeaving) return 0;
  const ends = windows.map(({ check, openedAt }) =>
    check === null ? openedAt + checkAwaitedMsMax : closesAtOf(check),
  );
  const plans = monitor === null || state === null ? [] : [nextConfirmationAt(state), nextReminderAt(monitor, state)];
  const instants = [...ends, ...plans, forgottenAt(deletedAt)].filter((instant) => instant !== null);
  return instants.length === 0 ? null : Math.min(...instants);
}
