/** Binary messages: reading one that may be anything, and writing one. */
import { MalformedError } from './talk.ts';

export type ByteOrder = 'big' | 'little';

export class ByteReader {
  readonly #bytes: Buffer;
  readonly #order: ByteOrder;
  #position = 0;

  constructor(bytes: Buffer, order: ByteOrder) {
    this.#bytes = bytes;
    this.#order = order;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  /** @throws MalformedError where the message is too short, as all of these do. */
  take(byteCount: number): Buffer {
    if (byteCount < 0 || byteCount > this.remaining) throw new MalformedError('sent a message that ends too early');
    const start = this.#position;
    this.#position += byteCount;
    return this.#bytes.subarray(start, this.#position);
  }

  rest(): Buffer {
    return this.take(this.remaining);
  }

  /** Unsigned, of 1 to 6 bytes. */
  uint(byteCount: number): number {
    const bytes = this.take(byteCount);
    return this.#order === 'big' ? bytes.readUIntBE(0, byteCount) : bytes.readUIntLE(0, byteCount);
  }

  /** Signed, of 1 to 6 bytes. */
  int(byteCount: number): number {
    const bytes = this.take(byteCount);
    return this.#order === 'big' ? bytes.readIntBE(0, byteCount) : bytes.readIntLE(0, byteCount);
  }

  /** Up to a zero byte, which is left out; or to the end. */
  text(): string {
    const end = this.#bytes.indexOf(0, this.#position);
    if (end < 0) return this.rest().toString('utf8');
    const text = this.take(end - this.#position).toString('utf8');
    this.#position += 1;
    return text;
  }
}

export function uint(value: number, byteCount: number, order: ByteOrder): Buffer {
  const bytes = Buffer.alloc(byteCount);
  if (order === 'big') bytes.writeUIntBE(value, 0, byteCount);
  else bytes.writeUIntLE(value, 0, byteCount);
  return bytes;
}

/** With a zero byte behind it. */
export function zeroEnded(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8');
}
