/** What one hop of a visit asks, in whichever version of HTTP it is then sent. */
import type { HttpProbe } from '@quorate/contracts';
import { isSecretHeader } from '@quorate/contracts';

/** What is asked of one host: the first URL, or where a redirect led. */
export interface Hop {
  readonly url: URL;
  readonly method: HttpProbe['method'];
  readonly body: string | null;
  /** False where a redirect left the host, or its encryption, that the credentials were given for. */
  readonly mayCarryCredentials: boolean;
}

export interface HopSettings {
  readonly headers: Readonly<Record<string, string>>;
  /** The Authorization header's value; a header of the monitor's own goes before it. */
  readonly authorization: string | null;
  readonly userAgent: string;
  readonly cookie: string | null;
  readonly keepAlive: boolean;
}

type Header = readonly [name: string, value: string];

interface RequestParts {
  readonly url: URL;
  readonly method: HttpProbe['method'];
  /** Each name once, in the spelling of whoever set it. */
  readonly headers: readonly Header[];
  readonly body: Buffer | null;
  /** Whether the connection is to serve another request. */
  readonly keepAlive: boolean;
}

/** The first line and the headers of HTTP/1.1, with a body where there is one. */
function bytesOf({ method, headers, body, keepAlive }: RequestParts, target: string): Buffer {
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Connection: ${keepAlive ? 'keep-alive' : 'close'}`,
    '\r\n',
  ].join('\r\n');
  const bytes = Buffer.from(head, 'latin1');
  return body === null ? bytes : Buffer.concat([bytes, body]);
}

export class HttpRequest implements RequestParts {
  readonly url: URL;
  readonly method: HttpProbe['method'];
  readonly headers: readonly Header[];
  readonly body: Buffer | null;
  readonly keepAlive: boolean;
  #bytes: Buffer | null = null;

  constructor({ url, method, headers, body, keepAlive }: RequestParts) {
    this.url = url;
    this.method = method;
    this.headers = headers;
    this.body = body;
    this.keepAlive = keepAlive;
  }

  /** As the target is sent it in HTTP/1.1; worked out once. */
  get bytes(): Buffer {
    this.#bytes ??= bytesOf(this, `${this.url.pathname}${this.url.search}`);
    return this.#bytes;
  }

  /** As a proxy is sent it that reads it itself: it is told the whole URL (RFC 9112, section 3.2.2), and who asks. */
  bytesForProxy(credentials: string | null): Buffer {
    const asking: Header[] = credentials === null ? [] : [['Proxy-Authorization', credentials]];
    const { origin, pathname, search } = this.url;
    const { method, headers, body, keepAlive } = this;
    const parts = { url: this.url, method, headers: [...headers, ...asking], body, keepAlive };
    return bytesOf(parts, `${origin}${pathname}${search}`);
  }
}

/** What may not go to another host beside credentials: it would name the wrong one. */
const hostBound = new Set(['host', 'origin', 'referer']);
const bodyBound = /^content-/;
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH']);
/** It would end the header and begin another. */
const breaksHeader = /[\0\r\n]/;

function ownHeaders(hop: Hop, settings: HopSettings): Map<string, [name: string, value: string]> {
  const { authorization } = settings;
  const headers: [string, string][] = [
    ['Host', hop.url.host],
    ['User-Agent', settings.userAgent],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'gzip, deflate, br, zstd'],
    ...(authorization === null ? [] : [['Authorization', authorization] as [string, string]]),
  ];
  return new Map(headers.map(([name, value]) => [name.toLowerCase(), [name, value]]));
}

function mayGo(name: string, hop: Hop): boolean {
  if (hop.body === null && bodyBound.test(name)) return false;
  return hop.mayCarryCredentials || (!isSecretHeader(name) && !hostBound.has(name));
}

/** @throws TypeError when a value holds a line break, which no schema lets through. */
function headersOf(hop: Hop, settings: HopSettings): Header[] {
  const headers = ownHeaders(hop, settings);
  for (const [name, value] of Object.entries(settings.headers)) {
    if (mayGo(name.toLowerCase(), hop)) headers.set(name.toLowerCase(), [name, value]);
  }
  if (settings.cookie !== null) {
    const given = headers.get('cookie')?.[1];
    headers.set('cookie', ['Cookie', given === undefined ? settings.cookie : `${given}; ${settings.cookie}`]);
  }
  const all = [...headers.values()];
  if (all.some(([, value]) => breaksHeader.test(value))) throw new TypeError('A header holds a line break');
  return all;
}

export function requestFor(hop: Hop, settings: HopSettings): HttpRequest {
  const { url, method } = hop;
  const body = hop.body === null ? null : Buffer.from(hop.body, 'utf8');
  const hasLength = body !== null || methodsWithBody.has(method);
  const length: Header[] = hasLength ? [['Content-Length', String(body?.length ?? 0)]] : [];
  const headers = [...headersOf(hop, settings), ...length];
  return new HttpRequest({ url, method, headers, body, keepAlive: settings.keepAlive });
}
