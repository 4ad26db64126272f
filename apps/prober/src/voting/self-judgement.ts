/**
 * A prober judges itself before it speaks against a target: a failure that its own link, its own name servers or a
 * standstill of its own process can explain becomes an abstention.
 */
import { canaryOf, type Evidence, type Probe } from '@quorate/contracts';
import { AddressGuard, allowEverything } from '@quorate/outbound';
import type { Logger } from '@quorate/telemetry';
import { dialsLiteral } from '../probes/probe.ts';
import type { ProbeSurroundings } from '../probes/surroundings.ts';
import { canaryQuestions, type CanaryQuestion } from './canary-round.ts';
import { CanarySilence } from './canary-silence.ts';
import { canaryTimingsDefault, CanaryWatch, type CanaryTimings } from './canary-watch.ts';
import { SelfReport } from './self-report.ts';
import type { LostTimeMark } from './lost-time.ts';
import { StallWatch } from './stall-watch.ts';
import { withdraw } from './withdraw.ts';

export interface SelfJudgementSettings {
  readonly region: string;
  /** As `QUORATE_CANARIES` names them; `none` is none. Those that are usual where it names none. */
  readonly canaries: readonly string[] | undefined;
  readonly surroundings: ProbeSurroundings;
  readonly logger: Logger;
  readonly timings?: CanaryTimings;
}

export interface Judged {
  readonly monitorId: string;
  readonly probe: Probe;
  /** What `begin` returned. */
  readonly since: LostTimeMark;
  /** How long the vote can wait for a word of the canaries. */
  readonly waitMs: number;
}

/** Connections only: three networks by address, for either family, and two names that devices ask for anyway. */
const canariesDefault: readonly string[] = [
  '1.0.0.1:443',
  '8.8.8.8:443',
  '9.9.9.9:443',
  '[2606:4700:4700::1111]:443',
  '[2001:4860:4860::8888]:443',
  'captive.apple.com:443',
  'connectivitycheck.gstatic.com:443',
];

const faults: Readonly<Record<CanaryQuestion, string>> = {
  link: 'the prober is cut off (none of its canaries answers',
  names: "the prober's name servers fail it (none of its canaries' names is found",
};

/** Whether a probe failed at what the prober's own name servers do for it. */
function isOfNames({ reason, address }: Evidence, probe: Probe): boolean {
  if (dialsLiteral(probe) || reason === null) return false;
  if (reason === 'prober.isolated' || reason === 'proxy.unreachable') return address === null;
  return reason === 'timeout.dns' || (reason.startsWith('dns.') && reason !== 'dns.mismatch');
}

/** What is down without anything having been dialled is so with any link. */
function isOfNoLink({ reason }: Evidence): boolean {
  return reason === 'blocked.address' || reason === 'drill';
}

export class SelfJudgement {
  readonly #report: SelfReport;
  readonly #stallWatch: StallWatch;
  readonly #watch: CanaryWatch;
  readonly #silences = { link: new CanarySilence(), names: new CanarySilence() } as const;

  constructor(settings: SelfJudgementSettings) {
    const { region, canaries = canariesDefault, surroundings, logger, timings = canaryTimingsDefault } = settings;
    this.#report = new SelfReport(region, canaries, logger);
    this.#stallWatch = new StallWatch((ms) => this.#report.stalled(ms));
    // Canaries are the operator's own choice, and nothing that they answer is shown: no address is guarded.
    const outbound = { ...surroundings.outbound, guard: new AddressGuard(allowEverything) };
    this.#watch = new CanaryWatch({
      canaries: canaries.flatMap((text) => canaryOf(text) ?? []),
      surroundings: { ...surroundings, outbound },
      timings,
      stallWatch: this.#stallWatch,
      isNeeded: () => this.isIsolated,
      tell: (question, isAnswered) => this.#heard(question, isAnswered),
    });
  }

  /** Whether this prober holds itself cut off. */
  get isIsolated(): boolean {
    return this.#faultAmong(canaryQuestions) !== null;
  }

  /** A check begins. */
  begin(): LostTimeMark {
    this.#watch.wake();
    return this.#stallWatch.mark();
  }

  /** What this prober may say of what it saw. */
  async judge(seen: Evidence, judged: Judged): Promise<Evidence> {
    const evidence = this.#stallWatch.judge(seen, judged.since);
    const isDoubtful = evidence.outcome === 'down' || evidence.reason === 'prober.isolated';
    if (evidence.outcome === 'up') this.#looked(evidence, judged);
    if (!isDoubtful || isOfNoLink(evidence)) return evidence;
    const questions = canaryQuestions.filter((question) => question === 'link' || isOfNames(evidence, judged.probe));
    const known = questions.filter((question) => this.#silences[question].hasSay);
    await Promise.all(known.map((question) => this.#watch.freshen(question, judged.waitMs)));
    this.#looked(evidence, judged);
    const fault = this.#faultAmong(questions);
    return fault === null || evidence.outcome === 'abstain' ? evidence : withdraw(evidence, 'prober.isolated', fault);
  }

  close(): void {
    this.#watch.close();
    this.#stallWatch.close();
    this.#report.close();
  }

  #looked(evidence: Evidence, { monitorId, probe }: Judged): void {
    const isUp = evidence.outcome === 'up';
    // What was found without dialling says nothing of a link, and a literal says nothing of names.
    if (isUp && evidence.address === null) return;
    const at = performance.now();
    this.#silences.link.looked(monitorId, { isFailing: !isUp, at });
    const isFailing = isOfNames(evidence, probe);
    if (!dialsLiteral(probe)) this.#silences.names.looked(monitorId, { isFailing, at });
    this.#report.isolated(this.#faultAmong(canaryQuestions));
  }

  #heard(question: CanaryQuestion, isAnswered: boolean): void {
    const silence = this.#silences[question];
    const hadSay = silence.hasSay;
    if (isAnswered) silence.answered();
    else silence.unanswered(performance.now());
    this.#report.answered(question, isAnswered);
    const why = hadSay ? 'has answered for long while most monitors were up' : 'has answered since the start';
    if (question === 'link') this.#report.judges(silence.hasSay, why);
    this.#report.isolated(this.#faultAmong(canaryQuestions));
  }

  /** The first of these faults that is there, in words. */
  #faultAmong(questions: readonly CanaryQuestion[]): string | null {
    const question = questions.find((one) => this.#silences[one].isOwnFault);
    if (question === undefined) return null;
    const { failing, monitors } = this.#silences[question].counts;
    return `${faults[question]}, and ${failing} of the ${monitors} monitors that it looked at since fail)`;
  }
}
