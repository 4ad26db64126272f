/** What is built in: made of the installation's settings, under names for good, and changed nowhere else. */
import { ProblemError } from '../http/problem.ts';

// UUIDs (version 5) of pulse.quorate.internal, drill.quorate.internal and heartbeat.quorate.internal.
export const switchMonitorId = '6a5a6cc4-9187-5797-a8af-2b0a8b070066';
export const drillMonitorId = 'aae1816a-2c3a-5e50-bbce-e0d421261a52';
export const heartbeatChannelId = 'aebf6c77-c9e7-5dfc-84d0-c1bb19acaf03';

/** Lists leave them out: people look for what they made. */
export const builtInMonitorIds: readonly string[] = [switchMonitorId, drillMonitorId];

export function builtInProblem(): ProblemError {
  const detail = 'The dead man’s switch makes it of its settings; change those by PATCH /api/v1/settings.';
  return new ProblemError('QRT_BUILT_IN', detail);
}
