/** One WebSocket conversation on a connection that we dialled: frames and handshake are those of `ws`. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { WebsocketProbe } from '@quorate/contracts';
import { WebSocket } from 'ws';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from '../exchange/connection.ts';
import { ConnectionStream } from '../exchange/connection-stream.ts';
import { matchEnd } from '../judgement/pattern.ts';
import { brokenHandshake, brokenProtocol, closedBy, mismatch, unexpectedStatus } from './failures.ts';

const messageBytesMax = 256 * 1024;
/** Everything that a connection may bring: messages that nobody waits for too. */
const connectionBytesMax = 1024 * 1024;
/** What is kept of the page that was sent instead of a handshake. */
const pageBytesMax = 8 * 1024;

const orderlyClose = 1_000;

export interface ConversationEvents {
  /** The handshake's answer is there. */
  answered(statusCode: number): void;
  /** Something was said after it. */
  heard(): void;
  /** Null when all went as it should. */
  ended(failure: Failure | null): void;
}

export interface ConversationSettings {
  readonly probe: WebsocketProbe;
  readonly userAgent: string;
}

export class WebsocketConversation {
  readonly #probe: WebsocketProbe;
  readonly #events: ConversationEvents;
  readonly #stream: ConnectionStream;
  readonly #socket: WebSocket;
  /** The last message, or the page that was sent instead of a handshake. */
  text = '';
  isOpen = false;
  #messageCount = 0;

  constructor(connection: Connection, { probe, userAgent }: ConversationSettings, events: ConversationEvents) {
    this.#probe = probe;
    this.#events = events;
    this.#stream = new ConnectionStream(connection, connectionBytesMax);
    this.#socket = new WebSocket(probe.url, probe.subprotocol === null ? [] : [probe.subprotocol], {
      createConnection: () => this.#stream as never,
      headers: { 'User-Agent': userAgent, ...probe.headers },
      followRedirects: false,
      perMessageDeflate: false,
      maxPayload: messageBytesMax,
    });
    this.#listen();
  }

  get hasMessages(): boolean {
    return this.#messageCount > 0;
  }

  /** What a wait for something expected ends with when it ends without it. */
  unmatched(): Failure {
    return mismatch(this.#probe.expect ?? '', this.text, this.#messageCount);
  }

  /** Says goodbye where there is someone to say it to. */
  close(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(orderlyClose);
    this.#socket.terminate();
    this.#stream.destroy();
  }

  #listen(): void {
    this.#socket.on('upgrade', ({ statusCode = 0 }: IncomingMessage) => this.#events.answered(statusCode));
    this.#socket.on('unexpected-response', (_request: ClientRequest, answer: IncomingMessage) => this.#read(answer));
    this.#socket.on('open', () => this.#open());
    this.#socket.on('message', (data: Buffer) => this.#hear(data.toString('utf8')));
    this.#socket.on('pong', () => this.#pong());
    this.#socket.on('error', (error) => this.#events.ended(this.#failureOf(error)));
    this.#socket.on('close', (code, reason) => this.#events.ended(this.#farewell(code, reason.toString('utf8'))));
  }

  #open(): void {
    const { send, expect, ping } = this.#probe;
    this.isOpen = true;
    if (send !== null) this.#socket.send(send);
    if (expect !== null) return;
    if (ping) this.#socket.ping();
    else this.#events.ended(null);
  }

  #hear(text: string): void {
    const { expect } = this.#probe;
    this.text = text;
    this.#messageCount += 1;
    this.#events.heard();
    if (expect === null || matchEnd(expect, text) !== null) this.#events.ended(null);
  }

  #pong(): void {
    if (this.#probe.expect !== null) return;
    this.#events.heard();
    this.#events.ended(null);
  }

  #read(answer: IncomingMessage): void {
    const { statusCode = 0 } = answer;
    this.#events.answered(statusCode);
    const end = (): void => this.#events.ended(unexpectedStatus(statusCode, answer.headers.location));
    answer.setEncoding('utf8');
    answer.on('data', (piece: string) => {
      this.text += piece;
      if (this.text.length > pageBytesMax) end();
    });
    answer.on('end', end).on('error', end);
  }

  #failureOf(error: Error): Failure {
    if (this.#stream.isOverfull) return this.#overfull();
    return this.isOpen ? brokenProtocol(error) : brokenHandshake(error, this.#stream);
  }

  #farewell(code: number, words: string): Failure {
    if (this.#stream.isOverfull) return this.#overfull();
    return this.#probe.expect !== null && this.hasMessages ? this.unmatched() : closedBy(code, words, this.#stream);
  }

  #overfull(): Failure {
    return new Failure('websocket.too-large', `the target sent more than ${connectionBytesMax} bytes`);
  }
}
