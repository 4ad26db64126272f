/** What one run has shown. */
import type { DeliveryCounts } from './checks/deliveries.ts';
import type { FlappingCounts } from './checks/flapping.ts';
import type { JobCounts } from './checks/jobs.ts';
import type { MaintenanceCounts } from './checks/maintenance.ts';
import type { OutageCounts } from './checks/outages.ts';
import type { QuarantineCounts } from './checks/quarantine.ts';
import type { StormCounts } from './checks/storms.ts';

export interface RunReport {
  readonly seed: number;
  /** Of everything that happened: two runs of one seed have the same. */
  readonly hash: string;
  /** What must not be, each in a sentence. */
  readonly violations: readonly string[];
  /** How often each kind of fault was really injected. */
  readonly faults: Readonly<Record<string, number>>;
  readonly simulatedMs: number;
  readonly eventCount: number;
  readonly roundCount: number;
  readonly alertCount: number;
  /** How often a state that was restored was compared with the one that had lived. */
  readonly restoreCount: number;
  readonly outages: OutageCounts;
  readonly deliveries: DeliveryCounts;
  readonly weather: StormCounts;
  readonly maintenance: MaintenanceCounts;
  readonly flapping: FlappingCounts;
  readonly quarantine: QuarantineCounts;
  readonly jobs: JobCounts;
}

const nothing = {
  hash: '',
  faults: {},
  simulatedMs: 0,
  eventCount: 0,
  roundCount: 0,
  alertCount: 0,
  restoreCount: 0,
  outages: { scripted: 0, obliged: 0, resolved: 0 },
  deliveries: { intents: 0, doubled: 0 },
  weather: { storms: 0, members: 0 },
  maintenance: { windows: 0, held: 0, takenOver: 0 },
  flapping: { targets: 0 },
  quarantine: { lies: 0, silenced: 0, heardAgain: 0, rounds: 0 },
  jobs: { pings: 0, misses: 0 },
} as const;

/** The report of a run that could not tell of itself any more. */
export function failedRun(seed: number, what: string): RunReport {
  return { ...nothing, seed, violations: [what] };
}
