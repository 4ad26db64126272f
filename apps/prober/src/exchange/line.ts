/** From a URL to a connection over which it can be asked: dialled or by a proxy, plain or secured. */
import type { TLSSocket } from 'node:tls';
import type { HttpProbe, Proxy } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from './connection.ts';
import { dial, type Destination } from './dial.ts';
import { connectThrough, type RouteSettings } from './proxy-route.ts';
import { isSocks } from './proxy.ts';
import { nameOfMaterial, type TlsIdentity } from './secure-contexts.ts';
import { secure } from './secure.ts';
import { NoSharedProtocol } from './tls-failure.ts';

export interface LineSettings {
  readonly http: HttpProbe;
  readonly context: RouteSettings;
}

/** Where a line leads, and as whom it is secured. */
interface LineEnd {
  readonly url: URL;
  readonly identity: TlsIdentity;
}

export interface Line {
  readonly connection: Connection;
  readonly openedAtMs: number;
  readonly httpVersion: HttpProbe['httpVersion'];
  /** The proxy that reads the request itself; null where the other end is the target. */
  readonly relay: Proxy | null;
}

/** As ALPN names them. */
const protocolIds = { '1.1': 'http/1.1', '2': 'h2' } as const;
const withoutHttp2 = 'the target does not speak HTTP/2';

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Scheme, host and port of `url`, by whom it is reached, and as whom: what a kept connection must share. */
export function wayTo({ origin }: URL, { proxy, tls }: HttpProbe): string {
  return `${origin} by ${proxy?.url ?? ''} as ${tls.verify} ${nameOfMaterial(tls)}`;
}

/** Plain HTTP is what an HTTP proxy reads itself; all else goes through it unread. */
function relayOf(url: URL, { proxy }: HttpProbe): Proxy | null {
  return proxy !== null && url.protocol === 'http:' && !isSocks(proxy) ? proxy : null;
}

async function connectTo(attempt: Attempt, url: URL, settings: LineSettings): Promise<Connection | Failure> {
  const { proxy, ipFamily: family, resolver } = settings.http;
  const port = url.port === '' ? (defaultPorts[url.protocol] ?? 0) : Number(url.port);
  const target: Destination = { host: url.hostname, port, family, resolver, plain: url.protocol === 'http:' };
  if (proxy === null) return await dial(attempt, settings.context.outbound, target);
  const isRelayed = relayOf(url, settings.http) !== null;
  return await connectThrough(attempt, { proxy, target, isRelayed }, settings.context);
}

async function secureTo(
  attempt: Attempt,
  { url, identity }: LineEnd,
  { connection, http }: { connection: Connection; http: HttpProbe },
): Promise<Connection | Failure> {
  const secured = await secure(attempt, connection, {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''),
    verify: http.tls.verify,
    certificateWarningDays: http.tls.certificateWarningDays,
    protocols: [protocolIds[http.httpVersion]],
    ...identity,
  });
  return http.httpVersion === '2' ? agreedOnHttp2(secured) : secured;
}

/** A server may refuse the offer of HTTP/2 in the handshake, or pass over it. */
function agreedOnHttp2(secured: Connection | Failure): Connection | Failure {
  if (secured instanceof NoSharedProtocol) return new Failure('http.protocol', withoutHttp2);
  if (secured instanceof Failure || (secured.socket as TLSSocket).alpnProtocol === protocolIds['2']) return secured;
  secured.close();
  return new Failure('http.protocol', withoutHttp2);
}

export async function openLine(attempt: Attempt, end: LineEnd, settings: LineSettings): Promise<Line | Failure> {
  const openedAtMs = performance.now();
  const { url } = end;
  const { httpVersion } = settings.http;
  const isPlain = url.protocol === 'http:';
  if (isPlain && httpVersion === '2') {
    return new Failure('http.protocol', `${url.origin} is plain HTTP, over which HTTP/2 is not spoken`);
  }
  const dialled = await connectTo(attempt, url, settings);
  if (dialled instanceof Failure) return dialled;
  const connection = isPlain ? dialled : await secureTo(attempt, end, { connection: dialled, http: settings.http });
  if (connection instanceof Failure) return connection;
  return { connection, openedAtMs, httpVersion, relay: relayOf(url, settings.http) };
}
