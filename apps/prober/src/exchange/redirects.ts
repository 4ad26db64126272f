/** Where an answer leads next. Pure: each hop is judged on its own, as a careful browser would. */
import { Failure } from '../attempt/failure.ts';
import type { Hop } from './http-request.ts';
import type { Answer } from './response-reader.ts';

const redirectStatuses = new Set([301, 302, 303, 307, 308]);
/** `http:////host` is a mistake that some parsers forgive and some do not. */
const tooManySlashes = /^https?:\/{4,}/i;

export function headerOf({ headers }: Pick<Answer, 'headers'>, name: string): string | null {
  return headers.find((header) => header.name === name)?.value ?? null;
}

/** Servers write UTF-8 into this header, and llhttp hands out its bytes as Latin-1. */
function locationOf(answer: Answer): string {
  return Buffer.from(headerOf(answer, 'location') ?? '', 'latin1')
    .toString('utf8')
    .trim();
}

/**
 * Credentials go to the origin that they were given for (scheme, host and port), and from a site's usual plain port to
 * its usual encrypted one. Another port or a way back to plain HTTP is another origin.
 */
function isSafeFor(first: URL, target: URL): boolean {
  const isUpgrade = first.protocol === 'http:' && target.protocol === 'https:';
  const isOnUsualPorts = first.port === '' && target.port === '';
  return first.origin === target.origin || (isUpgrade && isOnUsualPorts && first.hostname === target.hostname);
}

/** What browsers do: POST becomes GET at 301 and 302, everything but HEAD at 303, nothing at 307 and 308. */
function becomesGet(statusCode: number, method: Hop['method']): boolean {
  if (statusCode === 303) return method !== 'HEAD';
  return (statusCode === 301 || statusCode === 302) && method === 'POST';
}

/**
 * The next hop; null where the answer is the last one. `first` is the URL that the credentials were given for.
 * An empty Location is not followed: the answer is then judged by its status.
 */
export function nextHop(hop: Hop, answer: Answer, first: URL): Hop | Failure | null {
  if (!redirectStatuses.has(answer.statusCode)) return null;
  const location = locationOf(answer);
  if (location === '') return null;
  const url = tooManySlashes.test(location) ? null : URL.parse(location, hop.url.href);
  if (url === null) return new Failure('http.redirect', 'redirected to something that is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return new Failure('http.redirect', `redirected to ${url.protocol}, which is not followed`);
  }
  const isGet = becomesGet(answer.statusCode, hop.method);
  return {
    url,
    method: isGet ? 'GET' : hop.method,
    body: isGet ? null : hop.body,
    mayCarryCredentials: isSafeFor(first, url),
  };
}
