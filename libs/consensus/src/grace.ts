/** How long a round may take, and what that means for the time until an alert. */
import type { MonitorSettings } from '@quorate/contracts';

/** How long after a check's deadline its votes are still awaited: for their way through the log. */
export const graceMs = 2_000;

type Rhythm = Pick<MonitorSettings, 'intervalSeconds' | 'timeoutSeconds'> & {
  readonly decision: Pick<MonitorSettings['decision'], 'confirmations' | 'confirmIntervalSeconds'>;
};

/**
 * The longest time from an outage to the decision to alert, with every round conclusive: the wait for the next
 * scheduled round, one full window for each confirmation and the pauses between them.
 */
export function timeToAlertSecondsMax({ intervalSeconds, timeoutSeconds, decision }: Rhythm): number {
  const { confirmations, confirmIntervalSeconds } = decision;
  const windowSeconds = timeoutSeconds + graceMs / 1_000;
  return intervalSeconds + confirmations * windowSeconds + (confirmations - 1) * confirmIntervalSeconds;
}
