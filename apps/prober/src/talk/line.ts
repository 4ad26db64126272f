/** The connection under a talk: bytes awaited under the attempt's deadline, so many and no more. */
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { ByteSink, Connection } from '../exchange/connection.ts';
import { MalformedError, type Step, type Talk } from './talk.ts';

/** All that a server may send in one talk; hand-shakes take a few hundred bytes, answers to queries a few thousand. */
const receivedBytesMax = 1_048_576;
const lineBytesMax = 8_192;
/** What is kept of the first words, to be shown where they are not understood. */
const firstWordsBytesMax = 8_192;
const lineBreak = 0x0a;

/** How a TLS alert begins: the answer of a server that was spoken to without TLS. */
const tlsAlert = Buffer.from([0x15, 0x03]);

export interface LineSettings {
  readonly attempt: Attempt;
  /** As a person names it: `Redis`. */
  readonly protocol: string;
  readonly connection: Connection;
  /** By `performance.now()`: the end of this server's turn, where another one waits for its own. */
  readonly endsAt: number | null;
  /** The same connection over TLS. */
  readonly secure: (connection: Connection) => Promise<Connection | Failure>;
}

type StepOf<Kind extends Step['kind']> = Extract<Step, { readonly kind: Kind }>;

export class Line implements ByteSink {
  readonly #settings: LineSettings;
  #connection: Connection;
  #chunks: Buffer[] = [];
  #unreadCount = 0;
  #receivedCount = 0;
  #firstWords = Buffer.alloc(0);
  #end: 'ended' | 'reset' | null = null;
  #heard: () => void = () => undefined;
  #hint = '';

  constructor(settings: LineSettings) {
    this.#settings = settings;
    this.#connection = settings.connection;
    this.#connection.attach(this);
  }

  /** What the server said first. */
  get firstWords(): string {
    return this.#firstWords.toString('utf8');
  }

  close(): void {
    this.#connection.close();
  }

  /** Never rejects for anything that the server does. */
  async hold<Result>(talk: Talk<Result>): Promise<Result | Failure> {
    try {
      return await this.#hold(talk);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return this.#malformed(error.message);
    }
  }

  received(bytes: Buffer): void {
    this.#receivedCount += bytes.length;
    if (this.#firstWords.length < firstWordsBytesMax) {
      const more = bytes.subarray(0, firstWordsBytesMax - this.#firstWords.length);
      this.#firstWords = Buffer.concat([this.#firstWords, more]);
    }
    if (this.#isOverflowing) this.#connection.detach();
    else this.#keep(Buffer.from(bytes));
    this.#heard();
  }

  ended(): void {
    this.#end ??= 'ended';
    this.#heard();
  }

  failed(): void {
    this.#end ??= 'reset';
    this.#heard();
  }

  get #isOverflowing(): boolean {
    return this.#receivedCount > receivedBytesMax;
  }

  get #isTlsAlert(): boolean {
    return this.#firstWords.subarray(0, tlsAlert.length).equals(tlsAlert);
  }

  #keep(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#unreadCount += bytes.length;
  }

  async #hold<Result>(talk: Talk<Result>): Promise<Result | Failure> {
    let next = talk.next();
    while (next.done !== true) {
      const answer = this.#atOnce(next.value) ?? (await this.#perform(next.value));
      if (answer instanceof Failure) return answer;
      next = talk.next(answer);
    }
    return next.value;
  }

  /** What needs no wait gets none: a flood of tiny messages is to cost little. */
  #atOnce(step: Step): Buffer | null {
    return step.kind === 'take' && this.#unreadCount >= step.byteCount ? this.#consume(step.byteCount) : null;
  }

  async #perform(step: Step): Promise<Buffer | Failure> {
    switch (step.kind) {
      case 'send':
        this.#connection.write(step.bytes);
        return nothing;
      case 'take':
        return await this.#take(step);
      case 'take-line':
        return await this.#takeLine();
      case 'secure':
        return await this.#secure();
      case 'compute':
        return await this.#settings.attempt.wait('ttfb', step.begin);
      case 'fail':
        return step.failure;
      default:
        return step satisfies never;
    }
  }

  async #take({ byteCount, hint }: StepOf<'take'>): Promise<Buffer | Failure> {
    if (byteCount > receivedBytesMax) return this.#malformed(`announced ${byteCount} bytes`);
    this.#hint = hint;
    const failure = await this.#until(() => this.#unreadCount >= byteCount);
    return failure ?? this.#consume(byteCount);
  }

  async #takeLine(): Promise<Buffer | Failure> {
    this.#hint = '';
    const failure = await this.#until(() => this.#lineEnd() >= 0 || this.#unreadCount > lineBytesMax);
    if (failure !== null) return failure;
    const end = this.#lineEnd();
    if (end < 0) return this.#malformed('sent a line without an end');
    const line = this.#consume(end + 1);
    return line.subarray(0, line.at(-2) === 0x0d ? -2 : -1);
  }

  #lineEnd(): number {
    return this.#unread().indexOf(lineBreak);
  }

  #unread(): Buffer {
    const [first = nothing, ...others] = this.#chunks;
    if (others.length === 0) return first;
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }

  #consume(byteCount: number): Buffer {
    const unread = this.#unread();
    this.#chunks = [unread.subarray(byteCount)];
    this.#unreadCount -= byteCount;
    return unread.subarray(0, byteCount);
  }

  /** Waits for more to arrive, unless there is enough already. */
  async #until(isEnough: () => boolean): Promise<Failure | null> {
    if (isEnough()) return null;
    const { attempt, endsAt } = this.#settings;
    return await attempt.wait<null>(this.#unreadCount === 0 ? 'ttfb' : 'transfer', (done) => {
      const turnMs = endsAt === null ? null : Math.max(0, endsAt - performance.now());
      const timer = turnMs === null ? undefined : setTimeout(() => finish(this.#late()), turnMs);
      const end = (): void => {
        clearTimeout(timer);
        this.#heard = () => undefined;
      };
      const finish = (outcome: Failure | null): void => {
        end();
        done(outcome);
      };
      this.#heard = () => {
        if (this.#unreadCount > 0) attempt.enter('transfer');
        if (isEnough()) finish(null);
        else if (this.#isOverflowing) finish(this.#malformed('talks without end'));
        else if (this.#end !== null) finish(this.#hungUp(this.#end));
      };
      this.#heard();
      return end;
    });
  }

  async #secure(): Promise<Buffer | Failure> {
    // What came in the clear could have been slipped in by anybody: none of it may count as said over TLS.
    if (this.#unreadCount > 0) return this.#malformed('went on in the clear after agreeing on TLS');
    const secured = await this.#settings.secure(this.#connection);
    if (secured instanceof Failure) return secured;
    this.#connection = secured;
    this.#end = null;
    secured.attach(this);
    return nothing;
  }

  #malformed(what: string): Failure {
    if (this.#isTlsAlert) {
      return new Failure('protocol.mismatch', 'the server speaks TLS there: set tls to "verify" or "require"');
    }
    return new Failure('protocol.mismatch', `the server does not speak ${this.#settings.protocol}: it ${what}`);
  }

  #late(): Failure {
    return new Failure('timeout.response', `the ${this.#settings.protocol} server did not answer within its turn`);
  }

  #hungUp(how: 'ended' | 'reset'): Failure {
    const { protocol } = this.#settings;
    if (this.#isTlsAlert) return this.#malformed('closed the connection');
    if (how === 'reset') return new Failure('connect.reset', `the ${protocol} server reset the connection`);
    const when = this.#unreadCount > 0 ? 'in the middle of an answer' : `instead of answering${this.#hint}`;
    return new Failure('service.unavailable', `the ${protocol} server closed the connection ${when}`);
  }
}

const nothing = Buffer.alloc(0);
