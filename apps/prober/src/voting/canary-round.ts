/** Tries all canaries at once, and says what their answers mean. */
import type { Evidence, Probe } from '@quorate/contracts';
import { dialsLiteral, performProbe } from '../probes/probe.ts';
import type { RoundContext } from '../probes/probe-context.ts';
import type { ProbeSurroundings } from '../probes/surroundings.ts';
import type { StallWatch } from './stall-watch.ts';

/** What canaries tell: whether there is a link to anywhere, and whether names are found. */
export const canaryQuestions = ['link', 'names'] as const;
export type CanaryQuestion = (typeof canaryQuestions)[number];

/** Null where it could not be found out, by a fault of this process. */
type Answer = boolean | null;

export type CanaryAnswers = Readonly<Record<CanaryQuestion, Promise<Answer>>>;

export interface CanaryRoundSettings {
  readonly canaries: readonly Probe[];
  readonly stallWatch: StallWatch;
  /** Without a guard of addresses: canaries are the operator's own choice. */
  readonly surroundings: ProbeSurroundings;
  readonly timeoutMs: number;
}

function answerOf(question: CanaryQuestion, evidence: Evidence | null): Answer {
  if (evidence === null) return null;
  const { outcome, reason, address } = evidence;
  if (question === 'names' ? address !== null : outcome === 'up') return true;
  return outcome === 'down' || reason === 'prober.isolated' ? false : null;
}

/** True with the first that is; else what all of them together say. */
async function first(answers: readonly Promise<Answer>[]): Promise<Answer> {
  return await new Promise((resolve) => {
    for (const answer of answers) void answer.then((value) => value === true && resolve(true));
    void Promise.all(answers).then((all) => resolve(all.length === 0 || all.includes(null) ? null : false));
  });
}

async function tryCanary(probe: Probe, context: RoundContext, stallWatch: StallWatch): Promise<Evidence | null> {
  const since = stallWatch.mark();
  try {
    return stallWatch.judge(await performProbe(probe, context), since);
  } catch {
    // By a fault of our own, which is no word of the canary's. The probes of targets meet it too, and tell of it.
    return null;
  }
}

/** Each question is answered as soon as one canary says yes; what is then still under way is given up. */
export function askCanaries(settings: CanaryRoundSettings): CanaryAnswers {
  const { canaries, surroundings, stallWatch, timeoutMs } = settings;
  const enough = new AbortController();
  const signal = AbortSignal.any([surroundings.signal, enough.signal]);
  const context = { ...surroundings, signal, timeoutMs, startedAt: 0, dueAt: 0, monitorKey: '' };
  const asked = canaries.map((probe) => ({ probe, evidence: tryCanary(probe, context, stallWatch) }));
  const withNames = asked.filter(({ probe }) => !dialsLiteral(probe));
  const link = first(asked.map(async ({ evidence }) => answerOf('link', await evidence)));
  const names = first(withNames.map(async ({ evidence }) => answerOf('names', await evidence)));
  void Promise.all([link, names]).then(() => enough.abort());
  return { link, names };
}
