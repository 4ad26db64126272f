/** How long a round may take, and what that means for the time until an alert. */
import type { MonitorSettings } from '@quorate/contracts';

/** How long after a check's deadline its votes are still awaited: for their way through the log. */
export const graceMs = 2_000;

type Rhythm = Pick<MonitorSettings, 'intervalSeconds' | 'timeoutSeconds'> & {
  readonly decision: Pick<MonitorSettings['decision'], 'confirmations' | 'confirmIntervalSeconds'>;
};

/**
 * The longest time from an outage to the decision to alert, with every round conclusive: the wait for the next
 * scheduled round, one full window for each confirmation and the pauses between them. What is `tolerated` comes first:
 * the grace of a heartbeat monitor, whose outage begins when a ping is due.
 */
export function timeToAlertSecondsMax(rhythm: Rhythm, toleratedSeconds = 0): number {
  const { intervalSeconds, timeoutSeconds, decision } = rhythm;
  const { confirmations, confirmIntervalSeconds } = decision;
  const windowSeconds = timeoutSeconds + graceMs / 1_000;
  const askedSeconds = intervalSeconds + confirmations * windowSeconds + (confirmations - 1) * confirmIntervalSeconds;
  return toleratedSeconds + askedSeconds;
}
