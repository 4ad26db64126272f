/** Each kind of trouble that Quorate itself may be in, and how long it has to last before someone hears of it. */
import type { Instant, PlatformTrouble } from '@quorate/contracts';

/** How long a condition holds before it is raised, and how long it is gone before it is resolved. */
interface Holds {
  readonly raiseMs: number;
  readonly resolveMs: number;
}

const second = 1_000;
const minute = 60 * second;

/**
 * A restart of any one process takes seconds, and a rolling one is many of them: whatever is over within a minute is no
 * trouble. What comes and goes by its nature is given longer to be over.
 */
const holds = {
  'no-region': { raiseMs: minute, resolveMs: 30 * second },
  'region-silent': { raiseMs: minute, resolveMs: 30 * second },
  'region-isolated': { raiseMs: minute, resolveMs: minute },
  'region-quarantined': { raiseMs: minute, resolveMs: 5 * minute },
  'partitions-undecided': { raiseMs: 40 * second, resolveMs: 30 * second },
  'log-lagging': { raiseMs: minute, resolveMs: minute },
  'monitors-unknown': { raiseMs: minute, resolveMs: minute },
  /** The auditor has seen it twice before it says so, and looks again in minutes. */
  audit: { raiseMs: 10 * second, resolveMs: 10 * second },
  'decisions-failing': { raiseMs: 10 * second, resolveMs: 5 * minute },
} as const satisfies Record<string, Holds>;

type ConditionKind = keyof typeof holds;

/** Where a kind has many, a key names the one: a region, what the auditor found. */
type ConditionKey = ConditionKind | `${ConditionKind}:${string}`;

export interface Condition extends PlatformTrouble {
  readonly key: ConditionKey;
  /** What is wrong, in a sentence without a full stop that stays true while it lasts. */
  readonly title: string;
  /** Since when; null where only watching tells. */
  readonly since: Instant | null;
  /** The regions that it is about. */
  readonly regions: readonly string[];
  /** Whether another condition that holds is its cause: whoever hears of that one need not hear of this. */
  readonly isExplained: boolean;
}

/** Also of a key that a predecessor raised and this version does not know any more. */
export function holdsOf(key: string): Holds {
  const [kind = ''] = key.split(':');
  return kind in holds ? holds[kind as ConditionKind] : { raiseMs: minute, resolveMs: minute };
}
