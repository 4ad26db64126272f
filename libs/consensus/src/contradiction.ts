/** Compares what each region saw in a round with what most of them saw. */
import type { MonitorState } from '@quorate/contracts';
import { atOddsAfterRounds } from './quarantine.ts';
import type { AnnouncedWindow } from './vote-window.ts';

type Contradictions = MonitorState['contradictions'];
type Answer = 'up' | 'down';

/** Of two that contradict each other nobody can say which is wrong. */
const answersComparedMin = 3;

function answersOf({ votes }: AnnouncedWindow): ReadonlyMap<string, Answer> {
  const answers = [...votes].flatMap(([region, { vote }]): [string, Answer][] =>
    vote.outcome === 'abstain' ? [] : [[region, vote.outcome]],
  );
  return new Map(answers);
}

/** What more than half of the regions that were asked have seen; null where there is no such thing. */
function majorityOf(answers: ReadonlyMap<string, Answer>, askedCount: number): Answer | null {
  if (answers.size < answersComparedMin) return null;
  const downCount = [...answers.values()].filter((answer) => answer === 'down').length;
  if (downCount * 2 > askedCount) return 'down';
  return (answers.size - downCount) * 2 > askedCount ? 'up' : null;
}

function compared(before: number | undefined, agrees: boolean): number {
  return agrees ? 0 : Math.min(atOddsAfterRounds, (before ?? 0) + 1);
}

/**
 * All answers are compared, and with all of them, whether they counted or not: so a quarantine neither prolongs itself
 * nor brings about another. Regions that the monitor is not assigned to any more are forgotten.
 */
export function contradictionsAfter(contradictions: Contradictions, window: AnnouncedWindow): Contradictions {
  const { expectedRegions, registeredRegions } = window.check;
  const answers = answersOf(window);
  const majority = majorityOf(answers, expectedRegions.length);
  const after: Contradictions = {};
  for (const region of new Set([...registeredRegions, ...expectedRegions])) {
    const before = contradictions[region];
    const answer = answers.get(region);
    if (majority !== null && answer !== undefined) after[region] = compared(before, answer === majority);
    else if (before !== undefined) after[region] = before;
  }
  return isSame(contradictions, after) ? contradictions : after;
}

function isSame(left: Contradictions, right: Contradictions): boolean {
  const regions = Object.keys(right);
  return Object.keys(left).length === regions.length && regions.every((region) => left[region] === right[region]);
}
