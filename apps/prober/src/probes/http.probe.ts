/** The HTTP probe: visits a URL and judges the answer. */
import type { Evidence, HttpProbe } from '@quorate/contracts';
import { Attempt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { secretsOfHeaders } from '../attempt/redaction.ts';
import { credentialsOf } from '../auth/credentials-of.ts';
import { CutOff } from '../exchange/cut-off.ts';
import { decode } from '../exchange/decode.ts';
import type { KeptConnection } from '../exchange/kept-connections.ts';
import { planOf } from '../exchange/http-plan.ts';
import { proxySecretsOf } from '../exchange/proxy.ts';
import { headerOf } from '../exchange/redirects.ts';
import { visit, type Landing } from '../exchange/visit.ts';
import { bodyText } from '../judgement/body-text.ts';
import { judge } from '../judgement/costly-judgement.ts';
import type { PerformProbe, ProbeContext } from './probe-context.ts';

/** A kept connection that has not answered by this share of the time is doubted: a fresh one is tried beside it. */
const doubtShare = 0.5;

interface Look {
  readonly kept: KeptConnection | null;
  readonly timeoutMs: number;
}

interface Read {
  readonly failure: Failure | null;
  readonly text: string;
}

async function read(attempt: Attempt, http: HttpProbe, { answer, refusal }: Landing): Promise<Read> {
  const decoded = decode(attempt, answer);
  const content = decoded instanceof Promise ? await decoded : decoded;
  attempt.finish();
  if (content instanceof Failure) return { failure: content, text: '' };
  const text = bodyText(content.bytes, headerOf(answer, 'content-type'));
  const { statusCode, headers } = answer;
  // How long a token took says nothing of the target's speed.
  const { totalMs, authMs = 0 } = attempt.phases;
  const { truncated } = content;
  const asked = { statusCode, headers, text, truncated, totalMs: totalMs - authMs, refusal };
  const judged = judge(http.expect, asked);
  return { failure: judged instanceof Promise ? await judged : judged, text };
}

/** What a target said before it, or the time, broke off. */
async function textOf(attempt: Attempt, failure: Failure): Promise<string> {
  if (!(failure instanceof CutOff)) return '';
  const content = await decode(attempt, failure.answer);
  return content instanceof Failure ? '' : bodyText(content.bytes, headerOf(failure.answer, 'content-type'));
}

/** What the API would not have taken: the target was not asked. */
function unusable(failure: Failure, context: ProbeContext, kept: KeptConnection | null): Evidence {
  kept?.connection.close();
  const attempt = new Attempt(context);
  attempt.finish();
  return evidenceOf(attempt, { failure, answer: '', secrets: [] });
}

async function look(http: HttpProbe, context: ProbeContext, { kept, timeoutMs }: Look): Promise<Evidence> {
  const { signal, startedAt } = context;
  const lateMs = Math.round(context.timeoutMs - timeoutMs);
  const identities = context.contexts.for(http.tls);
  if (identities instanceof Failure) return unusable(identities, context, kept);
  const credentials = credentialsOf(http.auth, () => ({ http, identities, context }));
  const attempt = new Attempt({ startedAt: startedAt + lateMs, timeoutMs, signal });
  try {
    const landing = await visit(attempt, { http, credentials, identities, context }, kept);
    const result =
      landing instanceof Failure
        ? { failure: landing, text: await textOf(attempt, landing) }
        : await read(attempt, http, landing);
    attempt.finish();
    const secrets =
      result.failure === null
        ? []
        : [...secretsOfHeaders(http.headers), ...credentials.secrets, ...proxySecretsOf(http.proxy)];
    return evidenceOf(attempt, { failure: result.failure, answer: result.text, secrets });
  } finally {
    attempt.finish();
  }
}

async function lookTwice(http: HttpProbe, context: ProbeContext, kept: KeptConnection): Promise<Evidence> {
  const endsAtMs = performance.now() + context.timeoutMs;
  const reused = look(http, context, { kept, timeoutMs: context.timeoutMs });
  const early = await within(reused, context.timeoutMs * doubtShare);
  if (early?.outcome === 'up') return early;
  const fresh = look(http, context, { kept: null, timeoutMs: Math.max(1, endsAtMs - performance.now()) });
  const evidence = await Promise.race([fresh, reused.then((seen) => (seen.outcome === 'up' ? seen : fresh))]);
  if (evidence.outcome === 'up') return evidence;
  const late = await reused;
  return late.outcome === 'up' ? late : evidence;
}

/** What `looking` sees within `ms`, or null. Leaves no timer behind: there may be thousands of looks a second. */
async function within(looking: Promise<Evidence>, ms: number): Promise<Evidence | null> {
  return await new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, null);
    void looking.then((evidence) => {
      clearTimeout(timer);
      resolve(evidence);
    });
  });
}

/** `down` was always seen on a fresh connection: what a kept one says against the target is looked at again. */
export const probeHttp: PerformProbe<HttpProbe> = (http, context) => {
  const kept = http.connection === 'reuse' ? context.kept.take(context.monitorKey, planOf(http).way) : null;
  if (kept !== null) return lookTwice(http, context, kept);
  return look(http, context, { kept: null, timeoutMs: context.timeoutMs });
};
