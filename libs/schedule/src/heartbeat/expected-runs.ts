/** When pings are expected, and which of them are missing. */
import type { Deafness, HeartbeatProbe, Instant } from '@quorate/contracts';

/** The first instant after `after` at which a schedule asks for a run; null when it never will again. */
export type NextDue = (after: Instant) => Instant | null;

/** A host's clock may run ahead by as much: a ping so shortly before its time is the one that was expected. */
const earlyMsMax = 60_000;
/** How long the crontab line of the documentation tries again: a shorter deafness is no excuse. */
const retriedMsMax = 30_000;

/** What is heard from here on is measured by the schedule. */
export interface Anchor {
  readonly at: Instant;
  /** Whether a ping was heard then; else someone began to wait. */
  readonly isPing: boolean;
}

export interface Expectation {
  readonly settings: Pick<HeartbeatProbe, 'everySeconds' | 'graceSeconds'>;
  /** Null where `everySeconds` says when. */
  readonly cron: NextDue | null;
  readonly deafnesses: readonly Deafness[];
}

export const graceMsOf = ({ settings }: Expectation): number => settings.graceSeconds * 1_000;

/** A deafness during which a ping may have been lost for good, of those that reach into the time. */
export function deafnessIn(expectation: Expectation, from: Instant, until: Instant): Deafness | undefined {
  const overheardMs = Math.min(retriedMsMax, graceMsOf(expectation) / 2);
  const reaching = expectation.deafnesses.filter((deaf) => deaf.from < until && deaf.until > from);
  return reaching.find((deaf) => deaf.until - deaf.from > overheardMs);
}

/** Counts from the anchor, so that a job which is run later from now on is not called late for ever. */
function everyAfter({ at }: Anchor, { settings }: Expectation): NextDue {
  const everyMs = settings.everySeconds * 1_000;
  return (after) => at + (Math.floor((after - at) / everyMs) + 1) * everyMs;
}

/** The first run that the anchor has not brought already. */
function firstDue({ at, isPing }: Anchor, cron: NextDue, graceMs: number): Instant | null {
  const next = cron(at);
  const afterNext = next === null ? null : cron(next);
  if (next === null || afterNext === null || !isPing) return next;
  const isEarly = next - at <= Math.min(earlyMsMax, graceMs, (afterNext - next) / 2);
  return isEarly ? afterNext : next;
}

/** When the run after the anchor is due, and by when its ping has to come; null when the schedule asks for none. */
export function nextExpected(anchor: Anchor, expectation: Expectation): Instant | null {
  const { cron } = expectation;
  return cron === null ? everyAfter(anchor, expectation)(anchor.at) : firstDue(anchor, cron, graceMsOf(expectation));
}

export interface Missing {
  /** When the run was due whose ping did not come; null when none is known to be missing. */
  readonly dueAt: Instant | null;
  /** The deafness in which a ping may have been lost, when that is all that can be said. */
  readonly excuse: Deafness | null;
}

/**
 * The first ping since the anchor that has not come by `now`. One that may have come while nobody could hear it is not
 * held against the job: the next one that is expected decides. So it looks once for each deafness, however long ago the
 * anchor is.
 */
export function missingSince(anchor: Anchor, now: Instant, expectation: Expectation): Missing {
  const graceMs = graceMsOf(expectation);
  const nextDue = expectation.cron ?? everyAfter(anchor, expectation);
  let excuse: Deafness | null = null;
  let dueAt = nextExpected(anchor, expectation);
  while (dueAt !== null && dueAt + graceMs <= now) {
    const deaf = deafnessIn(expectation, dueAt - graceMs, dueAt + graceMs);
    if (deaf === undefined) return { dueAt, excuse: null };
    excuse = deaf;
    dueAt = nextDue(Math.max(dueAt, deaf.until + graceMs));
  }
  return { dueAt: null, excuse };
}
