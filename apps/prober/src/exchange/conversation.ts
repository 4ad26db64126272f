/** Talking with a target in turns: what it has said and is not yet understood, and the wait for it to say more. */
import { StringDecoder } from 'node:string_decoder';
import type { Outbound } from '@quorate/outbound';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { ByteSink, Connection } from './connection.ts';
import { dial, type Destination } from './dial.ts';
import { Looks } from './looks.ts';
import { secure, type TlsSettings } from './secure.ts';

/** A target that says more than this without saying what is expected never will. */
const unreadCharactersMax = 64 * 1024;

export type ConversationState = 'open' | 'ended' | 'reset' | 'overflowing';

/** What was made of the first `length` characters that were heard. */
export interface Understood<Value> {
  readonly value: Value;
  readonly length: number;
}

/** What was heard makes no sense, or never will: the target ended, or talks without end. */
export interface Unheard {
  readonly text: string;
  readonly state: ConversationState;
}

/** Bytes that were kept as they are, as the text that they most likely are. */
export function legible(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

export class Conversation implements ByteSink {
  readonly #attempt: Attempt;
  /** `latin1` keeps bytes as they are: one character is one byte. */
  readonly #encoding: 'utf8' | 'latin1';
  #decoder: StringDecoder;
  #text = '';
  #understood = '';
  #ending: 'ended' | 'reset' | null = null;
  #connection: Connection | null = null;
  #heard: () => void = () => undefined;

  constructor(attempt: Attempt, encoding: 'utf8' | 'latin1') {
    this.#attempt = attempt;
    this.#encoding = encoding;
    this.#decoder = new StringDecoder(encoding);
  }

  /** What was said and not yet understood. */
  get text(): string {
    return this.#text;
  }

  /** The address from which this machine talks. */
  get localAddress(): string | null {
    return this.#connection?.socket.localAddress ?? null;
  }

  /** What was understood last and whatever followed it: for an excerpt. */
  get lastHeard(): string {
    const heard = this.#understood + this.#text;
    return this.#encoding === 'utf8' ? heard : legible(heard);
  }

  async dial(outbound: Outbound, destination: Omit<Destination, 'plain'>): Promise<Failure | null> {
    const connection = await dial(this.#attempt, outbound, { ...destination, plain: false });
    if (connection instanceof Failure) return connection;
    this.#over(connection);
    return null;
  }

  /** Makes the connection a TLS one. */
  async startTls(settings: TlsSettings): Promise<Failure | null> {
    if (this.#connection === null) return null;
    const secured = await secure(this.#attempt, this.#connection, settings);
    if (secured instanceof Failure) return secured;
    this.#over(secured);
    return null;
  }

  say(text: string): void {
    this.#connection?.write(Buffer.from(text, this.#encoding));
  }

  /**
   * Waits until `understand` makes something of what was heard; null asks for more. `giveUp` words the failure of a
   * target that will not say more, or talks without end.
   */
  async hear<Value>(
    understand: (text: string) => Understood<Value> | Failure | null,
    giveUp: (unheard: Unheard) => Failure,
  ): Promise<Value | Failure> {
    return await this.#attempt.wait<Value>('ttfb', (done) => {
      const looks = new Looks(() => {
        const understood = understand(this.#text);
        if (understood instanceof Failure) settle(understood);
        else if (understood !== null) settle(this.#consume(understood));
        else if (this.#state !== 'open') settle(giveUp({ text: this.#text, state: this.#state }));
      });
      const stop = (): void => {
        looks.end();
        this.#heard = () => undefined;
      };
      const settle = (outcome: Value | Failure): void => {
        stop();
        done(outcome);
      };
      this.#heard = () => {
        if (this.#text !== '') this.#attempt.enter('transfer');
        if (this.#state === 'open') looks.ask(this.#text.length);
        else looks.take();
      };
      this.#heard();
      return stop;
    });
  }

  received(bytes: Buffer): void {
    this.#text += this.#decoder.write(bytes);
    this.#heard();
  }

  ended(): void {
    this.#ending = 'ended';
    this.#heard();
  }

  failed(): void {
    this.#ending = 'reset';
    this.#heard();
  }

  hangUp(): void {
    this.#connection?.close();
  }

  /** Goes on over this connection; what was said on an earlier one is forgotten. */
  #over(connection: Connection): void {
    this.#text = '';
    this.#understood = '';
    this.#ending = null;
    this.#decoder = new StringDecoder(this.#encoding);
    this.#connection = connection;
    connection.attach(this);
  }

  get #state(): ConversationState {
    return this.#ending ?? (this.#text.length > unreadCharactersMax ? 'overflowing' : 'open');
  }

  #consume<Value>({ value, length }: Understood<Value>): Value {
    this.#understood = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return value;
  }
}
