/** What a heartbeat monitor's one voter says of its job: from what was heard of it, and when nobody could hear. */
import { timeOf, type HeartbeatProbe, type Instant, type Reason } from '@quorate/contracts';
import {
  deafnessIn,
  graceMsOf,
  missingSince,
  nextExpected,
  type Anchor,
  type Expectation,
  type Missing,
} from './expected-runs.ts';

export interface EndOfRun {
  readonly at: Instant;
  readonly failed: boolean;
  readonly exitCode: number | null;
  readonly excerpt: string | null;
  /** How long the run took; null when its begin was not told. */
  readonly runMs: number | null;
}

/** The newest of each kind. */
export interface HeardOfJob {
  /** Since when a first ping is awaited; null of a job that nobody waits for. */
  readonly awaitedAt: Instant | null;
  /** When the run began that has not ended yet. */
  readonly startedAt: Instant | null;
  readonly end: EndOfRun | null;
}

export interface HeartbeatCase extends Expectation {
  readonly settings: Pick<HeartbeatProbe, 'everySeconds' | 'graceSeconds' | 'maxRunSeconds'>;
  readonly heard: HeardOfJob;
  readonly now: Instant;
}

export interface HeartbeatJudgement {
  readonly outcome: 'up' | 'down' | 'abstain';
  readonly reason: Reason | null;
  readonly message: string | null;
}

const up: HeartbeatJudgement = { outcome: 'up', reason: null, message: null };

function down(reason: Extract<Reason, `heartbeat.${string}`>, message: string): HeartbeatJudgement {
  return { outcome: 'down', reason, message };
}

function abstain(reason: Extract<Reason, `gateway.${string}`>, message: string): HeartbeatJudgement {
  return { outcome: 'abstain', reason, message };
}

function deafTo({ from, until }: NonNullable<Missing['excuse']>): HeartbeatJudgement {
  const when = `from ${timeOf(from)} to ${timeOf(until)}`;
  return abstain('gateway.deaf', `no gateway could hear pings ${when}; one may have been lost, the next decides`);
}

function failureOf({ at, exitCode }: EndOfRun): HeartbeatJudgement {
  const how = exitCode === null ? 'that it failed' : `exit code ${exitCode}`;
  return down('heartbeat.failed', `the job told ${how} at ${timeOf(at)}`);
}

const sinceOf = ({ at, isPing }: Anchor): string =>
  isPing ? `the last ping came at ${timeOf(at)}` : `none has come since ${timeOf(at)}`;

function graceIn({ settings }: HeartbeatCase): string {
  return `${settings.graceSeconds} s of grace`;
}

/** What silence says, of a job that is not known to run. */
function judgeSilence(anchor: Anchor, until: Instant, facts: HeartbeatCase): HeartbeatJudgement {
  const { dueAt, excuse } = missingSince(anchor, until, facts);
  if (dueAt !== null) {
    const due = `a ping was due at ${timeOf(dueAt)}, with ${graceIn(facts)}`;
    return down('heartbeat.missing', `${due}; ${sinceOf(anchor)}`);
  }
  return excuse === null ? up : deafTo(excuse);
}

/** Until when a run may take, and the words for why not longer. */
function limitOf(startedAt: Instant, facts: HeartbeatCase): { readonly at: Instant; readonly words: string } {
  const { maxRunSeconds } = facts.settings;
  if (maxRunSeconds !== null) return { at: startedAt + maxRunSeconds * 1_000, words: `within ${maxRunSeconds} s` };
  const nextAt = nextExpected({ at: startedAt, isPing: true }, facts);
  if (nextAt === null) return { at: Infinity, words: '' };
  return { at: nextAt + graceMsOf(facts), words: `before the next run was overdue, ${graceIn(facts)} included` };
}

/** Once its end may have been lost, a run is a job that was last heard as it began. */
function judgeRun(startedAt: Instant, facts: HeartbeatCase): HeartbeatJudgement {
  const limit = limitOf(startedAt, facts);
  if (facts.now < limit.at) return up;
  const deaf = deafnessIn(facts, startedAt, limit.at);
  if (deaf !== undefined) {
    const since = judgeSilence({ at: startedAt, isPing: true }, facts.now, facts);
    return since.outcome === 'down' ? since : deafTo(deaf);
  }
  return down('heartbeat.overrun', `the run that began at ${timeOf(startedAt)} did not end ${limit.words}`);
}

/** What counts of what was heard: nothing from before someone began to wait. */
function standing({ awaitedAt, startedAt, end }: HeardOfJob) {
  if (awaitedAt === null) return null;
  const ended = end !== null && end.at >= awaitedAt ? end : null;
  const anchor: Anchor = ended === null ? { at: awaitedAt, isPing: false } : { at: ended.at, isPing: true };
  const isRunning = startedAt !== null && startedAt >= awaitedAt;
  return { ended, anchor, runningSince: isRunning ? startedAt : null };
}

/**
 * A job that failed is down until it succeeds, and one whose ping is missing until it ends: that it has begun again
 * says nothing yet. A job that runs is asked for no other ping meanwhile.
 */
export function judgeHeartbeat(facts: HeartbeatCase): HeartbeatJudgement {
  const known = standing(facts.heard);
  if (known === null) return abstain('gateway.unknown', 'nothing can ping this monitor before it is saved');
  const { ended, anchor, runningSince } = known;
  if (ended?.failed === true) return failureOf(ended);
  if (runningSince === null) return judgeSilence(anchor, facts.now, facts);
  const before = judgeSilence(anchor, runningSince, facts);
  return before.outcome === 'down' ? before : judgeRun(runningSince, facts);
}
