/** The call for an access token by a client's own credentials (RFC 6749, section 4.4). */
import type { OAuth2 } from '@quorate/contracts';
import { BlockedAddressError, createGuardedAgent, NameResolutionError, type Outbound } from '@quorate/outbound';
import { request, type Dispatcher } from 'undici';
import { Failure } from '../attempt/failure.ts';
import { codeOf } from '../exchange/connection.ts';
import { resolutionFailure } from '../exchange/dial.ts';
import { certificateFaultOf } from '../exchange/tls-failure.ts';
import type { Trust } from '../exchange/trust.ts';
import { basicCredentials } from './fixed-credentials.ts';
import { judgeTokenAnswer, type TokenGrant } from './token-answer.ts';

export interface TokenCallSurroundings {
  readonly outbound: Outbound;
  readonly trust: Trust;
  readonly userAgent: string;
}

/** RFC 6749, section 2.3.1: both are form-encoded before they go into the header. */
export function clientPair({ clientId, clientSecret }: OAuth2): [id: string, secret: string] {
  const encode = (text: string): string => new URLSearchParams([['', text]]).toString().slice('='.length);
  return [encode(clientId), encode(clientSecret)];
}

type Call = Pick<Dispatcher.RequestOptions, 'headers' | 'body'> & { readonly method: 'POST' };

function callOf(client: OAuth2, userAgent: string): Call {
  const { clientId, clientSecret, clientAuthentication, scope, audience } = client;
  const isInForm = clientAuthentication === 'client_secret_post';
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === null ? {} : { scope }),
    ...(audience === null ? {} : { audience }),
    ...(isInForm ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    'user-agent': userAgent,
    ...(isInForm ? {} : { authorization: `Basic ${basicCredentials(...clientPair(client))}` }),
  };
  return { method: 'POST', headers, body: form.toString() };
}

const sayings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'reset the connection',
  UND_ERR_SOCKET: 'closed the connection without a whole answer',
  UND_ERR_HEADERS_OVERFLOW: 'sent more headers than are read',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'sent more than is read of a token',
};

const timeoutCodes = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

function failureOf(host: string, error: unknown): Failure {
  const who = endpointAt(host);
  const about = { host, family: 'auto' } as const;
  if (error instanceof BlockedAddressError) {
    const { reason, message } = resolutionFailure({ kind: 'blocked', address: error.address }, about);
    return new Failure(reason, `the token endpoint was not asked: ${message}`);
  }
  if (error instanceof NameResolutionError) {
    const { reason, message } = resolutionFailure({ kind: 'failure', failure: error.failure }, about);
    return new Failure(reason, `the token endpoint was not asked: ${message}`);
  }
  const code = codeOf(error as Error);
  if (timeoutCodes.has(code)) return new Failure('auth.timeout', `${who} did not take the connection in time`);
  const certificateFault = certificateFaultOf(code);
  if (certificateFault !== null)
    return new Failure('auth.token', `the certificate of ${who} ${certificateFault.saying}`);
  return new Failure('auth.token', `${who} ${sayings[code] ?? `could not be asked (${code})`}`);
}

const endpointAt = (host: string): string => `the token endpoint at ${host}`;

/** Longer than any probe lasts: it is the attempt's deadline that ends a call. */
const timeoutMs = 120_000;

/** One call over a connection of its own, to an address that was checked. Never rejects. */
export async function requestToken(
  client: OAuth2,
  { outbound, trust, userAgent }: TokenCallSurroundings,
  signal: AbortSignal,
): Promise<TokenGrant | Failure> {
  const { hostname } = new URL(client.tokenUrl);
  const dispatcher = createGuardedAgent({ ...outbound, secureContext: trust.context, timeoutMs });
  try {
    const { statusCode, body } = await request(client.tokenUrl, { ...callOf(client, userAgent), dispatcher, signal });
    return judgeTokenAnswer(endpointAt(hostname), { statusCode, text: await body.text() });
  } catch (error) {
    return failureOf(hostname, error);
  } finally {
    await dispatcher.destroy();
  }
}
