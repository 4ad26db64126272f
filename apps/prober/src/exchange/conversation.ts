/** What a TCP target has said and not yet been matched, and the wait for it to say more. */
import { StringDecoder } from 'node:string_decoder';
import type { ByteSink, Connection } from './connection.ts';

/** A target that says more than this without saying what is expected never will. */
const unmatchedCharactersMax = 64 * 1024;

export type ConversationState = 'open' | 'ended' | 'reset' | 'overflowing';

export class Conversation implements ByteSink {
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  #state: ConversationState = 'open';
  #heard: () => void = () => undefined;

  get text(): string {
    return this.#text;
  }

  get state(): ConversationState {
    return this.#state;
  }

  /** Listens on a connection; what was said on an earlier one is forgotten. */
  over(connection: Connection): void {
    this.#text = '';
    connection.attach(this);
  }

  /** Forgets what was matched. */
  consume(characters: number): void {
    this.#text = this.#text.slice(characters);
  }

  /** Calls `heard` whenever something has arrived or ended, until another one listens. */
  listen(heard: () => void): void {
    this.#heard = heard;
  }

  received(bytes: Buffer): void {
    this.#text += this.#decoder.write(bytes);
    if (this.#text.length > unmatchedCharactersMax) this.#state = 'overflowing';
    this.#heard();
  }

  ended(): void {
    this.#state = 'ended';
    this.#heard();
  }

  failed(): void {
    this.#state = 'reset';
    this.#heard();
  }
}
