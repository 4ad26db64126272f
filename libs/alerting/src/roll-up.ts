/** A delivery that is told in a storm's roll-up instead of on its own, and one that is let go again. */
import type { Delivery, Instant, RolledUpIn } from '@quorate/contracts';

/** Whether nobody can have heard of it from here, so that it may still be told in a roll-up instead. */
export function isUntold({ state, departedAt, attemptCount, handedTo, rolledUpIn }: Delivery): boolean {
  return state === 'pending' && departedAt === null && attemptCount === 0 && handedTo === null && rolledUpIn === null;
}

export function rolledUp(delivery: Delivery, rolledUpIn: RolledUpIn): Delivery {
  return { ...delivery, state: 'rolled-up', rolledUpIn, nextAttemptAt: null };
}

/** Sent on its own after all, since its roll-up died; where it was to be told stays on record and keeps it apart. */
export function released(delivery: Delivery, now: Instant): Delivery {
  return { ...delivery, state: 'pending', nextAttemptAt: now };
}

/** Whether this message of a roll-up is dead, and nobody else told it: those whom it was to tell of are released. */
export function isLostMessage({ storm, state, handedTo, fallbackOf }: Delivery): boolean {
  return storm !== null && state === 'dead' && handedTo === null && fallbackOf === null;
}

/**
 * Whether a dead delivery may be sent again when a person asks. A lost message of a roll-up may not, since its
 * incidents were sent on their own; nor an update, since the messages after it said it all.
 */
export function mayRetry(delivery: Delivery): boolean {
  const { transition } = delivery.alert;
  if (delivery.state !== 'dead') return false;
  if (delivery.storm === null || transition === 'resolved') return true;
  return transition === 'opened' && !isLostMessage(delivery);
}
