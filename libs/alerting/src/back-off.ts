/** How long a delivery waits before it is tried again. Chance is an argument, so that a spec can choose it. */

export interface RetryPolicy {
  /** The longest wait after the first failure; it doubles with each further one. */
  readonly firstBackOffMs: number;
  readonly backOffMsMax: number;
  /** A delivery that was not made this long after it was planned is dead. */
  readonly giveUpAfterMs: number;
}

export const retryPolicyDefault: RetryPolicy = {
  firstBackOffMs: 5_000,
  backOffMsMax: 300_000,
  giveUpAfterMs: 86_400_000,
};

/** No wait is shorter than this share of the longest one possible, so that chance never makes a hot loop. */
const backOffShareMin = 0.1;
/** Beyond it the back-off has long reached its limit. */
const doublingsMax = 30;

/** Full jitter: anything up to the limit of this failure, so that many deliveries don't come back in one wave. */
export function backOffMs(
  { failureCount, random }: { failureCount: number; random: number },
  policy: RetryPolicy,
): number {
  const doublings = Math.min(Math.max(failureCount - 1, 0), doublingsMax);
  const limitMs = Math.min(policy.firstBackOffMs * 2 ** doublings, policy.backOffMsMax);
  return Math.round(limitMs * (backOffShareMin + (1 - backOffShareMin) * random));
}
