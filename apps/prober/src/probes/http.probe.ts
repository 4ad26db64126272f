/** The HTTP probe: visits a URL and judges the answer. */
import type { Evidence, HttpProbe } from '@quorate/contracts';
import { Attempt, type Doubt } from '../attempt/attempt.ts';
import { evidenceOf } from '../attempt/evidence.ts';
import { Failure } from '../attempt/failure.ts';
import { secretsOfHeaders } from '../attempt/redaction.ts';
import { credentialsOf } from '../auth/credentials-of.ts';
import { CutOff } from '../exchange/cut-off.ts';
import { decode, type Content } from '../exchange/decode.ts';
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
  readonly doubt: Doubt | null;
}

interface Read {
  readonly failure: Failure | null;
  readonly text: string;
}

type Judgement = Failure | null;

/** A promise only where there is something to wait for: most answers are plain, and soon judged. */
function read(attempt: Attempt, http: HttpProbe, landing: Landing): Promise<Read> | Read {
  const content = decode(attempt, landing.answer);
  if (content instanceof Promise) return content.then((decoded) => judgeContent(attempt, http, { landing, decoded }));
  return judgeContent(attempt, http, { landing, decoded: content });
}

function judgeContent(
  attempt: Attempt,
  http: HttpProbe,
  { landing, decoded }: { landing: Landing; decoded: Content | Failure },
): Promise<Read> | Read {
  attempt.finish();
  if (decoded instanceof Failure) return { failure: decoded, text: '' };
  const { answer, refusal } = landing;
  const text = bodyText(decoded.bytes, headerOf(answer, 'content-type'));
  const { statusCode, headers } = answer;
  const { truncated } = decoded;
  // How long a token took says nothing of the target's speed.
  const totalMs = attempt.totalMs - attempt.authMs;
  const judged = judge(http.expect, { statusCode, headers, text, truncated, totalMs, refusal });
  if (judged instanceof Promise) return judged.then((failure: Judgement) => ({ failure, text }));
  return { failure: judged, text };
}

/** With what a target said before it, or the time, broke off. */
async function readCutOff(attempt: Attempt, failure: Failure): Promise<Read> {
  if (!(failure instanceof CutOff)) return { failure, text: '' };
  const content = await decode(attempt, failure.answer);
  const text = content instanceof Failure ? '' : bodyText(content.bytes, headerOf(failure.answer, 'content-type'));
  return { failure, text };
}

/** What the API would not have taken: the target was not asked. */
function unusable(failure: Failure, context: ProbeContext, kept: KeptConnection | null): Evidence {
  kept?.connection.close();
  const attempt = new Attempt(context);
  attempt.finish();
  return evidenceOf(attempt, { failure, answer: '', secrets: [] });
}

async function look(http: HttpProbe, context: ProbeContext, { kept, timeoutMs, doubt }: Look): Promise<Evidence> {
  const { signal, startedAt } = context;
  const lateMs = Math.round(context.timeoutMs - timeoutMs);
  const identities = context.contexts.for(http.tls);
  if (identities instanceof Failure) return unusable(identities, context, kept);
  const credentials = credentialsOf(http.auth, () => ({ http, identities, context }));
  const attempt = new Attempt({ startedAt: startedAt + lateMs, timeoutMs, signal, doubt });
  try {
    const landing = await visit(attempt, { http, credentials, identities, context }, kept);
    const reading = landing instanceof Failure ? readCutOff(attempt, landing) : read(attempt, http, landing);
    const { failure, text } = reading instanceof Promise ? await reading : reading;
    attempt.finish();
    const secrets =
      failure === null
        ? []
        : [...secretsOfHeaders(http.headers), ...credentials.secrets, ...proxySecretsOf(http.proxy)];
    return evidenceOf(attempt, { failure, answer: text, secrets });
  } finally {
    attempt.finish();
  }
}

/** Looks anew where the kept connection does not say `up`, and beside it where it takes long. */
async function lookTwice(http: HttpProbe, context: ProbeContext, kept: KeptConnection): Promise<Evidence> {
  const { timeoutMs } = context;
  const endsAtMs = performance.now() + timeoutMs;
  let begun: Promise<Evidence> | null = null;
  const lookAnew = (): Promise<Evidence> => {
    begun ??= look(http, context, { kept: null, timeoutMs: Math.max(1, endsAtMs - performance.now()), doubt: null });
    return begun;
  };
  const doubted = (attempt: Attempt): void => {
    void lookAnew().then(({ outcome }) => {
      // What the kept one would still say changes nothing.
      if (outcome === 'up') attempt.stop();
    });
  };
  const reused = await look(http, context, { kept, timeoutMs, doubt: { afterMs: timeoutMs * doubtShare, doubted } });
  return reused.outcome === 'up' ? reused : await lookAnew();
}

/** `down` was always seen on a fresh connection: what a kept one says against the target is looked at again. */
export const probeHttp: PerformProbe<HttpProbe> = (http, context) => {
  const kept = http.connection === 'reuse' ? context.kept.take(context.monitorKey, planOf(http).way) : null;
  if (kept !== null) return lookTwice(http, context, kept);
  return look(http, context, { kept: null, timeoutMs: context.timeoutMs, doubt: null });
};
