/**
 * The demo's five acts: each changes the target, shows the rounds that follow, and ends when what it tells has come
 * true.
 */
import type { PagerDutyCall, PagerDutyStandIn, Target } from '@quorate/testing';
import { setTimeout as delay } from 'node:timers/promises';
import type { Round, RoundWatch, Vote } from './round-watch.ts';
import { confirmations, intervalSeconds, recoveries, regions } from './stage.ts';
import type { Terminal, Word } from './terminal.ts';

const pollMs = 100;
const actMsMax = 30_000;

export interface Scene {
  readonly terminal: Terminal;
  readonly target: Target;
  readonly pagerDuty: PagerDutyStandIn;
  readonly rounds: RoundWatch;
}

export interface Ending {
  readonly pageCount: number;
  readonly resolveCount: number;
  readonly secondsToPage: number;
  /** From the check to the call to PagerDuty. */
  readonly traceId: string;
}

/** How a round is commented on, given how many rounds of this act had its verdict. */
type Remark = (round: Round, sameVerdictCount: number) => string;

interface Act {
  readonly remark: Remark;
  /** Whether the act has reached its end; asked after each look at the rounds. */
  readonly isOver: (shown: readonly Round[]) => boolean | Promise<boolean>;
  /** Completes "Waited in vain for …". */
  readonly what: string;
}

const moodOfOutcome = { up: 'good', down: 'bad', abstain: 'doubtful' } as const;
const moodOfVerdict = { up: 'good', down: 'bad', inconclusive: 'doubtful' } as const;

function voteWord(region: string, vote: Vote | undefined): Word {
  if (vote === undefined) return { text: `${region} no vote`, mood: 'doubtful' };
  const detail = vote.statusCode ?? vote.reason ?? '';
  return { text: `${region} ${vote.outcome} ${detail}`, mood: moodOfOutcome[vote.outcome] };
}

function showRound({ terminal }: Scene, round: Round, remark: string): void {
  const { kind, verdict, votes } = round;
  terminal.round({
    at: Date.parse(round.closedAt),
    kind,
    votes: regions.map((region) =>
      voteWord(
        region,
        votes.find((vote) => vote.region === region),
      ),
    ),
    verdict: { text: `→ ${verdict}`, mood: moodOfVerdict[verdict] },
    remark,
  });
}

/** Shows rounds as they close, until the act is over. */
async function play(scene: Scene, { remark, isOver, what }: Act): Promise<void> {
  const shown: Round[] = [];
  const endsAt = Date.now() + actMsMax;
  while (Date.now() < endsAt) {
    for (const round of await scene.rounds.news()) {
      shown.push(round);
      showRound(scene, round, remark(round, shown.filter(({ verdict }) => verdict === round.verdict).length));
    }
    if (await isOver(shown)) return;
    await delay(pollMs);
  }
  throw new Error(`Waited ${actMsMax / 1_000} s in vain for ${what}.`);
}

function callsOf({ pagerDuty }: Scene, action: PagerDutyCall['event']['event_action']): readonly PagerDutyCall[] {
  return pagerDuty.calls.filter(({ event }) => event.event_action === action);
}

const verdictsIn = (shown: readonly Round[], verdict: Round['verdict']): number =>
  shown.filter((round) => round.verdict === verdict).length;

const downVotesIn = ({ votes }: Round): number => votes.filter(({ outcome }) => outcome === 'down').length;

function voterRemark(round: Round): string {
  const downCount = downVotesIn(round);
  return downCount === 0 ? 'all agree' : `${downCount} of ${round.expectedRegions.length} is no majority`;
}

async function healthy(scene: Scene): Promise<void> {
  scene.terminal.act('1. All is well', 'One line a round: what each region saw, and the verdict of the majority.');
  await play(scene, {
    remark: voterRemark,
    isOver: (shown) => verdictsIn(shown, 'up') >= 2,
    what: 'two rounds that say up',
  });
}

async function degraded(scene: Scene): Promise<void> {
  const { terminal, target, rounds } = scene;
  terminal.act(
    '2. The target fails, but for ap only',
    'One region may have a bad link of its own: no reason to wake you.',
  );
  terminal.say(Date.now(), 'the target begins to answer 503 to ap', 'yellow');
  target.failFor(['ap']);
  await play(scene, {
    remark: voterRemark,
    isOver: async () => (await rounds.status()) === 'degraded',
    what: 'the status degraded',
  });
  if (callsOf(scene, 'trigger').length > 0)
    throw new Error('PagerDuty was called although one region only saw it down.');
  terminal.say(Date.now(), 'status degraded: visible, with the region named. PagerDuty has heard nothing.', 'yellow');
}

function downRemark(round: Round, sameVerdictCount: number): string {
  if (round.verdict !== 'down') return voterRemark(round);
  if (sameVerdictCount === confirmations) return `${confirmations} of ${confirmations}: the incident opens`;
  return `${sameVerdictCount} of ${confirmations}${sameVerdictCount === 1 ? ': look again in 1 s' : ''}`;
}

interface PagedVote {
  readonly region: string;
  readonly outcome: string;
  readonly message: string | null;
}

/** Two votes of three decide: the third may still be under way when the page is written. */
function votesIn(details: Readonly<Record<string, unknown>>): [label: string, text: string][] {
  const votes = (details['votes'] ?? []) as readonly PagedVote[];
  return regions.map((region) => {
    const vote = votes.find((each) => each.region === region);
    if (vote === undefined) return [region, 'had not answered when it was decided'];
    return [region, vote.message === null ? vote.outcome : `${vote.outcome}: ${vote.message}`];
  });
}

function detailsOf({ event }: PagerDutyCall): Readonly<Record<string, unknown>> {
  return event.payload?.custom_details ?? {};
}

function traceIdOf(page: PagerDutyCall): string {
  const traceId = detailsOf(page)['trace_id'];
  if (typeof traceId !== 'string') throw new Error('The page names no trace.');
  return traceId;
}

function showPage(terminal: Terminal, page: PagerDutyCall): void {
  const { at, event } = page;
  terminal.letter(at, { text: 'PagerDuty receives a page', mood: 'bad' }, [
    ['summary', event.payload?.summary ?? ''],
    ['severity', event.payload?.severity ?? ''],
    ['dedup_key', event.dedup_key],
    ...votesIn(detailsOf(page)),
    ['trace', traceIdOf(page)],
  ]);
}

/** Answers the page and the seconds that the outage lasted before it. */
async function outage(scene: Scene): Promise<{ page: PagerDutyCall; secondsToPage: number }> {
  const { terminal, target } = scene;
  terminal.act(
    '3. It fails for us and ap: two of three',
    `A majority. ${confirmations} down verdicts in a row open an incident; after the first it looks each second.`,
  );
  const outageAt = Date.now();
  terminal.say(outageAt, 'the target begins to answer 503 to us too', 'red');
  target.failFor(['us', 'ap']);
  await play(scene, {
    remark: downRemark,
    isOver: (shown) => verdictsIn(shown, 'down') >= confirmations && callsOf(scene, 'trigger').length > 0,
    what: `${confirmations} down verdicts and a page`,
  });
  const [page] = callsOf(scene, 'trigger');
  if (page === undefined) throw new Error('The page is gone.');
  showPage(terminal, page);
  return { page, secondsToPage: (page.at - outageAt) / 1_000 };
}

async function stillDown(scene: Scene): Promise<void> {
  const { terminal } = scene;
  terminal.act('4. It stays down', 'The incident is open: nobody is paged twice for it.');
  await play(scene, {
    remark: () => 'nothing new',
    isOver: (shown) => verdictsIn(shown, 'down') >= 1,
    what: 'one more down verdict',
  });
}

async function recovery(scene: Scene, page: PagerDutyCall): Promise<void> {
  const { terminal, target } = scene;
  terminal.act(
    '5. The target is repaired',
    `${recoveries} up verdicts in a row end the incident: one good answer is not enough.`,
  );
  terminal.say(Date.now(), 'the target answers 200 to everyone', 'green');
  target.heal();
  await play(scene, {
    remark: (round, count) => (round.verdict === 'up' ? `${count} of ${recoveries}` : ''),
    isOver: (shown) => verdictsIn(shown, 'up') >= recoveries && callsOf(scene, 'resolve').length > 0,
    what: `${recoveries} up verdicts and the resolve`,
  });
  const [resolve] = callsOf(scene, 'resolve');
  if (resolve?.event.dedup_key !== page.event.dedup_key) throw new Error('The resolve has another key than the page.');
  terminal.letter(resolve.at, { text: 'PagerDuty receives the resolve', mood: 'good' }, [
    ['dedup_key', `${resolve.event.dedup_key}, the same`],
  ]);
}

/** @throws Error saying what did not happen. */
export async function tell(scene: Scene): Promise<Ending> {
  scene.terminal.say(Date.now(), `monitor Shop: every ${intervalSeconds} s from ${regions.join(', ')}`);
  await healthy(scene);
  await degraded(scene);
  const { page, secondsToPage } = await outage(scene);
  await stillDown(scene);
  await recovery(scene, page);
  const pageCount = callsOf(scene, 'trigger').length;
  const resolveCount = callsOf(scene, 'resolve').length;
  if (pageCount !== 1 || resolveCount !== 1) {
    throw new Error(`PagerDuty heard ${pageCount} pages and ${resolveCount} resolves; one of each was due.`);
  }
  return { pageCount, resolveCount, secondsToPage, traceId: traceIdOf(page) };
}
