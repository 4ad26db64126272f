/** The quorum, and what a count of votes says under it. */
import type { Decision, Verdict } from '@quorate/contracts';

/** No single region decides where there are others to ask. */
const floor = 2;

export interface Electorate {
  /** Expected voters of the round. */
  readonly voterCount: number;
  /** Regions that are registered for the monitor, live or not. */
  readonly registeredCount: number;
}

export interface Count {
  readonly downCount: number;
  readonly upCount: number;
  /** Voters that have not answered and still may. */
  readonly outstandingCount: number;
}

type Rule = Pick<Decision, 'quorum' | 'electorate'>;

const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

const floorOf = (registeredCount: number): number => (registeredCount >= floor ? floor : 1);

/** How many equal votes decide a round. It may be more than there are voters: then nothing does. */
export function quorumOf({ quorum, electorate }: Rule, { voterCount, registeredCount }: Electorate): number {
  const base = electorate === 'registered' ? registeredCount : voterCount;
  switch (quorum) {
    case 'majority':
      return Math.max(majorityOf(base), floorOf(registeredCount));
    case 'all':
      return Math.max(base, 1);
    case 'any':
      return 1;
    default:
      return quorum;
  }
}

/** With fewer answers than this a round cannot be decided, whichever regions are absent. */
export function answersMin({ quorum, electorate }: Rule, registeredCount: number): number {
  if (electorate === 'registered') return quorumOf({ quorum, electorate }, { voterCount: 0, registeredCount });
  if (quorum === 'majority') return floorOf(registeredCount);
  return typeof quorum === 'number' ? quorum : 1;
}

/** What the votes say when no more are awaited. Where both sides reach the quorum, down goes first. */
export function outcomeOf({ downCount, upCount }: Omit<Count, 'outstandingCount'>, quorum: number): Verdict {
  if (downCount >= quorum) return 'down';
  return upCount >= quorum ? 'up' : 'inconclusive';
}

/** The verdict, as soon as no outstanding vote can change it; null before. */
export function tally({ downCount, upCount, outstandingCount }: Count, quorum: number): Verdict | null {
  const verdict = outcomeOf({ downCount, upCount }, quorum);
  const ifAllDown = outcomeOf({ downCount: downCount + outstandingCount, upCount }, quorum);
  const ifAllUp = outcomeOf({ downCount, upCount: upCount + outstandingCount }, quorum);
  return ifAllDown === verdict && ifAllUp === verdict ? verdict : null;
}
