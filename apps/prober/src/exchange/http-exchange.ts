/** One request and its answer over a connection that is there, in HTTP/1.1. */
import type { Proxy } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { CutOff } from './cut-off.ts';
import type { HttpRequest } from './http-request.ts';
import type { Line } from './line.ts';
import { refusedCredentials } from './proxy-connect.ts';
import { blame, nameOf, proxyCredentials } from './proxy.ts';
import { ResponseReader, type Answer } from './response-reader.ts';

/** A proxy that reads the request itself is told the whole URL (RFC 9112, section 3.2.2), and who asks. */
function bytesOf({ url, method, headers, body, keepAlive }: HttpRequest, { relay }: Line): Buffer {
  const path = `${url.pathname}${url.search}`;
  const credentials = relay === null ? null : proxyCredentials(relay);
  const head = [
    `${method} ${relay === null ? path : url.origin + path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(credentials === null ? [] : [`Proxy-Authorization: ${credentials}`]),
    `Connection: ${keepAlive ? 'keep-alive' : 'close'}`,
    '\r\n',
  ].join('\r\n');
  const bytes = Buffer.from(head, 'latin1');
  return body === null ? bytes : Buffer.concat([bytes, body]);
}

function brokenOff(code: string, reader: ResponseReader, hasBytes: boolean): Failure {
  if (code.startsWith('ERR_SSL')) return new Failure('tls.handshake', `the target refused the TLS session (${code})`);
  if (code === 'ETIMEDOUT') return new Failure('timeout.response', 'the connection was lost without an answer');
  if (reader.hasHead || hasBytes) return new Failure('http.partial', 'the connection was reset within the answer');
  return new Failure('connect.reset', 'the target reset the connection instead of answering');
}

/** A proxy that reads the request answers in the target's place, and only of 407 is it known that it was the proxy. */
function heardFrom(relay: Proxy, heard: Answer | Failure): Answer | Failure {
  if (!(heard instanceof Failure)) {
    return heard.statusCode === 407 ? blame(relay, new Failure('proxy.auth', refusedCredentials(relay))) : heard;
  }
  const told = new Failure(heard.reason, `${heard.message}, by way of ${nameOf(relay)}`);
  return heard instanceof CutOff ? new CutOff(told, heard.answer) : told;
}

export async function exchange(attempt: Attempt, line: Line, request: HttpRequest): Promise<Answer | Failure> {
  const { connection } = line;
  const reader = new ResponseReader(request.method === 'HEAD');
  const answer = await attempt.wait<Answer>('ttfb', (done) => {
    let hasBytes = false;
    connection.attach({
      received(bytes) {
        hasBytes = true;
        const result = reader.feed(bytes);
        // An interim answer, or half a head, is not yet what was waited for.
        if (reader.hasHead) attempt.enter('transfer');
        settle(result);
      },
      ended: () => settle(reader.finish()),
      failed: (code) => settle(brokenOff(code, reader, hasBytes)),
    });
    connection.write(bytesOf(request, line));
    function settle(result: Answer | Failure | null): void {
      if (result === null) return;
      connection.detach();
      done(result);
    }
    return () => connection.detach();
  });
  reader.free();
  const { soFar } = reader;
  const heard = answer instanceof Failure && soFar !== null ? new CutOff(answer, soFar) : answer;
  return line.relay === null ? heard : heardFrom(line.relay, heard);
}
