/** A visit to a URL: connection, request and answer, and the same again wherever redirects lead. */
import type { SecureContext } from 'node:tls';
import type { HttpProbe } from '@quorate/contracts';
import type { Outbound } from '@quorate/outbound';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from './connection.ts';
import { CookieJar } from './cookies.ts';
import { CutOff } from './cut-off.ts';
import { dial } from './dial.ts';
import { exchange } from './http-exchange.ts';
import { writeRequest, type Hop } from './http-request.ts';
import type { KeptConnection, KeptConnections } from './kept-connections.ts';
import { nextHop } from './redirects.ts';
import type { Answer } from './response-reader.ts';
import { secure } from './secure.ts';

export interface VisitSettings {
  readonly http: HttpProbe;
  readonly outbound: Outbound;
  readonly trust: SecureContext;
  readonly userAgent: string;
  readonly kept: KeptConnections;
  readonly monitorKey: string;
}

interface Line {
  readonly connection: Connection;
  readonly openedAtMs: number;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

async function openLine(attempt: Attempt, url: URL, settings: VisitSettings): Promise<Line | Failure> {
  const { http, outbound, trust } = settings;
  const openedAtMs = performance.now();
  const isPlain = url.protocol === 'http:';
  const port = url.port === '' ? (defaultPorts[url.protocol] ?? 0) : Number(url.port);
  const connection = await dial(attempt, outbound, { host: url.hostname, port, family: http.ipFamily, plain: isPlain });
  if (connection instanceof Failure || isPlain) return asLine(connection, openedAtMs);
  const secured = await secure(attempt, connection, {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''),
    verify: http.tls.verify,
    certificateWarningDays: http.tls.certificateWarningDays,
    protocols: ['http/1.1'],
    context: trust,
  });
  return asLine(secured, openedAtMs);
}

function asLine(connection: Connection | Failure, openedAtMs: number): Line | Failure {
  return connection instanceof Failure ? connection : { connection, openedAtMs };
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
  { connection, openedAtMs }: Line,
  toKeep: { origin: string; in: VisitSettings } | null,
): void {
  if (toKeep === null) {
    connection.close();
    return;
  }
  const { address, certificate } = attempt;
  toKeep.in.kept.keep(toKeep.in.monitorKey, { connection, openedAtMs, origin: toKeep.origin, address, certificate });
}

class Visit {
  readonly #attempt: Attempt;
  readonly #settings: VisitSettings;
  readonly #cookies: CookieJar;
  readonly #first: URL;

  constructor(attempt: Attempt, settings: VisitSettings) {
    this.#attempt = attempt;
    this.#settings = settings;
    this.#cookies = new CookieJar(attempt.startedAt);
    this.#first = new URL(settings.http.url);
  }

  async run(kept: KeptConnection | null): Promise<Answer | Failure> {
    const { method, body, followRedirects, maxRedirects } = this.#settings.http;
    let hop: Hop = { url: this.#first, method, body, mayCarryCredentials: true };
    for (;;) {
      const answer = await this.#ask(hop, this.#attempt.redirects === 0 ? kept : null);
      if (answer instanceof Failure || !followRedirects) return answer;
      const next = nextHop(hop, answer, this.#first);
      if (next === null) return answer;
      if (next instanceof Failure) return next;
      if (this.#attempt.redirects >= maxRedirects) {
        return new Failure('http.redirect', `redirected more than ${maxRedirects} times`);
      }
      this.#attempt.redirects += 1;
      hop = next;
    }
  }

  async #ask(hop: Hop, kept: KeptConnection | null): Promise<Answer | Failure> {
    const attempt = this.#attempt;
    const mayKeep = this.#settings.http.connection === 'reuse' && attempt.redirects === 0;
    const request = this.#request(hop, mayKeep);
    const line = kept === null ? await openLine(attempt, hop.url, this.#settings) : reuse(attempt, kept);
    if (line instanceof Failure) return line;
    const answer = await exchange(attempt, line.connection, request);
    if (answer instanceof CutOff) attempt.statusCode = answer.answer.statusCode;
    if (answer instanceof Failure) {
      release(attempt, line, null);
      return answer;
    }
    attempt.statusCode = answer.statusCode;
    this.#cookies.take(hop.url, answer.headers);
    release(attempt, line, mayKeep && answer.keepsAlive ? { origin: hop.url.origin, in: this.#settings } : null);
    return answer;
  }

  #request(hop: Hop, keepAlive: boolean): ReturnType<typeof writeRequest> {
    const { http, userAgent } = this.#settings;
    const cookie = this.#cookies.headerFor(hop.url);
    return writeRequest(hop, { headers: http.headers, auth: http.auth, userAgent, cookie, keepAlive });
  }
}

/** The answer of the last hop. With `kept` the first hop goes over a connection that was there already. */
export async function visit(
  attempt: Attempt,
  settings: VisitSettings,
  kept: KeptConnection | null,
): Promise<Answer | Failure> {
  return await new Visit(attempt, settings).run(kept);
}
