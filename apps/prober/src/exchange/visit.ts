/** A visit to a URL: connection, request and answer, and the same again wherever redirects lead. */
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Credentials } from '../auth/credentials.ts';
import { identityRefusal, withIdentity } from './client-identity.ts';
import { CookieJar } from './cookies.ts';
import { CutOff } from './cut-off.ts';
import { exchangeInHttp2 } from './http2-exchange.ts';
import { exchange } from './http-exchange.ts';
import { requestFor, type Hop, type HttpRequest } from './http-request.ts';
import type { KeptConnection, KeptConnections } from './kept-connections.ts';
import { openLine, wayTo, type Line, type LineSettings } from './line.ts';
import { nextHop } from './redirects.ts';
import type { Answer } from './response-reader.ts';
import type { TlsIdentities } from './secure-contexts.ts';

export interface VisitSettings extends LineSettings {
  readonly identities: TlsIdentities;
  readonly userAgent: string;
  readonly kept: KeptConnections;
  readonly monitorKey: string;
  readonly credentials: Credentials;
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

/** Keeps the connection for the monitor's next check, or closes it. */
function release(
  attempt: Attempt,
  { connection, openedAtMs, httpVersion, relay }: Line,
  toKeep: { way: string; in: VisitSettings } | null,
): void {
  if (toKeep === null) {
    connection.close();
    return;
  }
  const { address, certificate } = attempt;
  toKeep.in.kept.keep(toKeep.in.monitorKey, {
    ...{ connection, openedAtMs, httpVersion, relay, way: toKeep.way, address, certificate },
  });
}

interface Exchanged {
  readonly line: Line;
  readonly answer: Answer;
}

/** Whether a connection was gone before it could serve a second request, which says nothing of the target. */
function isGone(exchanged: Exchanged | Failure): boolean {
  return exchanged instanceof Failure && (exchanged.reason === 'connect.reset' || exchanged.reason === 'http.empty');
}

async function send(attempt: Attempt, line: Line, request: HttpRequest): Promise<Answer | Failure> {
  if (line.httpVersion === '2') return await exchangeInHttp2(attempt, line.connection, request);
  return await exchange(attempt, line, request);
}

const isPlain = (url: URL): boolean => url.protocol === 'http:';

class Visit {
  readonly #attempt: Attempt;
  readonly #settings: VisitSettings;
  readonly #cookies: CookieJar;
  readonly #first: URL;
  /** What the last answer's status may have to do with a client certificate. */
  #identityRefusal: string | null = null;

  constructor(attempt: Attempt, settings: VisitSettings) {
    this.#attempt = attempt;
    this.#settings = settings;
    this.#cookies = new CookieJar(attempt.startedAt);
    this.#first = new URL(settings.http.url);
  }

  async run(kept: KeptConnection | null): Promise<Landing | Failure> {
    const { method, body, followRedirects, maxRedirects } = this.#settings.http;
    let hop: Hop = { url: this.#first, method, body, mayCarryCredentials: true };
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
    const next = nextHop(hop, answer, this.#first);
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
        const toKeep = { way: wayTo(hop.url, this.#settings.http), in: this.#settings };
        release(attempt, line, this.#mayKeep && answer.keepsAlive ? toKeep : null);
        return answer;
      }
      exchanged = await this.#exchangeAgain(hop, exchanged);
    }
    return exchanged;
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
    const authorization = hop.mayCarryCredentials ? await credentials.authorize(attempt, hop) : null;
    if (authorization instanceof Failure) {
      opened?.connection.close();
      return authorization;
    }
    const request = this.#request(hop, authorization);
    const identity = hop.mayCarryCredentials ? identities.own : identities.elsewhere;
    const line = opened ?? (await openLine(attempt, { url: hop.url, identity }, this.#settings));
    if (line instanceof Failure) return line;
    const answer = await send(attempt, line, request);
    const shown = { ...identity, now: attempt.startedAt };
    if (answer instanceof CutOff) attempt.statusCode = answer.answer.statusCode;
    if (answer instanceof Failure) {
      const failure = withIdentity(answer, line.connection.socket, shown);
      release(attempt, line, null);
      return failure;
    }
    attempt.statusCode = answer.statusCode;
    this.#identityRefusal = identityRefusal(answer.statusCode, line.connection.socket, shown);
    this.#cookies.take(hop.url, answer.headers);
    return { line, answer };
  }

  #request(hop: Hop, authorization: string | null): HttpRequest {
    const { http, userAgent, credentials } = this.#settings;
    const cookie = this.#cookies.headerFor(hop.url);
    const keepAlive = this.#mayKeep || (hop.mayCarryCredentials && credentials.expectChallenge);
    return requestFor(hop, { headers: http.headers, authorization, userAgent, cookie, keepAlive });
  }

  #refusalOf(hop: Hop, answer: Answer): string | null {
    if (this.#identityRefusal !== null || answer.statusCode !== 401) return this.#identityRefusal;
    if (hop.mayCarryCredentials) return this.#settings.credentials.refusalOf(answer);
    return `the monitor's credentials are not for ${hop.url.host}, where a redirect led`;
  }
}

/** The answer of the last hop. With `kept` the first hop goes over a connection that was there already. */
export async function visit(
  attempt: Attempt,
  settings: VisitSettings,
  kept: KeptConnection | null,
): Promise<Landing | Failure> {
  return await new Visit(attempt, settings).run(kept);
}
