export { backOffMs, retryPolicyDefault, type RetryPolicy } from './back-off.ts';
export { ChannelQueue, queueTimingsDefault, type QueueTimings } from './channel-queue.ts';
export { decidingVote } from './deciding-vote.ts';
export { handOver, newDelivery, planDeliveries, type ChannelType, type PlanFacts } from './delivery-plan.ts';
export { afterAttempt, givenUp, isExpired, plannedAgain, type AttemptResult } from './delivery-state.ts';
export { covers, isOn, nextOccurrence, type Occurrence } from './maintenance.ts';
export { retryAfterMs } from './retry-after.ts';
export { mayRetry } from './roll-up.ts';
export { TokenBucket, type SendBudget } from './token-bucket.ts';
