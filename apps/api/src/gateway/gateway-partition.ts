/** The memory of one partition of the gateway: what was heard of its jobs, and the checks that wait for an answer. */
import type { TaskRecord } from '@quorate/bus';
import {
  gatewayRegion,
  monitorIdOfPing,
  pingKey,
  type Check,
  type Deafness,
  type Instant,
  type Ping,
  type TopicName,
} from '@quorate/contracts';
import { judgeHeartbeat, type EndOfRun, type HeardOfJob } from '@quorate/schedule';
import { nextDueOf } from './cron-schedule.ts';

/** More checks than these do not wait; the oldest are given up, and their rounds end without a vote. */
const waitingMax = 10_000;
/** What a window stays open for after its deadline: then nobody waits for a vote any more. */
const windowGraceMs = 2_000;

const unheard: HeardOfJob = { awaitedAt: null, startedAt: null, end: null };

export interface AskedCheck {
  readonly record: TaskRecord<Check>;
  readonly check: Check;
}

/** What a vote is made of. */
export interface Answer extends AskedCheck, ReturnType<typeof judgeHeartbeat> {
  /** Of the last run that ended; null when it is not known. */
  readonly runMs: number | null;
  readonly excerpt: string | null;
}

function isOver({ record, check }: AskedCheck, now: Instant): boolean {
  return now > record.appendedAt + check.timeoutMs + windowGraceMs;
}

function endOf({ appendedAt }: TaskRecord<Ping>, ping: Extract<Ping, { kind: 'ended' }>, job: HeardOfJob): EndOfRun {
  const { failed, exitCode, excerpt } = ping;
  const runMs = job.startedAt === null ? null : Math.max(0, appendedAt - job.startedAt);
  return { at: appendedAt, failed, exitCode, excerpt, runMs };
}

function jobAfter(job: HeardOfJob, record: TaskRecord<Ping>): HeardOfJob {
  const { value: ping, appendedAt } = record;
  switch (ping?.kind) {
    case 'awaited':
      return { ...job, awaitedAt: appendedAt };
    case 'started':
      return { ...job, startedAt: appendedAt };
    case 'ended':
      return { ...job, startedAt: null, end: endOf(record, ping, job) };
    case undefined:
      return forgotten(job, record.key);
  }
}

/** A start ends with its run; the rest goes with the monitor. */
function forgotten(job: HeardOfJob, key: string): HeardOfJob {
  const monitorId = monitorIdOfPing(key);
  return key === pingKey(monitorId, 'started') ? { ...job, startedAt: null } : unheard;
}

export class GatewayPartition {
  readonly #jobs = new Map<string, HeardOfJob>();
  #waiting: AskedCheck[] = [];
  /** The newest ping that was read. */
  #readUpTo = -1;

  hear(record: TaskRecord<Ping>): void {
    const monitorId = monitorIdOfPing(record.key);
    const job = jobAfter(this.#jobs.get(monitorId) ?? unheard, record);
    if (job.awaitedAt === null && job.startedAt === null && job.end === null) this.#jobs.delete(monitorId);
    else this.#jobs.set(monitorId, job);
    this.#readUpTo = Math.max(this.#readUpTo, record.offset);
  }

  ask(record: TaskRecord<Check>, now: Instant): void {
    const { value: check } = record;
    if (check?.expectedRegions.includes(gatewayRegion) !== true) return;
    const asked = { record, check };
    if (isOver(asked, now)) return;
    this.#waiting.push(asked);
    if (this.#waiting.length > waitingMax) this.#waiting.shift();
  }

  get isAsked(): boolean {
    return this.#waiting.length > 0;
  }

  /** The oldest check of each topic that has no answer yet. */
  get resumeFrom(): Partial<Record<TopicName, number>> {
    const oldest: Partial<Record<TopicName, number>> = {};
    for (const { record } of this.#waiting) oldest[record.topic] ??= record.offset;
    return oldest;
  }

  /**
   * Answers every check that waits, once the pings were read up to `newestOffset`, where they ended after the checks
   * had come: so no answer overlooks a ping that was taken before its check was written.
   */
  answer(newestOffset: number, deafnesses: readonly Deafness[], now: Instant): Answer[] {
    this.#waiting = this.#waiting.filter((asked) => !isOver(asked, now));
    if (this.#readUpTo < newestOffset) return [];
    const answers = this.#waiting.flatMap((asked) => this.#answerOf(asked, deafnesses, now));
    this.#waiting = [];
    return answers;
  }

  #answerOf(asked: AskedCheck, deafnesses: readonly Deafness[], now: Instant): Answer[] {
    const { probe, monitorId } = asked.check;
    if (probe.type !== 'heartbeat') return [];
    const settings = probe.heartbeat;
    const { cron } = settings;
    const heard = this.#jobs.get(monitorId) ?? unheard;
    const schedule = cron === null ? null : nextDueOf({ ...settings, cron });
    const judgement = judgeHeartbeat({ settings, cron: schedule, deafnesses, heard, now });
    const isFailure = judgement.reason === 'heartbeat.failed';
    const { runMs = null, excerpt = null } = heard.end ?? {};
    return [{ ...asked, ...judgement, runMs, excerpt: isFailure ? excerpt : null }];
  }
}
