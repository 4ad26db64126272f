/** The verdict of a round: whose votes count, and what they say. */
import type { Instant, Verdict } from '@quorate/contracts';
import { answersMin, outcomeOf, quorumOf, tally, type Count } from './tally.ts';
import { closesAtOf, type AnnouncedWindow, type HeardVote } from './vote-window.ts';

/** What is held against regions. */
export interface Reservations {
  /** Those that missed the monitor's last rounds. */
  readonly silent: ReadonlySet<string>;
  /** Those that have lost their vote in the monitor's partition. */
  readonly quarantined: ReadonlySet<string>;
}

export interface Ruling {
  readonly verdict: Verdict;
  readonly decidedAt: Instant;
  /** The vote that decided; null when the window's end did. */
  readonly decidedBy: HeardVote | null;
  /** Voters whose vote did not count. */
  readonly quarantinedRegions: readonly string[];
}

const nobody: ReadonlySet<string> = new Set();

function answersMinOf({ check }: AnnouncedWindow): number {
  return answersMin(check.decision, check.registeredRegions.length);
}

/**
 * The regions that are no voters of this round: those that the monitor's state holds as absent, so that the others can
 * decide without them. Where the others are too few to decide anything, all are awaited.
 */
export function absentIn(window: AnnouncedWindow, silent: ReadonlySet<string>): ReadonlySet<string> {
  const voterCount = window.check.expectedRegions.filter((region) => !silent.has(region)).length;
  return voterCount < answersMinOf(window) ? nobody : silent;
}

/** Whether every voter has answered, those in quarantine too: unheard they could never show that they agree again. */
export function isComplete(window: AnnouncedWindow, silent: ReadonlySet<string>): boolean {
  const absent = absentIn(window, silent);
  return window.check.expectedRegions.every((region) => window.votes.has(region) || absent.has(region));
}

/**
 * Those of the voters whose vote does not count: never more than a minority, and never so many that the others are too
 * few to decide anything. Where more are in quarantine the first by name are left out: so it hangs on the round alone.
 */
function quarantinedAmong(voters: readonly string[], window: AnnouncedWindow, quarantined: ReadonlySet<string>) {
  const minorityMax = Math.ceil(voters.length / 2) - 1;
  const spareMax = voters.length - answersMinOf(window);
  const countMax = Math.max(0, Math.min(minorityMax, spareMax));
  return voters.filter((region) => quarantined.has(region)).slice(0, countMax);
}

interface Electors {
  readonly absent: ReadonlySet<string>;
  readonly quarantinedRegions: readonly string[];
  readonly voterCount: number;
}

function electorsOf(window: AnnouncedWindow, { silent, quarantined }: Reservations): Electors {
  const absent = absentIn(window, silent);
  const voters = window.check.expectedRegions.filter((region) => !absent.has(region));
  const quarantinedRegions = quarantinedAmong(voters, window, quarantined);
  return { absent, quarantinedRegions, voterCount: voters.length - quarantinedRegions.length };
}

interface Standing {
  readonly count: Count;
  readonly quorum: number;
  /** The vote that made it so; null while none was heard. */
  readonly heard: HeardVote | null;
}

/** How the round stood before the first vote, and after each one that counts. */
function* standingsOf({ check, votes }: AnnouncedWindow, electors: Electors): Generator<Standing> {
  const { absent, quarantinedRegions } = electors;
  const registeredCount = check.registeredRegions.length;
  let { voterCount } = electors;
  let count: Count = { downCount: 0, upCount: 0, outstandingCount: voterCount };
  yield { count, quorum: quorumOf(check.decision, { voterCount, registeredCount }), heard: null };
  for (const heard of votes.values()) {
    const { region, outcome } = heard.vote;
    if (quarantinedRegions.includes(region)) continue;
    const wasAwaited = !absent.has(region);
    if (!wasAwaited) voterCount++;
    count = {
      downCount: count.downCount + Number(outcome === 'down'),
      upCount: count.upCount + Number(outcome === 'up'),
      outstandingCount: count.outstandingCount - Number(wasAwaited),
    };
    yield { count, quorum: quorumOf(check.decision, { voterCount, registeredCount }), heard };
  }
}

/**
 * The verdict of the votes heard so far, taken one by one as they came: null while a vote that is still awaited could
 * change it, unless the window `isOver`. An absent region that votes is a voter again at once; one in quarantine is
 * heard, and neither counted nor awaited.
 */
export function rule(window: AnnouncedWindow, reservations: Reservations, isOver: boolean): Ruling | null {
  const { check } = window;
  const electors = electorsOf(window, reservations);
  const { quarantinedRegions } = electors;
  let verdict: Verdict = 'inconclusive';
  for (const { count, quorum, heard } of standingsOf(window, electors)) {
    const fallen = tally(count, quorum);
    const decidedAt = Math.max(check.appendedAt, heard?.appendedAt ?? 0);
    if (fallen !== null) return { verdict: fallen, decidedAt, decidedBy: heard, quarantinedRegions };
    verdict = outcomeOf(count, quorum);
  }
  return isOver ? { verdict, decidedAt: closesAtOf(check), decidedBy: null, quarantinedRegions } : null;
}
