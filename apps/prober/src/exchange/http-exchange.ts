/** One request and its answer over a connection that is there, in HTTP/1.1. */
import type { Proxy } from '@quorate/contracts';
import type { Attempt, Waiter } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { ByteSink } from './connection.ts';
import { CutOff } from './cut-off.ts';
import type { HttpRequest } from './http-request.ts';
import type { Line } from './line.ts';
import { refusedCredentials } from './proxy-connect.ts';
import { blame, nameOf, proxyCredentials } from './proxy.ts';
import { ResponseReader, type Answer } from './response-reader.ts';

interface Sent {
  readonly line: Line;
  readonly request: HttpRequest;
}

function brokenOff(code: string, reader: ResponseReader, hasBytes: boolean): Failure {
  if (code.startsWith('ERR_SSL')) {
    const saying = code.includes('ALERT') ? 'refused the TLS session' : 'sent something else within the TLS session';
    return new Failure('tls.handshake', `the target ${saying} (${code})`);
  }
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

/** One object for all that may happen while an answer is waited for. */
class Exchange implements ByteSink, Waiter {
  readonly #attempt: Attempt;
  readonly #line: Line;
  readonly #reader: ResponseReader;
  readonly #settled: (heard: Answer | Failure) => void;
  #hasBytes = false;
  #isSettled = false;

  constructor(attempt: Attempt, { line, request }: Sent, settled: (heard: Answer | Failure) => void) {
    this.#attempt = attempt;
    this.#line = line;
    this.#reader = new ResponseReader(request.method === 'HEAD');
    this.#settled = settled;
    if (!attempt.beginWait('ttfb', this)) return;
    line.connection.attach(this);
    line.connection.write(line.relay === null ? request.bytes : request.bytesForProxy(proxyCredentials(line.relay)));
  }

  received(bytes: Buffer): void {
    // What a connection had heard before may come in pieces.
    if (this.#isSettled) return;
    this.#hasBytes = true;
    const result = this.#reader.feed(bytes);
    // An interim answer, or half a head, is not yet what was waited for.
    if (this.#reader.hasHead) this.#attempt.enter('transfer');
    if (result !== null) this.#end(result);
  }

  ended(): void {
    this.#end(this.#reader.finish());
  }

  failed(code: string): void {
    this.#end(brokenOff(code, this.#reader, this.#hasBytes));
  }

  interrupted(failure: Failure): void {
    this.#settle(failure);
  }

  #end(result: Answer | Failure): void {
    if (this.#attempt.endWait(this)) this.#settle(result);
  }

  #settle(result: Answer | Failure): void {
    this.#isSettled = true;
    const { connection, relay } = this.#line;
    connection.detach();
    const soFar = result instanceof Failure ? this.#reader.soFar : null;
    this.#reader.free();
    const heard = result instanceof Failure && soFar !== null ? new CutOff(result, soFar) : result;
    this.#settled(relay === null ? heard : heardFrom(relay, heard));
  }
}

/** Never rejects. */
export function exchange(attempt: Attempt, sent: Sent): Promise<Answer | Failure> {
  return new Promise((settled) => new Exchange(attempt, sent, settled));
}
