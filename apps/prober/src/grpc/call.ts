/** One unary call over HTTP/2: Node's own protocol engine, on a connection that we dialled. */
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from '../exchange/connection.ts';
import { ConnectionStream, ended } from '../exchange/connection-stream.ts';

/** What is read of an answer's body: an answer of the health service has seven bytes. */
const bodyBytesMax = 16 * 1024;
/** Everything that a connection may bring, header blocks and frames of no use included. */
const connectionBytesMax = 512 * 1024;
const headerPairsMax = 200;
const quotedCharactersMax = 120;

export interface CallRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly message: Buffer;
}

export interface CallAnswer {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A failure beside which the first bytes tell what the target speaks instead. */
export class BrokenCall extends Failure {
  readonly excerpt: string;

  constructor({ reason, message }: Failure, excerpt: string) {
    super(reason, message);
    this.excerpt = excerpt;
  }
}

const errorNames = new Map(
  Object.entries(constants).flatMap(([name, code]): [number, string][] => {
    const isError =
      name.startsWith('NGHTTP2_') && typeof code === 'number' && /(_ERROR|_STREAM|CANCEL|_CALM)$/.test(name);
    return isError && code >= 0 ? [[code, name.replace('NGHTTP2_', '')]] : [];
  }),
);

function errorName(code: number): string {
  return errorNames.get(code) ?? `error ${code}`;
}

// eslint-disable-next-line no-control-regex -- a record of TLS begins with its type, alert or handshake, and a 3
const tlsRecord = /^[\x15\x16]\x03/;
const httpOne = /^HTTP\/1/;

class Call {
  readonly #stream: ConnectionStream;
  readonly #session: ClientHttp2Session;
  readonly #call: ClientHttp2Stream;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  #headers: IncomingHttpHeaders | null = null;
  #trailers: IncomingHttpHeaders = {};
  #hasEnded = false;
  #farewell: string | null = null;
  #isBroken = false;

  constructor(connection: Connection, { headers, message }: CallRequest, answering: () => void) {
    this.#stream = new ConnectionStream(connection, connectionBytesMax);
    this.#session = connect('http://target', {
      createConnection: () => this.#stream,
      settings: { enablePush: false },
      maxReservedRemoteStreams: 0,
      maxHeaderListPairs: headerPairsMax,
    });
    this.#session.on('error', () => void (this.#isBroken = true));
    this.#session.on('goaway', (code: number, _lastStream: number, debug?: Buffer) => {
      const words =
        debug === undefined || debug.length === 0 ? '' : `: ${debug.toString('latin1', 0, quotedCharactersMax)}`;
      this.#farewell = `GOAWAY, ${errorName(code)}${words}`;
    });
    this.#call = this.#session.request(headers);
    // The reset code says what there is to say.
    this.#call.on('error', () => undefined);
    this.#call.on('response', (received) => {
      answering();
      this.#headers = received;
    });
    this.#call.on('trailers', (received: IncomingHttpHeaders) => void (this.#trailers = received));
    this.#call.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#call.on('end', () => void (this.#hasEnded = true));
    this.#call.end(message);
  }

  /** What went wrong with a call is only known when its session has ended too. */
  onClose(closed: (answer: CallAnswer | Failure) => void): void {
    this.#call.once('close', () => {
      const answer = this.#answer();
      if (answer !== null) closed(answer);
      else this.#session.once('close', () => closed(this.#broken())).destroy();
    });
  }

  close(): void {
    this.#call.removeAllListeners('close');
    this.#session.removeAllListeners('close').destroy();
    this.#stream.destroy();
  }

  #take(bytes: Buffer): void {
    this.#bodyBytes += bytes.length;
    if (this.#bodyBytes > bodyBytesMax) this.#call.close(constants.NGHTTP2_CANCEL);
    else this.#body.push(bytes);
  }

  #answer(): CallAnswer | null {
    if (this.#headers === null || !this.#hasEnded || this.#call.rstCode !== constants.NGHTTP2_NO_ERROR) return null;
    const httpStatus = Number(this.#headers[':status'] ?? 0);
    return { httpStatus, headers: this.#headers, trailers: this.#trailers, body: Buffer.concat(this.#body) };
  }

  #broken(): BrokenCall {
    const { firstBytes } = this.#stream;
    // What a target says in HTTP/2 is not for reading.
    const isLegible = this.#isBroken && httpOne.test(firstBytes.toString('latin1'));
    return new BrokenCall(this.#failure(firstBytes.toString('latin1')), isLegible ? firstBytes.toString('utf8') : '');
  }

  #failure(firstWords: string): Failure {
    const { rstCode } = this.#call;
    if (this.#bodyBytes > bodyBytesMax) {
      return new Failure(
        'grpc.protocol',
        `the answer is larger than ${bodyBytesMax} bytes, far more than a health check's`,
      );
    }
    if (this.#stream.isOverfull) {
      return new Failure('grpc.protocol', `the target sent more than ${connectionBytesMax} bytes and no answer`);
    }
    if (this.#farewell !== null) {
      return new Failure(
        'grpc.unavailable',
        `the target closed the connection instead of answering (${this.#farewell})`,
      );
    }
    if (this.#isBroken) return new Failure('grpc.protocol', notHttpTwo(firstWords));
    const { ending } = this.#stream;
    return ending === null ? resetFailure(rstCode ?? 0) : this.#lost(ending, firstWords);
  }

  #lost(ending: string, firstWords: string): Failure {
    if (ending.startsWith('ERR_SSL')) {
      return new Failure('tls.handshake', `the target refused the TLS session (${ending})`);
    }
    if (ending !== ended) return new Failure('connect.reset', 'the target reset the connection instead of answering');
    if (tlsRecord.test(firstWords) || httpOne.test(firstWords)) {
      return new Failure('grpc.protocol', notHttpTwo(firstWords));
    }
    const when = this.#headers === null ? 'without an answer' : 'within the answer';
    return new Failure('grpc.unavailable', `the target closed the connection ${when}`);
  }
}

function notHttpTwo(firstWords: string): string {
  if (tlsRecord.test(firstWords)) return 'the target speaks TLS on this port: set "tls"';
  if (httpOne.test(firstWords)) return 'the target speaks HTTP/1 on this port, and gRPC needs HTTP/2';
  return 'what the target sent is not valid HTTP/2';
}

function resetFailure(code: number): Failure {
  const reason = code === constants.NGHTTP2_REFUSED_STREAM ? 'grpc.unavailable' : 'grpc.reset';
  return new Failure(reason, `the target broke the call off (RST_STREAM, ${errorName(code)})`);
}

/** Closes the connection, however it ends. */
export async function call(
  attempt: Attempt,
  connection: Connection,
  request: CallRequest,
): Promise<CallAnswer | Failure> {
  let underWay: Call | null = null;
  try {
    return await attempt.wait<CallAnswer>('ttfb', (done) => {
      underWay = new Call(connection, request, () => attempt.enter('transfer'));
      underWay.onClose(done);
      return () => undefined;
    });
  } finally {
    (underWay as Call | null)?.close();
    connection.close();
  }
}
