export { regionsOfRound, type KnownRegions, type RoundRegions } from './assigned-regions.ts';
export { cadenceOf, dueCountIn, firstDueAfter, lastDueUpTo, type Cadence, type DueWindow } from './cadence.ts';
export { DueQueue } from './due-queue.ts';
export { type NextDue } from './heartbeat/expected-runs.ts';
export {
  judgeHeartbeat,
  type EndOfRun,
  type HeardOfJob,
  type HeartbeatJudgement,
} from './heartbeat/judge-heartbeat.ts';
export { LiveRegions, type HeartbeatObservation, type ProberPresence } from './live-regions.ts';
export { regionStatesOf, type RegionState } from './region-state.ts';
export { retiredProbers } from './retired-probers.ts';
export { RoundSchedule, type DueRound, type ScheduledMonitor } from './round-schedule.ts';
