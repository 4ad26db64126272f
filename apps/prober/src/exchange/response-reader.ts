/** Reads one HTTP/1 answer from bytes, within bounds, and says what is wrong with it. Knows nothing of sockets. */
import { Failure } from '../attempt/failure.ts';
import { FoldedHead } from './folded-head.ts';
import { Llhttp, type LlhttpEvents } from './llhttp.ts';
import { notHttp } from './not-http.ts';

export const headerBytesMax = 64 * 1024;
export const headersMax = 500;
/** `100 Continue` and `103 Early Hints` before the real answer. */
export const interimAnswersMax = 20;
/** What is read of a body; the rest of a larger one is not waited for. */
export const bodyBytesMax = 1024 * 1024;
/** A head over the wire: blanks, empty lines and the reason of a status are no part of any header. */
const headWireBytesMax = 4 * headerBytesMax;
/** An answer over the wire: in chunks of one byte a body is six times as long. */
const wireBytesMax = 8 * bodyBytesMax;

export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

export interface Answer {
  readonly statusCode: number;
  readonly headers: readonly HeaderLine[];
  /** As it came over the wire, without its transfer coding. */
  readonly body: Buffer;
  /** Whether there was more than `bodyBytesMax`. */
  readonly truncated: boolean;
  /** Whether the other side keeps the connection for another request. */
  readonly keepsAlive: boolean;
}

const statusesWithoutBody = new Set([204, 304]);
const stop = -1;
const goOn = 0;
const withoutBody = 1;

const nothing = Buffer.alloc(0);

const transferEncoding = 'transfer-encoding';
const codingCharactersMax = 100;

/** The length of the name comes first: it tells most headers apart for nothing. */
function isUnaskedCoding(name: string, value: string): boolean {
  const isCoding = name.length === transferEncoding.length && name.toLowerCase() === transferEncoding;
  return isCoding && !/^\s*(chunked|identity)\s*$/i.test(value);
}

/** The first letter of HTTP; llhttp reads RTSP and ICE as well. */
const letterH = 0x48;
const isLineEnd = (byte: number | undefined): boolean => byte === 0x0d || byte === 0x0a;
const foldedLine = 'Unexpected whitespace after header value';
const strangeByte = 'Invalid header value char';
const otherProtocol = 'Expected HTTP/';

export class ResponseReader implements LlhttpEvents {
  #parser = new Llhttp(this);
  readonly #isHead: boolean;
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  readonly #body: Buffer[] = [];
  #lastWasValue = true;
  /** Whether it began as HTTP does. */
  #hasBegun = false;
  #wireBytes = 0;
  /** What came of a head that is not whole yet. */
  #head: FoldedHead | null = null;
  #hasFolds = false;
  #headerBytes = 0;
  #interimAnswers = 0;
  #bodyBytes = 0;
  #statusCode = 0;
  #isComplete = false;
  #truncated = false;
  #hasSurplus = false;
  #keepsAlive = false;
  #fault: Failure | null = null;

  constructor(isHead: boolean) {
    this.#isHead = isHead;
  }

  /** Whether any part of the real answer's head was understood. */
  get hasHead(): boolean {
    return this.#statusCode !== 0;
  }

  /** The answer once it is whole (or as long as we read), a failure, or null where more must come. */
  feed(bytes: Buffer): Answer | Failure | null {
    this.#wireBytes += bytes.length;
    if (!this.#hasBegun && !this.#begins(bytes)) return notHttp(bytes);
    const error = this.#hasFolds ? this.#readFolded(bytes) : this.#read(bytes);
    if (this.#fault !== null) return this.#fault;
    if (this.#isComplete || this.#truncated) return this.#answer();
    return error === 0 ? this.#tooLong() : this.#malformed(bytes);
  }

  /** What the answer is when the other side ends the stream here. */
  finish(): Answer | Failure {
    const error = this.#parser.finish();
    if (this.#fault !== null) return this.#fault;
    if (this.#isComplete) return this.#answer();
    if (this.hasHead) return new Failure('http.partial', 'the answer ended before it was complete');
    return error === 0 && this.#headerBytes === 0 && !this.#hasFolds
      ? new Failure('http.empty', 'the connection was closed without an answer')
      : new Failure('http.partial', 'the answer ended within its head');
  }

  /** What has come of an answer whose head is whole. */
  get soFar(): Answer | null {
    return this.hasHead ? { ...this.#answer(), truncated: !this.#isComplete } : null;
  }

  free(): void {
    this.#parser.free();
  }

  messageBegin(): number {
    // What follows a whole answer was not asked for: it is not read, and the connection not used again.
    this.#hasSurplus = this.#isComplete;
    if (this.#hasSurplus) return stop;
    // Those of an interim answer.
    if (this.#names.length > 0) this.#forgetHeaders();
    return goOn;
  }

  headerField(text: string): number {
    if (this.#exceeds(text)) return stop;
    // Trailers are counted, not kept: nothing may be said of a body by what comes after it.
    if (this.hasHead) return goOn;
    if (this.#lastWasValue) {
      this.#names.push(text);
      this.#values.push('');
    } else {
      this.#names.push((this.#names.pop() ?? '') + text);
    }
    this.#lastWasValue = false;
    return goOn;
  }

  headerValue(text: string): number {
    if (this.#exceeds(text)) return stop;
    if (this.hasHead) return goOn;
    this.#values.push((this.#values.pop() ?? '') + text);
    this.#lastWasValue = true;
    return goOn;
  }

  headersComplete(statusCode: number, keepsAlive: boolean): number {
    const { version } = this.#parser;
    if (version !== '1.1' && version !== '1.0') return this.#fail('http.protocol', `answered with HTTP/${version}`);
    if (statusCode === 101) return this.#fail('http.protocol', 'switched protocols though nobody asked for it');
    if (statusCode < 200) return this.#interim(statusCode);
    const coding = this.#unaskedTransferCoding();
    if (coding !== null)
      return this.#fail('http.decode', `the body has a transfer coding that nobody asked for: ${coding}`);
    this.#statusCode = statusCode;
    this.#keepsAlive = keepsAlive;
    return this.#isHead || statusesWithoutBody.has(statusCode) ? withoutBody : goOn;
  }

  body(bytes: Buffer): number {
    const room = bodyBytesMax - this.#bodyBytes;
    this.#truncated = bytes.length > room;
    const kept = Buffer.from(this.#truncated ? bytes.subarray(0, room) : bytes);
    this.#body.push(kept);
    this.#bodyBytes += kept.length;
    return this.#truncated ? stop : goOn;
  }

  messageComplete(): number {
    if (this.hasHead) this.#isComplete = true;
    return goOn;
  }

  #forgetHeaders(): void {
    this.#names.length = 0;
    this.#values.length = 0;
    this.#lastWasValue = true;
  }

  /** Any but `chunked` would leave the body as nobody can read it; we never send TE (RFC 9110, section 10.1.4). */
  #unaskedTransferCoding(): string | null {
    for (let at = 0; at < this.#names.length; at++) {
      const name = this.#names[at] ?? '';
      const value = this.#values[at] ?? '';
      if (isUnaskedCoding(name, value)) return value.slice(0, codingCharactersMax);
    }
    return null;
  }

  #interim(statusCode: number): number {
    if (statusCode < 100) return this.#fail('http.protocol', `answered with status ${statusCode}`);
    this.#interimAnswers += 1;
    return this.#interimAnswers > interimAnswersMax
      ? this.#fail('http.protocol', `sent more than ${interimAnswersMax} interim answers`)
      : goOn;
  }

  #exceeds(text: string): boolean {
    this.#headerBytes += text.length;
    const isTooLarge = this.#headerBytes > headerBytesMax || this.#names.length > headersMax;
    if (isTooLarge) {
      this.#fail('http.too-large', `the answer's head has more than ${headersMax} headers or ${headerBytesMax} bytes`);
    }
    return isTooLarge;
  }

  #fail(reason: 'http.protocol' | 'http.too-large' | 'http.decode', message: string): number {
    this.#fault ??= new Failure(reason, message);
    return stop;
  }

  /** Empty lines may come first (RFC 9112, section 2.2). */
  #begins(bytes: Buffer): boolean {
    let at = 0;
    while (at < bytes.length && isLineEnd(bytes[at])) at += 1;
    this.#hasBegun = bytes[at] === letterH;
    return this.#hasBegun || at === bytes.length;
  }

  #read(bytes: Buffer): number {
    const error = this.#parser.execute(bytes);
    if (this.hasHead) return error;
    this.#head ??= new FoldedHead();
    this.#head.add(bytes);
    return error !== 0 && this.#stoppedAtFold(this.#head) ? this.#beginFolded(this.#head) : error;
  }

  /** A value that begins in the next line is called strange at its first character. */
  #stoppedAtFold(head: FoldedHead): boolean {
    const { errorReason } = this.#parser;
    return errorReason === foldedLine || (errorReason === strangeByte && head.hasFold);
  }

  /** Reads all again from the start, head by head, as if nobody had folded a line. */
  #beginFolded(head: FoldedHead): number {
    this.#hasFolds = true;
    this.#parser.free();
    this.#parser = new Llhttp(this);
    this.#headerBytes = 0;
    this.#interimAnswers = 0;
    return this.#readHeads(head);
  }

  #readFolded(bytes: Buffer): number {
    const head = this.#head;
    if (head === null) return this.#parser.execute(bytes);
    head.add(bytes);
    return this.#readHeads(head);
  }

  #readHeads(head: FoldedHead): number {
    // Behind the real head comes the body, which is not to be searched for heads.
    while (!this.hasHead) {
      const next = head.next();
      const error = next === null ? 0 : this.#parser.execute(next);
      if (next === null || error !== 0) return error;
    }
    this.#head = null;
    return this.#parser.execute(head.rest());
  }

  /** A flood in what is neither header nor body, such as the extension of a chunk. */
  #tooLong(): Failure | null {
    const bytesMax = this.hasHead ? wireBytesMax : headWireBytesMax;
    if (this.#wireBytes <= bytesMax) return null;
    const what = this.hasHead ? 'answer' : "answer's head";
    return new Failure('http.too-large', `the ${what} takes more than ${bytesMax} bytes on the wire`);
  }

  #malformed(bytes: Buffer): Failure {
    const { errorReason } = this.#parser;
    if (errorReason.startsWith(otherProtocol) && this.#interimAnswers === 0) return notHttp(bytes);
    return new Failure('http.protocol', `the answer is not valid HTTP: ${errorReason}`);
  }

  #wholeBody(): Buffer {
    const [piece = nothing] = this.#body;
    return this.#body.length > 1 ? Buffer.concat(this.#body) : piece;
  }

  #answer(): Answer {
    return {
      statusCode: this.#statusCode,
      headers: this.#names.map((name, index) => ({ name: name.toLowerCase(), value: this.#values[index] ?? '' })),
      body: this.#wholeBody(),
      truncated: this.#truncated,
      keepsAlive: this.#isComplete && !this.#hasSurplus && this.#keepsAlive,
    };
  }
}
