/**
 * The call for an access token by a client's own credentials (RFC 6749, section 4.4). It takes the way that the target
 * is reached by: the monitor's proxy and its name server, each address checked.
 */
import type { HttpProbe, OAuth2 } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { exchange } from '../exchange/http-exchange.ts';
import { HttpRequest } from '../exchange/http-request.ts';
import { openLine, type LineSettings } from '../exchange/line.ts';
import type { TlsIdentities } from '../exchange/secure-contexts.ts';
import { basicCredentials } from './fixed-credentials.ts';
import { judgeTokenAnswer, type TokenGrant } from './token-answer.ts';

/** The monitor's settings among them. */
export interface TokenCallSurroundings extends LineSettings {
  readonly identities: TlsIdentities;
}

/** What is read of an answer; a token of a few kilobytes is a long one. */
const answerBytesMax = 64 * 1024;

/** RFC 6749, section 2.3.1: both are form-encoded before they go into the header. */
export function clientPair({ clientId, clientSecret }: OAuth2): [id: string, secret: string] {
  const encode = (text: string): string => new URLSearchParams([['', text]]).toString().slice('='.length);
  return [encode(clientId), encode(clientSecret)];
}

function requestOf(client: OAuth2, userAgent: string): HttpRequest {
  const { tokenUrl, clientId, clientSecret, clientAuthentication, scope, audience } = client;
  const isInForm = clientAuthentication === 'client_secret_post';
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === null ? {} : { scope }),
    ...(audience === null ? {} : { audience }),
    ...(isInForm ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const url = new URL(tokenUrl);
  const body = Buffer.from(form.toString(), 'utf8');
  const headers = Object.entries({
    Host: url.host,
    'User-Agent': userAgent,
    Accept: 'application/json',
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': String(body.length),
    ...(isInForm ? {} : { Authorization: `Basic ${basicCredentials(...clientPair(client))}` }),
  });
  return new HttpRequest({ url, method: 'POST', headers, body, keepAlive: false });
}

/** As the monitor has it, but for what is about its target alone; a certificate must be good whatever it says there. */
function wayOf(http: HttpProbe): HttpProbe {
  return { ...http, httpVersion: '1.1', ipFamily: 'auto', tls: { ...http.tls, verify: true } };
}

const sayings: Readonly<Partial<Record<Failure['reason'], string>>> = {
  'connect.refused': 'refused the connection',
  'connect.reset': 'reset the connection',
  'http.empty': 'closed the connection without a whole answer',
  'http.partial': 'closed the connection without a whole answer',
};

/** What kept the call from being made at all: names, the guard, the proxy, the prober itself. */
const onTheWay = /^(blocked|dns|proxy|prober)\.|^timeout\.dns$/;

function failureOf(who: string, { reason, message }: Failure): Failure {
  if (onTheWay.test(reason)) return new Failure(reason, `the token endpoint was not asked: ${message}`);
  if (reason.startsWith('timeout.')) return new Failure('auth.timeout', `${who} did not answer in time: ${message}`);
  return new Failure('auth.token', `${who} ${sayings[reason] ?? `could not be asked: ${message}`}`);
}

/** One call over a connection of its own. `attempt` is the call's: what it sees is not the target's. */
export async function requestToken(
  client: OAuth2,
  { http, identities, context }: TokenCallSurroundings,
  attempt: Attempt,
): Promise<TokenGrant | Failure> {
  const request = requestOf(client, context.userAgent);
  const who = `the token endpoint at ${request.url.hostname}`;
  const end = { url: request.url, identity: identities.elsewhere };
  const line = await openLine(attempt, end, { http: wayOf(http), context });
  if (line instanceof Failure) return failureOf(who, line);
  const answer = await exchange(attempt, { line, request });
  line.connection.close();
  if (answer instanceof Failure) return failureOf(who, answer);
  if (answer.body.length > answerBytesMax) {
    return new Failure('auth.token', `${who} sent more than is read of a token`);
  }
  return judgeTokenAnswer(who, { statusCode: answer.statusCode, text: answer.body.toString('utf8') });
}
