/** A visit to a URL: connection, request and answer, and the same again wherever redirects lead. */
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Credentials } from '../auth/credentials.ts';
import { explained, identityRefusal } from './client-identity.ts';
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
import type { TlsIdentities, TlsIdentity } from './secure-contexts.ts';

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

/** Whether a connection was gone before it could serve a second request, which says nothing of the target. */
function isGone(heard: Answer | Failure): boolean {
  return heard instanceof Failure && (heard.reason === 'connect.reset' || heard.reason === 'http.empty');
}

function send(attempt: Attempt, line: Line, request: HttpRequest): Promise<Answer | Failure> {
  if (line.httpVersion === '2') return exchangeInHttp2(attempt, line.connection, request);
  return exchange(attempt, { line, request });
}

const isPlain = (url: URL): boolean => url.protocol === 'http:';

class Visit {
  readonly #attempt: Attempt;
  readonly #settings: VisitSettings;
  readonly #plan: HttpPlan;
  /** None before an answer is followed by another request. */
  #cookies: CookieJar | null = null;
  /** Over which was asked last. */
  #line: Line | null = null;
  /** What the last answer's status may have to do with a client certificate. */
  #identityRefusal: string | null = null;

  constructor(attempt: Attempt, settings: VisitSettings) {
    this.#attempt = attempt;
    this.#settings = settings;
    this.#plan = planOf(settings.http);
  }

  async run(kept: KeptConnection | null): Promise<Landing | Failure> {
    let { hop } = this.#plan;
    let opened = kept === null ? null : reuse(this.#attempt, kept);
    for (;;) {
      const heard = this.#heard(hop, await this.#ask(hop, opened));
      const answer = this.#isToRepeat(hop, heard) ? await this.#askAgain(hop, heard) : heard;
      if (answer instanceof Failure) return answer;
      this.#leave(answer);
      const next = this.#next(hop, answer);
      if (next === null) return { answer, refusal: this.#refusalOf(hop, answer) };
      if (next instanceof Failure) return next;
      this.#remember(hop, answer);
      this.#attempt.redirects += 1;
      hop = next;
      opened = null;
    }
  }

  #next(hop: Hop, answer: Answer): Hop | Failure | null {
    const { followRedirects, maxRedirects, httpsOnly } = this.#settings.http;
    const next = followRedirects ? nextHop(hop, answer, this.#plan.hop.url) : null;
    if (next === null || next instanceof Failure) return next;
    if (httpsOnly && isPlain(next.url)) {
      return new Failure('http.redirect', `redirected to ${next.url.origin}, which is not https`);
    }
    return this.#attempt.redirects < maxRedirects
      ? next
      : new Failure('http.redirect', `redirected more than ${maxRedirects} times`);
  }

  get #mayKeep(): boolean {
    return this.#settings.http.connection === 'reuse' && this.#attempt.redirects === 0;
  }

  /** Asks over a line that is there, or over a new one. */
  #ask(hop: Hop, opened: Line | null): Promise<Answer | Failure> {
    const given = hop.mayCarryCredentials ? this.#settings.credentials.authorize(this.#attempt, hop) : null;
    const isReady = opened !== null && !(given instanceof Promise);
    return isReady ? this.#send(hop, opened, given) : this.#prepareAndSend(hop, opened, given);
  }

  async #prepareAndSend(
    hop: Hop,
    opened: Line | null,
    given: ReturnType<Credentials['authorize']>,
  ): Promise<Answer | Failure> {
    this.#line = null;
    const authorization = await given;
    if (authorization instanceof Failure) {
      opened?.connection.close();
      return authorization;
    }
    const line =
      opened ?? (await openLine(this.#attempt, { url: hop.url, identity: this.#identityAt(hop) }, this.#settings));
    return line instanceof Failure ? line : await this.#send(hop, line, authorization);
  }

  #send(hop: Hop, line: Line, authorization: string | null): Promise<Answer | Failure> {
    this.#line = line;
    return send(this.#attempt, line, this.#request(hop, authorization));
  }

  #identityAt(hop: Hop): TlsIdentity {
    const { own, elsewhere } = this.#settings.identities;
    return hop.mayCarryCredentials ? own : elsewhere;
  }

  /** Notes what was heard. Closes the connection where that is a failure. */
  #heard(hop: Hop, heard: Answer | Failure): Answer | Failure {
    const attempt = this.#attempt;
    const line = this.#line;
    const shown = { identityEndsAt: this.#identityAt(hop).identityEndsAt, now: attempt.startedAt };
    if (heard instanceof Failure) {
      if (heard instanceof CutOff) attempt.statusCode = heard.answer.statusCode;
      if (line === null) return heard;
      const failure = explained(heard, line.connection.asksForCertificate, shown);
      line.connection.close();
      return failure;
    }
    attempt.statusCode = heard.statusCode;
    this.#identityRefusal = identityRefusal(heard.statusCode, line?.connection.asksForCertificate ?? false, shown);
    return heard;
  }

  #isToRepeat(hop: Hop, heard: Answer | Failure): heard is Answer {
    if (heard instanceof Failure || !hop.mayCarryCredentials) return false;
    return this.#settings.credentials.isToRepeat(hop, heard);
  }

  /** The same again, with the credentials that it wants and that are at hand. */
  async #askAgain(hop: Hop, refused: Answer): Promise<Answer | Failure> {
    let heard: Answer | Failure = refused;
    do {
      this.#remember(hop, heard);
      heard = await this.#askOnceMore(hop, heard);
    } while (this.#isToRepeat(hop, heard));
    return heard;
  }

  /** Over the same connection where it is still there: the next one may lead to a server that knows of no challenge. */
  async #askOnceMore(hop: Hop, { keepsAlive }: Answer): Promise<Answer | Failure> {
    const line = this.#line;
    const isUsable = keepsAlive && line?.connection.isQuiet === true;
    if (!isUsable) line?.connection.close();
    const heard = isUsable ? this.#heard(hop, await this.#ask(hop, line)) : null;
    return heard === null || isGone(heard) ? this.#heard(hop, await this.#ask(hop, null)) : heard;
  }

  /** The line is for the monitor's next check, or is closed. */
  #leave({ keepsAlive }: Answer): void {
    const line = this.#line;
    if (line === null) return;
    if (!this.#mayKeep || !keepsAlive) {
      line.connection.close();
      return;
    }
    const { kept, monitorKey } = this.#settings.context;
    const { address, certificate } = this.#attempt;
    const isKnown = line instanceof KeptConnection;
    kept.keep(isKnown ? line : new KeptConnection(line, { monitorKey, way: this.#plan.way, address, certificate }));
  }

  /** The cookies of an answer that is followed by another request. */
  #remember(hop: Hop, { headers }: Answer): void {
    this.#cookies ??= new CookieJar(this.#attempt.startedAt);
    this.#cookies.take(hop.url, headers);
  }

  #request(hop: Hop, authorization: string | null): HttpRequest {
    const { http, credentials } = this.#settings;
    const { userAgent } = this.#settings.context;
    const cookie = this.#cookies?.headerFor(hop.url) ?? null;
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
