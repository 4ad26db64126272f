/** Cookies that a redirecting host set, for its own next pages: kept for one visit, never told to another host. */
import type { HeaderLine } from './response-reader.ts';

interface Cookie {
  readonly pair: string;
  readonly path: string;
  readonly isSecure: boolean;
}

const cookiesMax = 50;
const cookieCharactersMax = 4_096;

function parse(value: string): [name: string, cookie: Cookie] | null {
  const [pair = '', ...attributes] = value.split(';').map((part) => part.trim());
  const name = /^([^=\s]+)=/.exec(pair)?.[1];
  if (name === undefined || pair.length > cookieCharactersMax) return null;
  const path = attributes.find((attribute) => /^path=\//i.test(attribute))?.slice('path='.length) ?? '/';
  return [name, { pair, path, isSecure: attributes.some((attribute) => /^secure$/i.test(attribute)) }];
}

function isUnder(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

export class CookieJar {
  readonly #hosts = new Map<string, Map<string, Cookie>>();

  take(url: URL, headers: readonly HeaderLine[]): void {
    for (const { name, value } of headers) {
      const parsed = name === 'set-cookie' ? parse(value) : null;
      if (parsed !== null) this.#keep(url.hostname, parsed);
    }
  }

  #keep(host: string, cookie: [name: string, cookie: Cookie]): void {
    const cookies = this.#hosts.get(host) ?? new Map<string, Cookie>();
    if (cookies.size < cookiesMax) cookies.set(...cookie);
    this.#hosts.set(host, cookies);
  }

  /** The value of the Cookie header; null where there is none to send. */
  headerFor(url: URL): string | null {
    const ofHost = this.#hosts.get(url.hostname);
    if (ofHost === undefined) return null;
    const cookies = [...ofHost.values()].filter(
      ({ path, isSecure }) => isUnder(url.pathname, path) && (!isSecure || url.protocol === 'https:'),
    );
    return cookies.length === 0 ? null : cookies.map(({ pair }) => pair).join('; ');
  }
}
