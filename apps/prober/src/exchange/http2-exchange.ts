/**
 * One request and its answer in HTTP/2, by Node's protocol engine over a connection that we dialled and secured. Bounds
 * are those of HTTP/1.1, and an answer counts as whole only when the target has said so.
 */
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import { ConnectionStream, ended } from './connection-stream.ts';
import type { Connection } from './connection.ts';
import { CutOff } from './cut-off.ts';
import { FrameWatch } from './http2-frames.ts';
import type { HttpRequest } from './http-request.ts';
import { bodyBytesMax, headerBytesMax, headersMax, interimAnswersMax, type Answer } from './response-reader.ts';

/** Everything that a connection may bring: an answer's body, its head, and what frames put around them. */
const connectionBytesMax = bodyBytesMax + 1024 * 1024;
const wordsCharactersMax = 120;

/** Names that belong to a connection of HTTP/1.1 (RFC 9113, section 8.2.2), and what has a field of its own. */
const unfit = new Set(['host', 'connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** By their codes (RFC 9113, section 7). */
const codeNames = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

const nameOfCode = (code: number): string => codeNames[code] ?? `error ${code}`;

function headersOf({ url, method, headers }: HttpRequest): OutgoingHttpHeaders {
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? url.host;
  const others = headers.filter(([name]) => !unfit.has(name.toLowerCase()));
  return {
    ':method': method,
    ':scheme': 'https',
    ':authority': host,
    ':path': `${url.pathname}${url.search}`,
    ...Object.fromEntries(others.map(([name, value]) => [name.toLowerCase(), value])),
  };
}

class WatchedStream extends ConnectionStream {
  readonly watch = new FrameWatch();

  override received(bytes: Buffer): void {
    this.watch.read(bytes);
    if (this.watch.fault === null) super.received(bytes);
    else this.destroy();
  }
}

class Exchange {
  readonly #stream: WatchedStream;
  readonly #session: ClientHttp2Session;
  readonly #call: ClientHttp2Stream;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  #truncated = false;
  #interimAnswers = 0;
  #rawHeaders: readonly string[] = [];
  #statusCode = 0;
  #sessionError: string | null = null;
  #farewell = '';

  constructor(connection: Connection, request: HttpRequest, answering: () => void) {
    this.#stream = new WatchedStream(connection, connectionBytesMax);
    // The bounds' own errors are told by what was counted.
    this.#stream.on('error', () => undefined);
    this.#session = connect(request.url.origin, {
      createConnection: () => this.#stream,
      settings: { enablePush: false, maxHeaderListSize: headerBytesMax },
      maxReservedRemoteStreams: 0,
      maxHeaderListPairs: headersMax,
    });
    this.#session.on('error', ({ message }: Error) => void (this.#sessionError ??= message));
    this.#session.on('goaway', (_code: number, _lastStream: number, debug?: Buffer) => {
      this.#farewell = debug?.toString('latin1', 0, wordsCharactersMax) ?? '';
    });
    this.#call = this.#session.request(headersOf(request), { endStream: request.body === null });
    this.#call.on('error', () => undefined);
    this.#call.on('headers', () => this.#interim());
    this.#call.on('response', (headers, _flags, rawHeaders) => {
      answering();
      this.#statusCode = Number(headers[':status'] ?? 0);
      this.#rawHeaders = rawHeaders;
    });
    this.#call.on('data', (bytes: Buffer) => this.#take(bytes));
    if (request.body !== null) this.#call.end(request.body);
  }

  /** What went wrong is only known when the session has ended too. */
  onClose(closed: (result: Answer | Failure) => void): void {
    this.#call.once('close', () => {
      if (this.#isWhole) closed(this.#answer());
      else this.#session.once('close', () => closed(this.#broken())).destroy();
    });
  }

  close(): void {
    this.#call.removeAllListeners('close');
    this.#session.removeAllListeners('close').destroy();
    this.#stream.destroy();
  }

  get soFar(): Answer | null {
    return this.#statusCode === 0 ? null : { ...this.#answer(), truncated: true };
  }

  get #isWhole(): boolean {
    if (this.#statusCode === 0) return false;
    return this.#truncated || (this.#stream.watch.hasEndedStream && this.#call.rstCode === constants.NGHTTP2_NO_ERROR);
  }

  #interim(): void {
    this.#interimAnswers += 1;
    if (this.#interimAnswers > interimAnswersMax) this.#call.close(constants.NGHTTP2_CANCEL);
  }

  #take(bytes: Buffer): void {
    const room = bodyBytesMax - this.#bodyBytes;
    this.#truncated ||= bytes.length > room;
    this.#body.push(bytes.subarray(0, room));
    this.#bodyBytes += Math.min(room, bytes.length);
    // The connection goes with it. Told by RST_STREAM first, Node's own server keeps what it had yet to write.
    if (this.#truncated) this.#stream.destroy();
  }

  #answer(): Answer {
    const fields = this.#rawHeaders.flatMap((name, index) =>
      index % 2 === 0 && !name.startsWith(':')
        ? [{ name: name.toLowerCase(), value: this.#rawHeaders[index + 1] ?? '' }]
        : [],
    );
    const body = Buffer.concat(this.#body);
    return { statusCode: this.#statusCode, headers: fields, body, truncated: this.#truncated, keepsAlive: false };
  }

  #broken(): Failure {
    const failure = this.#excess() ?? this.#invalid() ?? this.#breakOff();
    const { soFar } = this;
    return soFar === null ? failure : new CutOff(failure, soFar);
  }

  #excess(): Failure | null {
    if (this.#interimAnswers > interimAnswersMax) {
      return new Failure('http.protocol', `sent more than ${interimAnswersMax} interim answers`);
    }
    const { watch, isOverfull } = this.#stream;
    const isTooLarge = this.#isOwnReset && this.#call.rstCode === constants.NGHTTP2_ENHANCE_YOUR_CALM;
    if (watch.fault === 'headers' || isTooLarge) {
      return new Failure(
        'http.too-large',
        `the answer's head has more than ${headersMax} headers or ${headerBytesMax} bytes`,
      );
    }
    if (watch.fault === 'flood')
      return new Failure('http.protocol', 'the target floods the connection with HTTP/2 frames');
    return isOverfull ? new Failure('http.too-large', 'the target sent far more than an answer') : null;
  }

  /** Whether the stream was reset by our side, for what the target had sent. */
  get #isOwnReset(): boolean {
    const { rstCode } = this.#call;
    const { resetCode, goAwayCode } = this.#stream.watch;
    return rstCode !== undefined && rstCode !== constants.NGHTTP2_NO_ERROR && resetCode === null && goAwayCode === null;
  }

  #invalid(): Failure | null {
    const { firstBytes, ending, watch } = this.#stream;
    if (firstBytes.toString('latin1', 0, 5) === 'HTTP/') {
      return new Failure('http.protocol', 'the target agreed to HTTP/2 and answers in HTTP/1');
    }
    const isOfOurs = watch.goAwayCode === null && ending === null && this.#sessionError !== null;
    if (!isOfOurs && !(this.#isOwnReset && ending === null)) return null;
    const why = this.#sessionError ?? nameOfCode(this.#call.rstCode ?? 0);
    return new Failure('http.protocol', `the answer is not valid HTTP/2: ${why.slice(0, wordsCharactersMax)}`);
  }

  #breakOff(): Failure {
    const { watch, ending } = this.#stream;
    const hasHead = this.#statusCode !== 0;
    if (ending?.startsWith('ERR_SSL') === true) {
      return new Failure('tls.handshake', `the target refused the TLS session (${ending})`);
    }
    const isReset = watch.resetCode === null && watch.goAwayCode === null && ending !== null && ending !== ended;
    if (isReset && !hasHead)
      return new Failure('connect.reset', 'the target reset the connection instead of answering');
    return new Failure(
      hasHead ? 'http.partial' : 'http.empty',
      `${this.#how()} ${hasHead ? 'within the answer' : 'without an answer'}`,
    );
  }

  #how(): string {
    const { resetCode, goAwayCode } = this.#stream.watch;
    if (resetCode !== null) return `the target reset the stream (${nameOfCode(resetCode)})`;
    if (goAwayCode === null) return 'the target closed the connection';
    const words = this.#farewell === '' ? '' : `: ${this.#farewell}`;
    return `the target said GOAWAY (${nameOfCode(goAwayCode)}${words})`;
  }
}

/** Closes the connection, however it ends: HTTP/2 has one for each check. */
export async function exchangeInHttp2(
  attempt: Attempt,
  connection: Connection,
  request: HttpRequest,
): Promise<Answer | Failure> {
  let underWay: Exchange | null = null;
  try {
    const result = await attempt.wait<Answer>('ttfb', (done) => {
      const begun = new Exchange(connection, request, () => attempt.enter('transfer'));
      underWay = begun;
      begun.onClose(done);
      return () => undefined;
    });
    if (!(result instanceof Failure) || result instanceof CutOff) return result;
    const soFar = (underWay as Exchange | null)?.soFar ?? null;
    return soFar === null ? result : new CutOff(result, soFar);
  } finally {
    if (underWay === null) connection.close();
    else (underWay as Exchange).close();
  }
}
