/**
 * A region that contradicts the others about most monitors decides nothing until it tells the truth again; then it is
 * heard. Nobody else loses its vote while most tell the truth, and those who keep theirs are more than half and never
 * fewer than two.
 */
import { roundKey, type Check, type Instant, type MonitorRecord, type RoundClosed } from '@quorate/contracts';
import type { MonitorScript, Span } from '../world/scenario.ts';
import type { Lie } from '../world/truth.ts';
import { short, type Evidence } from './finding.ts';
import { quorumOf } from './rounds.ts';
import { gapsOf, joined } from './spans.ts';

const graceMs = 2_000;
/** From a record's writing to the step that takes it in, for a task that is busy. */
const stepMs = 300;
/** So often in a row a region contradicts the others about a monitor before that counts. */
const roundsInARow = 2;
/** On fewer monitors nobody is compared. */
const sampleMin = 8;

export interface QuarantineCounts {
  lies: number;
  /** Lies that had to cost a region its vote, and did. */
  silenced: number;
  /** Lies after which a region had to be heard again, and was. */
  heardAgain: number;
  /** Rounds that were judged without a vote that was distrusted. */
  rounds: number;
}

export function checkQuarantine(evidence: Evidence): QuarantineCounts {
  const { history, truth } = evidence;
  const rounds = history.closed.filter(({ value }) => value.quarantinedRegions.length > 0);
  const falsehoods = falsehoodsOf(evidence);
  for (const { value } of rounds) {
    checkMinority(evidence, value);
    for (const region of value.quarantinedRegions) checkReason(evidence, value, { region, falsehoods });
  }
  return {
    lies: truth.lies.length,
    silenced: truth.lies.filter((lie) => isSilenced(evidence, lie)).length,
    heardAgain: truth.lies.filter((lie) => heardBy(evidence, lie) !== null).length,
    rounds: rounds.length,
  };
}

type Falsehood = Span & { readonly region: string };

/**
 * When a region contradicted the others: who lies, and who is blind and does not know it. While these are more than
 * half, nobody can say so, and it is those who tell the truth that contradict.
 */
function falsehoodsOf({ truth, scenario }: Evidence): readonly Falsehood[] {
  const own: readonly Falsehood[] = [...truth.lies, ...truth.blindnesses.filter(({ knows }) => !knows)];
  const isFalseAt = (region: string, at: Instant): boolean =>
    own.some((one) => one.region === region && one.from <= at && at < one.to);
  const instants = own.flatMap(({ from, to }) => [from, to]).sort((left, right) => left - right);
  const outvoted = instants.flatMap((from, index): Falsehood[] => {
    const falseCount = scenario.regions.filter((region) => isFalseAt(region, from)).length;
    const to = instants[index + 1] ?? from;
    return falseCount * 2 > scenario.regions.length ? scenario.regions.map((region) => ({ region, from, to })) : [];
  });
  return [...own, ...outvoted].sort((left, right) => left.from - right.from);
}

function checkMinority({ violate }: Evidence, round: RoundClosed): void {
  const { expectedRegions, quarantinedRegions } = round;
  const heardCount = expectedRegions.length - quarantinedRegions.length;
  if (heardCount <= quarantinedRegions.length || heardCount < 2)
    violate(`round ${short(roundKey(round))} is judged without ${quarantinedRegions.join(', ')}: too few are left`);
}

interface Distrusted {
  readonly region: string;
  readonly falsehoods: readonly Falsehood[];
}

function checkReason(evidence: Evidence, round: RoundClosed, { region, falsehoods }: Distrusted): void {
  const name = `round ${short(roundKey(round))}`;
  const last = falsehoods.findLast((one) => one.region === region && one.from <= round.decidedAt);
  if (last === undefined) return evidence.violate(`${name} is judged without ${region}, which told the truth`);
  const until = last.to > round.decidedAt ? null : heardBy(evidence, last);
  if (until !== null && round.decidedAt > until)
    evidence.violate(`${name} is judged without ${region}, which has told the truth since ${last.to}`);
}

/** How long so many rounds in a row take on every monitor, and the steps that judge them. */
function roundsMsOf({ scenario }: Evidence, count: number): number {
  const links = 3 * (scenario.idleGatherMs + stepMs);
  const ofMonitors = scenario.monitors.map(({ record: { intervalSeconds, timeoutSeconds } }) => {
    return (count * intervalSeconds + timeoutSeconds) * 1_000 + graceMs + links;
  });
  return Math.max(...ofMonitors);
}

/** When nobody could say who is right, or nobody was there to judge; the lie itself is none of these. */
function disturbedSpans({ ledger }: Evidence): readonly Span[] {
  return joined(ledger.disturbances.filter(({ whom, why }) => whom !== 'dispatcher' && why !== 'region lies'));
}

/** The end of the first stretch in which nothing disturbs that many rounds; null where there is none. */
function afterRounds(evidence: Evidence, span: Span, count: number): Instant | null {
  const lengthMs = roundsMsOf(evidence, count);
  const stretch = gapsOf(span, disturbedSpans(evidence)).find(({ from, to }) => to - from >= lengthMs);
  return stretch === undefined ? null : stretch.from + lengthMs;
}

/** By when a region must have its vote back. */
function heardBy(evidence: Evidence, { region, to }: Falsehood): Instant | null {
  const next = falsehoodsOf(evidence).find((one) => one.region === region && one.to > to);
  const endedAt = evidence.ledger.written.at(-1)?.record.appendedAt ?? 0;
  return afterRounds(evidence, { from: to, to: next?.from ?? endedAt }, 1);
}

/** Whether the lie had to cost the region its vote; it is a violation where it did not. */
function isSilenced(evidence: Evidence, lie: Lie): boolean {
  const { history, scenario, violate } = evidence;
  const watched = scenario.monitors.filter(({ record }) => isWatchedUntil(evidence, record, lie.to));
  const atOdds = watched.filter((monitor) => lie.monitorIds.includes(monitor.record.id) && !isDivided(monitor, lie));
  if (watched.length < sampleMin || atOdds.length * 2 <= scenario.monitors.length) return false;
  const from = afterRounds(evidence, lie, roundsInARow);
  if (from === null) return false;
  const checks = history.rounds();
  const trusting = history.closed.find(({ value, appendedAt }) => {
    const check = checks.get(roundKey(value))?.value;
    const isWithin = value.dueAt >= from && appendedAt < lie.to;
    // Who deletes a monitor ends its rounds without judging them.
    const isJudged = watched.some(({ record }) => record.id === value.monitorId);
    return isWithin && isJudged && check !== undefined && trustsInVain(value, check, lie.region);
  });
  if (trusting !== undefined)
    violate(`round ${short(roundKey(trusting.value))} counts ${lie.region}, which has lied since ${lie.from}`);
  return true;
}

/** Whether others see an outage differently meanwhile: who says the opposite of what it sees may agree with most. */
function isDivided({ outages }: MonitorScript, { from, to }: Span): boolean {
  return outages.some((outage) => outage.regions !== null && outage.from < to && from < outage.to);
}

/** Whether until then nobody deleted or paused it, or gave it another target. */
function isWatchedUntil({ history }: Evidence, { id }: MonitorRecord, until: Instant): boolean {
  const [, ...changes] = history.lifeOf(id).filter(({ appendedAt }) => appendedAt < until);
  return changes.every(({ value }) => value !== null && !value.paused && !value.checkAtOnce);
}

/** Whether the round counts the region though there are others enough. */
function trustsInVain(round: RoundClosed, { decision, registeredRegions }: Check, region: string): boolean {
  const { expectedRegions, quarantinedRegions, absentRegions } = round;
  if (!expectedRegions.includes(region) || quarantinedRegions.length > 0 || absentRegions.length > 0) return false;
  const isStatic = decision.electorate === 'registered';
  const needed = isStatic || decision.quorum !== 'all' ? quorumOf(decision, 0, registeredRegions.length) : 1;
  return expectedRegions.length >= 3 && expectedRegions.length > needed;
}
