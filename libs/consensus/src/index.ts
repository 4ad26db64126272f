export { decide, decideFaulty, nextDueAt, type Decided, type Input } from './decide.ts';
export type { Effect, VerdictFell } from './effect.ts';
export { graceMs, timeToAlertSecondsMax } from './grace.ts';
export { emptyMemory, restoreMemory, type Context, type Memory } from './memory.ts';
export { Quarantine } from './quarantine.ts';
export { outcomeOf, quorumOf, tally, type Count, type Electorate } from './tally.ts';
export {
  acknowledgePlatform,
  decidePlatform,
  restorePlatform,
  type PlatformDecided,
  type PlatformMemory,
} from './platform/decide-platform.ts';
export type { PartitionFacts, PlatformFacts, RegionFact } from './platform/facts.ts';
export { undecidedPartitions } from './platform/partition-conditions.ts';
