/** A tunnel through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6). */
import type { Proxy } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from './connection.ts';
import { askProxy, type ReadAnswer } from './proxy-handshake.ts';
import { proxyCredentials } from './proxy.ts';
import { ResponseReader, type Answer } from './response-reader.ts';

export interface TunnelTarget {
  /** A name, or a literal as a URL writes it. */
  readonly host: string;
  readonly port: number;
  readonly userAgent: string;
}

function requestOf(proxy: Proxy, { host, port, userAgent }: TunnelTarget): Buffer {
  const credentials = proxyCredentials(proxy);
  const lines = [
    `CONNECT ${host}:${port} HTTP/1.1`,
    `Host: ${host}:${port}`,
    `User-Agent: ${userAgent}`,
    ...(credentials === null ? [] : [`Proxy-Authorization: ${credentials}`]),
    '\r\n',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** An answer to CONNECT has no body that matters: what follows a good one is the target's. */
function readHead(): { readonly read: ReadAnswer<Answer>; free(): void } {
  const reader = new ResponseReader(true);
  let readBytes = 0;
  return {
    read: (bytes) => {
      const result = reader.feed(bytes.subarray(readBytes));
      readBytes = bytes.length;
      return result instanceof Failure ? new Failure('proxy.protocol', `is no HTTP proxy: ${result.message}`) : result;
    },
    free: () => reader.free(),
  };
}

export function refusedCredentials(proxy: Proxy): string {
  return proxy.username === null ? 'wants a user name and a password (407)' : 'refuses the user name or password (407)';
}

function failureOf(proxy: Proxy, statusCode: number, { host, port }: TunnelTarget): Failure | null {
  if (statusCode >= 200 && statusCode < 300) return null;
  if (statusCode === 407) return new Failure('proxy.auth', refusedCredentials(proxy));
  const target = `${host}:${port}`;
  if (statusCode === 403) return new Failure('proxy.refused', `does not allow a connection to ${target} (403)`);
  return new Failure('proxy.refused', `could not connect to ${target} (it answered ${statusCode})`);
}

/** Null where the connection is now one to the target. The failures read on from the proxy's name. */
export async function openTunnel(
  attempt: Attempt,
  connection: Connection,
  { proxy, target }: { readonly proxy: Proxy; readonly target: TunnelTarget },
): Promise<Failure | null> {
  const head = readHead();
  const answer = await askProxy(attempt, connection, { message: requestOf(proxy, target), read: head.read });
  head.free();
  return answer instanceof Failure ? answer : failureOf(proxy, answer.statusCode, target);
}
