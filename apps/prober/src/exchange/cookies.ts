/**
 * Cookies that a redirecting page set, for the pages after it (RFC 6265, section 5): kept for one visit, sent to the
 * hosts and paths that they are for. A list of public suffixes is not consulted: nothing outlives the visit, and
 * nothing of the monitor's own is among them.
 */
import { isIP } from 'node:net';
import type { HeaderLine } from './response-reader.ts';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Whether only the very host that set it gets it. */
  readonly isHostOnly: boolean;
  readonly path: string;
  readonly isSecure: boolean;
  readonly isExpired: boolean;
}

const cookiesMax = 100;
const cookieCharactersMax = 4_096;

/** Whether `host` is `domain`, or below it. */
function isWithin(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && isIP(host) === 0);
}

function isUnder(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

/** The directory of the page. */
function defaultPath(pathname: string): string {
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
}

/** By their names in lower case; the last of a name counts. */
function attributesOf(parts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    parts.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
}

function hasExpired(attributes: ReadonlyMap<string, string>, now: number): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0;
  return Date.parse(attributes.get('expires') ?? '') <= now;
}

/** The domain that a cookie is for; null where the page may not set cookies for it. */
function domainOf(host: string, attribute: string | undefined): Pick<Cookie, 'domain' | 'isHostOnly'> | null {
  const domain = attribute?.replace(/^\./, '').toLowerCase() ?? '';
  if (domain === '' || domain === host) return { domain: host, isHostOnly: domain === '' || !domain.includes('.') };
  return isWithin(host, domain) && domain.includes('.') ? { domain, isHostOnly: false } : null;
}

function pairOf(text: string): Pick<Cookie, 'name' | 'value'> | null {
  const [, name = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
  return name === '' || text.length > cookieCharactersMax ? null : { name, value };
}

function parse(text: string, url: URL, now: number): Cookie | null {
  const [first = '', ...parts] = text.split(';');
  const attributes = attributesOf(parts);
  const pair = pairOf(first);
  const domain = domainOf(url.hostname, attributes.get('domain'));
  if (pair === null || domain === null) return null;
  const isSecure = attributes.has('secure');
  if (isSecure && url.protocol !== 'https:') return null;
  const asked = attributes.get('path') ?? '';
  const path = asked.startsWith('/') ? asked : defaultPath(url.pathname);
  return { ...pair, ...domain, path, isSecure, isExpired: hasExpired(attributes, now) };
}

const keyOf = ({ name, domain, path }: Cookie): string => `${name};${domain};${path}`;

export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();
  readonly #now: number;

  /** `now` in milliseconds since the epoch. */
  constructor(now: number) {
    this.#now = now;
  }

  take(url: URL, headers: readonly HeaderLine[]): void {
    for (const { name, value } of headers) {
      const cookie = name === 'set-cookie' ? parse(value, url, this.#now) : null;
      if (cookie !== null) this.#put(cookie);
    }
  }

  /** The value of the Cookie header, the longest paths first; null where there is none to send. */
  headerFor(url: URL): string | null {
    if (this.#cookies.size === 0) return null;
    const sent = [...this.#cookies.values()].filter((cookie) => isFor(cookie, url));
    const sorted = sent.sort((one, other) => other.path.length - one.path.length);
    return sorted.length === 0 ? null : sorted.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  #put(cookie: Cookie): void {
    const key = keyOf(cookie);
    if (cookie.isExpired) this.#cookies.delete(key);
    else if (this.#cookies.has(key) || this.#cookies.size < cookiesMax) this.#cookies.set(key, cookie);
  }
}

function isFor({ domain, isHostOnly, path, isSecure }: Cookie, { hostname, pathname, protocol }: URL): boolean {
  const isForHost = isHostOnly ? hostname === domain : isWithin(hostname, domain);
  return isForHost && isUnder(pathname, path) && (!isSecure || protocol === 'https:');
}
