/**
 * Whether a target goes up and down too often to be called either. Nagios' rule ("Detection and Handling of State
 * Flapping", its `base/flapping.c`): of the last 21 states the share of changes, a recent one weighing more than an old
 * one; two thresholds apart from each other, so that the judgement itself does not flap.
 */
import type { Verdict } from '@quorate/contracts';

/** How many verdicts are remembered; between them lie one change fewer at the most. */
export const verdictsRememberedMax = 21;
const changesMax = verdictsRememberedMax - 1;
const oldestWeight = 0.75;
const newestWeight = 1.25;
const enterAbovePercent = 50;
const leaveBelowPercent = 25;

/** The verdicts as a word of `u` and `d`, oldest first, with the next one. */
export function rememberVerdict(verdicts: string, verdict: Exclude<Verdict, 'inconclusive'>): string {
  return `${verdicts}${verdict === 'up' ? 'u' : 'd'}`.slice(-verdictsRememberedMax);
}

/** What weighs the change to the verdict that has `newerCount` others after it. */
function weightOf(newerCount: number): number {
  return newestWeight - (newerCount * (newestWeight - oldestWeight)) / (changesMax - 1);
}

/** From 0 to 100. A word that is shorter than it may be counts as if nothing had changed before it. */
function changePercentOf(verdicts: string): number {
  let weight = 0;
  for (let index = 1; index < verdicts.length; index++) {
    if (verdicts[index] !== verdicts[index - 1]) weight += weightOf(verdicts.length - 1 - index);
  }
  return (weight * 100) / changesMax;
}

export function isFlapping(verdicts: string, wasFlapping: boolean): boolean {
  const percent = changePercentOf(verdicts);
  return wasFlapping ? percent >= leaveBelowPercent : percent > enterAbovePercent;
}
