/**
 * A connection as the stream that a protocol library wants to talk through: the address was checked, the deadline is
 * the attempt's, and no more than a fixed number of bytes is let in.
 */
import { Duplex } from 'node:stream';
import type { ByteSink, Connection } from './connection.ts';

/** What is kept of the first bytes: enough to tell what a target speaks instead. */
const firstBytesMax = 1_024;

export const ended = 'ended';

export class ConnectionStream extends Duplex implements ByteSink {
  readonly #connection: Connection;
  readonly #bytesMax: number;
  #first = Buffer.alloc(0);
  #byteCount = 0;
  /** How the other side has left: `ended`, or the code that the connection broke with. */
  ending: string | null = null;

  constructor(connection: Connection, bytesMax: number) {
    super({ allowHalfOpen: false });
    this.#connection = connection;
    this.#bytesMax = bytesMax;
    connection.attach(this);
  }

  get firstBytes(): Buffer {
    return this.#first;
  }

  get isOverfull(): boolean {
    return this.#byteCount > this.#bytesMax;
  }

  received(bytes: Buffer): void {
    this.#byteCount += bytes.length;
    if (this.#first.length < firstBytesMax) {
      this.#first = Buffer.concat([this.#first, bytes.subarray(0, firstBytesMax - this.#first.length)]);
    }
    if (this.isOverfull) this.destroy();
    else this.push(Buffer.from(bytes));
  }

  ended(): void {
    this.ending = ended;
    this.push(null);
  }

  failed(code: string): void {
    this.ending = code;
    this.destroy();
  }

  /** What arrives is pushed at once: the bound is that of the whole. */
  override _read(): void {
    return undefined;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, written: () => void): void {
    this.#connection.write(bytes);
    written();
  }

  override _final(finished: () => void): void {
    finished();
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    this.#connection.close();
    destroyed(error);
  }
}
