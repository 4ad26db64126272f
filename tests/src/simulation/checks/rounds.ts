/**
 * Every round has one verdict, each verdict follows from the votes that were really cast, in time and for this very
 * round, and nobody is called absent who voted.
 */
import {
  partitionOf,
  roundKey,
  type CastVote,
  type Decision,
  type Instant,
  type RoundClosed,
  type Verdict,
  type Vote,
} from '@quorate/contracts';
import { short, type Evidence } from './finding.ts';
import type { AnnouncedRound, History, Written } from './history.ts';
import { gapsOf, joined } from './spans.ts';
import type { Span } from '../world/scenario.ts';

const graceMs = 2_000;
/** A vote that was written so shortly before the end of its window may be read after it. */
const readMsMax = 100;
/** Whoever is at work closes a round that is over within this, and as long as it waits for records where none come. */
const closingMs = 1_000;
/** A vote that was written so shortly before a deletion may be read behind it: each comes by a way of its own. */
const overtakenMsMax = 500;

type Closed = Written<RoundClosed>;

export function checkRounds(evidence: Evidence): void {
  const { history, violate } = evidence;
  const rounds = history.rounds();
  const closed = Map.groupBy(history.closed, ({ value }) => roundKey(value));
  const votes = Map.groupBy(history.votes, ({ value }) => roundKey(value));
  for (const [key, round] of rounds) {
    const records = closed.get(key) ?? [];
    if (records.length > 1) violate(`round ${short(key)} was closed ${records.length} times`);
    const [record] = records;
    if (record === undefined) {
      if (!isExcused(evidence, round)) violate(`round ${short(key)} has no verdict`);
    } else {
      const isBrokenOff = endsWithMonitor(history, record);
      checkVotes(evidence, { round, record, cast: votes.get(key) ?? [], isBrokenOff });
    }
  }
  for (const key of closed.keys()) if (!rounds.has(key)) violate(`round ${short(key)} was closed and never announced`);
  checkAbsence(evidence);
}

/** A confirming round begins as it is decided upon: its check is written in the same step, and read by nobody else. */
function closesAtOf({ value, appendedAt }: AnnouncedRound): Instant {
  return (value.kind === 'confirming' ? value.dueAt : appendedAt) + value.timeoutMs + graceMs;
}

/** A round that is still open at the end of the run, or went with its monitor. */
function isExcused(evidence: Evidence, round: AnnouncedRound): boolean {
  const endedAt = evidence.ledger.written.at(-1)?.record.appendedAt ?? 0;
  return closesAtOf(round) > endedAt - 5_000 || isGoneWithMonitor(evidence, round);
}

/**
 * Whether nobody was there to say how the round ended before its monitor was deleted. From then on only who had heard
 * of the round before ends it: neither one that began anew after the deletion, nor one that hears of that first.
 */
function isGoneWithMonitor({ history, ledger, scenario }: Evidence, round: AnnouncedRound): boolean {
  const deletedAt = deletedAtOf(history, round.value.monitorId);
  if (deletedAt === Infinity) return false;
  const disturbed = joined(ledger.disturbances.filter(({ whom }) => whom === 'aggregator'));
  const isLong = ({ from, to }: Span): boolean => to - from >= scenario.idleGatherMs + closingMs;
  if (gapsOf({ from: closesAtOf(round), to: deletedAt }, disturbed).some(isLong)) return false;
  if (round.appendedAt + overtakenMsMax >= deletedAt) return true;
  return disturbed.some(({ from, to }) => from <= deletedAt + overtakenMsMax && round.appendedAt <= to);
}

function deletedAtOf(history: History, monitorId: string): Instant {
  return history.lifeOf(monitorId).findLast(({ value }) => value === null)?.appendedAt ?? Infinity;
}

/** Whether the deletion of its monitor may have ended the round, with what was heard by then. */
function endsWithMonitor(history: History, { value, appendedAt }: Closed): boolean {
  return appendedAt >= deletedAtOf(history, value.monitorId);
}

interface JudgedRound {
  readonly round: AnnouncedRound;
  readonly record: Closed;
  /** Every vote that was written for it, in order. */
  readonly cast: readonly Written<Vote>[];
  readonly isBrokenOff: boolean;
}

/** The first vote of each expected region that came in time. */
function admitted({ round, cast }: Pick<JudgedRound, 'round' | 'cast'>): Map<string, Written<Vote>> {
  const first = new Map<string, Written<Vote>>();
  for (const vote of cast) {
    const { region, monitorVersion } = vote.value;
    const isInTime = vote.appendedAt <= closesAtOf(round) && monitorVersion === round.value.monitorVersion;
    if (isInTime && round.value.expectedRegions.includes(region) && !first.has(region)) first.set(region, vote);
  }
  return first;
}

function checkVotes(evidence: Evidence, judged: JudgedRound): void {
  const { violate } = evidence;
  const { round, record } = judged;
  const name = short(roundKey(round.value));
  const first = admitted(judged);
  const counted = record.value.votes;
  for (const { region, outcome } of counted) {
    const really = first.get(region)?.value.outcome;
    if (really !== outcome)
      violate(`round ${name} counts ${outcome} of ${region}, which cast ${really ?? 'nothing in time'}`);
  }
  if (new Set(counted.map(({ region }) => region)).size < counted.length)
    violate(`round ${name} counts a region twice`);
  for (const [region, vote] of first) {
    if (counted.some((one) => one.region === region)) continue;
    if (!mayMiss(evidence, judged, vote))
      violate(`round ${name} does not count the ${vote.value.outcome} of ${region}`);
  }
  if (!isRightVerdict(evidence, judged, first))
    violate(`round ${name} is ${record.value.verdict}, and its votes say otherwise`);
}

function isRightVerdict(evidence: Evidence, judged: JudgedRound, first: ReadonlyMap<string, Written<Vote>>): boolean {
  const { absentRegions, verdict } = judged.record.value;
  // A verdict that waited for an earlier round had not fallen.
  if (judged.isBrokenOff && verdict === 'inconclusive') return true;
  // Who was absent as the verdict fell, and voted later, is not told of: both are tried.
  const absences = [new Set(absentRegions), absentBefore(evidence, judged)];
  const told = [...first.values()].filter(({ value }) => isCounted(judged.record.value.votes, value.region));
  const ballots = [told, ...heardBefore(evidence, judged, first)];
  return ballots.some((votes) => absences.some((absent) => verdictOf(judged, votes, absent) === verdict));
}

/** What a predecessor ruled stays ruled; a successor that hears of a deletion first has no vote of it any more. */
function heardBefore(
  evidence: Evidence,
  { record, isBrokenOff }: JudgedRound,
  first: ReadonlyMap<string, Written<Vote>>,
): Written<Vote>[][] {
  const begunAt = begunAtOf(evidence, record);
  if (!isBrokenOff || begunAt < deletedAtOf(evidence.history, record.value.monitorId)) return [];
  return [[...first.values()].filter(({ appendedAt }) => appendedAt < begunAt)];
}

/** When the owner that closed a round had begun. */
function begunAtOf({ ledger, scenario }: Evidence, { value, appendedAt }: Closed): Instant {
  const partition = partitionOf(value.monitorId, scenario.partitionCount);
  return ledger.beginnings.findLast((one) => one.partition === partition && one.at <= appendedAt)?.at ?? 0;
}

/** The regions that missed the two rounds before. */
function absentBefore({ history }: Evidence, { round, record }: JudgedRound): ReadonlySet<string> {
  const { monitorId, expectedRegions } = round.value;
  const rows = history.closed.filter(({ value }) => value.monitorId === monitorId && value.kind !== 'manual');
  const before = rows.slice(0, rows.indexOf(record));
  return new Set(expectedRegions.filter((region) => isAbsentAfter(before, region)));
}

function isAbsentAfter(closed: readonly Closed[], region: string): boolean {
  const asked = closed.filter(({ value }) => value.expectedRegions.includes(region)).slice(-2);
  return asked.length === 2 && asked.every(({ value }) => !isCounted(value.votes, region));
}

/**
 * An absent region may come too late to a complete round, any region within moments of its end, and whoever votes upon
 * a monitor that is being deleted. So may a vote that was not in the log yet as the owner began, and that a fault then
 * kept from it.
 */
function mayMiss(evidence: Evidence, { round, record, isBrokenOff }: JudgedRound, vote: Written<Vote>): boolean {
  const { ledger, history } = evidence;
  const { value, appendedAt } = vote;
  if (record.value.absentRegions.includes(value.region) && appendedAt >= record.value.closedAt) return true;
  if (closesAtOf(round) - appendedAt <= readMsMax) return true;
  const begunAt = begunAtOf(evidence, record);
  // Who begins after the deletion hears of it before anything else.
  const deletedAt = deletedAtOf(history, value.monitorId);
  if (isBrokenOff && (appendedAt + overtakenMsMax >= deletedAt || begunAt >= deletedAt)) return true;
  if (appendedAt < begunAt) return false;
  return ledger.disturbances.some(
    ({ whom, from, to }) => whom === 'aggregator' && from <= record.appendedAt && appendedAt <= to,
  );
}

/** What the votes say: as soon as none that is outstanding can change it, else at the end. */
function verdictOf(
  { round, record, isBrokenOff }: JudgedRound,
  counted: readonly Written<Vote>[],
  absent: ReadonlySet<string>,
): Verdict {
  const { registeredRegions, decision } = round.value;
  // Whether somebody rightly lost its vote is told by the quarantine's own check.
  const isElector = (region: string): boolean => !record.value.quarantinedRegions.includes(region);
  const expectedRegions = round.value.expectedRegions.filter(isElector);
  const ballots = counted.map(({ value }) => value).filter(({ region }) => isElector(region));
  const rule = (votes: readonly Pick<Vote, 'region' | 'outcome'>[]): Verdict => {
    const voters = expectedRegions.filter((one) => !absent.has(one) || isCounted(votes, one));
    return outcomeOf(votes, quorumOf(decision, voters.length, registeredRegions.length));
  };
  for (let length = 0; length <= ballots.length; length++) {
    const heard = ballots.slice(0, length);
    const outstanding = expectedRegions.filter((one) => !absent.has(one) && !isCounted(heard, one));
    const [possible, ...others] = new Set(completions(outstanding).map((more) => rule([...heard, ...more])));
    if (possible !== undefined && others.length === 0) return possible;
  }
  const isEarly = isBrokenOff && record.value.closedAt < closesAtOf(round);
  return isEarly ? 'inconclusive' : rule(ballots);
}

function isCounted(votes: readonly Pick<CastVote, 'region'>[], region: string): boolean {
  return votes.some((vote) => vote.region === region);
}

type Ballot = Pick<Vote, 'region' | 'outcome'>;

/** Every way in which the outstanding regions may still vote, or not. */
function completions([region, ...others]: readonly string[]): Ballot[][] {
  if (region === undefined) return [[]];
  const rest = completions(others);
  return [
    ...rest,
    ...(['up', 'down'] as const).flatMap((outcome) => rest.map((votes) => [{ region, outcome }, ...votes])),
  ];
}

/** The quorum in the words of the design: a strict majority, never below two where two are registered. */
export function quorumOf({ quorum, electorate }: Decision, voterCount: number, registeredCount: number): number {
  const base = electorate === 'registered' ? registeredCount : voterCount;
  if (quorum === 'majority') return Math.max(Math.floor(base / 2) + 1, Math.min(2, registeredCount));
  if (quorum === 'all') return Math.max(1, base);
  return quorum === 'any' ? 1 : quorum;
}

function outcomeOf(votes: readonly Ballot[], quorum: number): Verdict {
  const countOf = (wanted: Vote['outcome']) => votes.filter(({ outcome }) => outcome === wanted).length;
  if (countOf('down') >= quorum) return 'down';
  return countOf('up') >= quorum ? 'up' : 'inconclusive';
}

/** Absent is who missed the two rounds before. */
function checkAbsence({ history, violate }: Evidence): void {
  const counting = history.closed.filter(({ value }) => value.kind !== 'manual');
  for (const inRow of Map.groupBy(counting, ({ value }) => value.monitorId).values()) {
    for (const [index, { value }] of inRow.entries()) {
      const invented = value.absentRegions.filter((region) => !isAbsentAfter(inRow.slice(0, index), region));
      if (invented.length > 0) violate(`round ${short(roundKey(value))} calls ${invented.join()} absent, which voted`);
    }
  }
}
