/** A visit to a URL: connection, request and answer, and the same again wherever redirects lead. */
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Credentials } from '../auth/credentials.ts';
import { identityRefusal, withIdentity } from './client-identity.ts';
import { CookieJar } from './cookies.ts';
import { CutOff } from './cut-off.ts';
import { exchangeInHttp2 } from './http2-exchange.ts';
import { exchange } from './http-exchange.ts';
import { planOf, type HttpPlan } from './http-plan.ts';
import { requestFor, type Hop, type HttpRequest } from './http-request.ts';
import { KeptConnection, type KeptConnections } from './kept-connections.ts';
import { openLine, type Line, type LineSettings } from './line.ts';
import type { RouteSettings } from './proxy-route.ts';
import { nextHop } from './redirects.ts';
import type { Answer } from './response-reader.ts';
import type { TlsIdentities } from './secure-contexts.ts';

interface VisitContext extends RouteSettings {
  readonly kept: KeptConnections;
  readonly monitorKey: string;
}

export interface VisitSettings extends LineSettings {
  readonly identities: TlsIdentities;
  readonly credentials: Credentials;
  readonly context: VisitContext;
}

/** Where a visit ended. */
export interface Landing {
  readonly answer: Answer;
  /** Why the target does not believe who asks, in words; null unless it says so. */
  readonly refusal: string | null;
}

/** A kept connection is taken as it is, and what was seen when it was opened still holds. */
function reuse(attempt: Attempt, kept: KeptConnection): Line {
  attempt.connection = 'reused';
  attempt.address = kept.address;
  attempt.certificate = kept.certificate;
  return kept;
}

interface Exchanged {
  readonly line: Line;
  readonly answer: Answer;
}

/** Whether a connection was gone before it could serve a second request, which says nothing of the target. */
function isGone(exchanged: Exchanged | Failure): boolean {
  return exchanged instanceof Failure && (exchanged.reason === 'connect.reset' || exchanged.reason === 'http.empty');
}

function send(attempt: Attempt, line: Line, request: HttpRequest): Promise<Answer | Failure> {
  if (line.httpVersion === '2') return exchangeInHttp2(attempt, line.connection, request);
  return exchange(attempt, { line, request });
}

const isPlain = (url: URL): boolean => url.protocol === 'http:';

class Visit {
  readonly #attempt: Attempt;
  readonly #settings: VisitSettings;
  readonly #cookies: CookieJar;
  readonly #plan: HttpPlan;
  /** What the last answer's status may have to do with a client certificate. */
  #identityRefusal: string | null = null;

  constructor(attempt: Attempt, settings: VisitSettings) {
    this.#attempt = attempt;
    this.#settings = settings;
    this.#cookies = new CookieJar(attempt.startedAt);
    this.#plan = planOf(settings.http);
  }

  async run(kept: KeptConnection | null): Promise<Landing | Failure> {
    const { followRedirects, maxRedirects } = this.#settings.http;
    let { hop } = this.#plan;
    for (;;) {
      const answer = await this.#ask(hop, this.#attempt.redirects === 0 ? kept : null);
      if (answer instanceof Failure) return answer;
      const next = followRedirects ? this.#next(hop, answer) : null;
      if (next === null) return { answer, refusal: this.#refusalOf(hop, answer) };
      if (next instanceof Failure) return next;
      if (this.#attempt.redirects >= maxRedirects) {
        return new Failure('http.redirect', `redirected more than ${maxRedirects} times`);
      }
      this.#attempt.redirects += 1;
      hop = next;
    }
  }

  #next(hop: Hop, answer: Answer): Hop | Failure | null {
    const next = nextHop(hop, answer, this.#plan.hop.url);
    const isAmiss = this.#settings.http.httpsOnly && next !== null && !(next instanceof Failure) && isPlain(next.url);
    return isAmiss ? new Failure('http.redirect', `redirected to ${next.url.origin}, which is not https`) : next;
  }

  get #mayKeep(): boolean {
    return this.#settings.http.connection === 'reuse' && this.#attempt.redirects === 0;
  }

  /** The answer of one page, asked again where it wants credentials that are at hand. */
  async #ask(hop: Hop, kept: KeptConnection | null): Promise<Answer | Failure> {
    const attempt = this.#attempt;
    const { credentials } = this.#settings;
    let exchanged = await this.#exchange(hop, kept === null ? null : reuse(attempt, kept));
    while (!(exchanged instanceof Failure)) {
      const { line, answer } = exchanged;
      const isToRepeat = hop.mayCarryCredentials && credentials.isToRepeat(hop, answer);
      if (!isToRepeat) {
        if (this.#mayKeep && answer.keepsAlive) this.#keep(line);
        else line.connection.close();
        return answer;
      }
      exchanged = await this.#exchangeAgain(hop, exchanged);
    }
    return exchanged;
  }

  /** For the monitor's next check. */
  #keep(line: Line): void {
    const { kept, monitorKey } = this.#settings.context;
    const { address, certificate } = this.#attempt;
    const isKnown = line instanceof KeptConnection;
    kept.keep(isKnown ? line : new KeptConnection(line, { monitorKey, way: this.#plan.way, address, certificate }));
  }

  /** Over the same connection where it is still there: the next one may lead to a server that knows of no challenge. */
  async #exchangeAgain(hop: Hop, { line, answer }: Exchanged): Promise<Exchanged | Failure> {
    const isUsable = answer.keepsAlive && line.connection.isQuiet;
    if (!isUsable) line.connection.close();
    const exchanged = isUsable ? await this.#exchange(hop, line) : null;
    return exchanged === null || isGone(exchanged) ? await this.#exchange(hop, null) : exchanged;
  }

  /** Closes the connection where it fails. */
  async #exchange(hop: Hop, opened: Line | null): Promise<Exchanged | Failure> {
    const attempt = this.#attempt;
    const { credentials, identities } = this.#settings;
    const given = hop.mayCarryCredentials ? credentials.authorize(attempt, hop) : null;
    const authorization = given instanceof Promise ? await given : given;
    if (authorization instanceof Failure) {
      opened?.connection.close();
      return authorization;
    }
    const request = this.#request(hop, authorization);
    const identity = hop.mayCarryCredentials ? identities.own : identities.elsewhere;
    const line = opened ?? (await openLine(attempt, { url: hop.url, identity }, this.#settings));
    if (line instanceof Failure) return line;
    const answer = await send(attempt, line, request);
    const shown = { identityEndsAt: identity.identityEndsAt, now: attempt.startedAt };
    if (answer instanceof CutOff) attempt.statusCode = answer.answer.statusCode;
    if (answer instanceof Failure) {
      const failure = withIdentity(answer, line.connection.socket, shown);
      line.connection.close();
      return failure;
    }
    attempt.statusCode = answer.statusCode;
    this.#identityRefusal = identityRefusal(answer.statusCode, line.connection.socket, shown);
    this.#cookies.take(hop.url, answer.headers);
    return { line, answer };
  }

  #request(hop: Hop, authorization: string | null): HttpRequest {
    const { http, credentials } = this.#settings;
    const { userAgent } = this.#settings.context;
    const cookie = this.#cookies.headerFor(hop.url);
    const keepAlive = this.#mayKeep || (hop.mayCarryCredentials && credentials.expectChallenge);
    const isFirst = hop === this.#plan.hop && cookie === null;
    if (isFirst) return this.#plan.firstRequest({ authorization, userAgent, keepAlive });
    return requestFor(hop, { headers: http.headers, authorization, userAgent, cookie, keepAlive });
  }

  #refusalOf(hop: Hop, answer: Answer): string | null {
    if (this.#identityRefusal !== null || answer.statusCode !== 401) return this.#identityRefusal;
    if (hop.mayCarryCredentials) return this.#settings.credentials.refusalOf(answer);
    return `the monitor's credentials are not for ${hop.url.host}, where a redirect led`;
  }
}

/** The answer of the last hop. With `kept` the first hop goes over a connection that was there already. */
export function visit(
  attempt: Attempt,
  settings: VisitSettings,
  kept: KeptConnection | null,
): Promise<Landing | Failure> {
  return new Visit(attempt, settings).run(kept);
}
