/** Asks over a connection, plain or TLS: each message goes behind its length (RFC 1035, 4.2.2; RFC 7858). */
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { ByteSink, Connection } from '../exchange/connection.ts';
import { describeServer, malformedReply, type Asking } from './asking.ts';
import { decodeReply, type Reply } from './message.ts';

const lengthBytes = 2;

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Collects one message; at most 65,537 bytes, since the length says no more. */
class Frame implements ByteSink {
  readonly #end: (outcome: Buffer | 'ended' | 'reset') => void;
  readonly #begun: () => void;
  #bytes = Buffer.alloc(0);

  constructor(begun: () => void, end: (outcome: Buffer | 'ended' | 'reset') => void) {
    this.#begun = begun;
    this.#end = end;
  }

  received(bytes: Buffer): void {
    this.#begun();
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (this.#bytes.length < lengthBytes) return;
    const end = lengthBytes + this.#bytes.readUInt16BE();
    if (this.#bytes.length >= end) this.#end(this.#bytes.subarray(lengthBytes, end));
  }

  ended(): void {
    this.#end('ended');
  }

  failed(): void {
    this.#end('reset');
  }
}

export async function askOverStream(
  attempt: Attempt,
  connection: Connection,
  asking: Asking,
): Promise<Reply | Failure> {
  return await attempt.wait<Reply>('ttfb', (done) => {
    const frame = new Frame(
      () => attempt.enter('transfer'),
      (outcome) => done(typeof outcome === 'string' ? hungUp(outcome, asking) : read(outcome, asking)),
    );
    connection.attach(frame);
    connection.write(framed(asking.message));
    return () => connection.detach();
  });
}

function read(message: Buffer, { server, question, id }: Asking): Reply | Failure {
  try {
    return decodeReply(message, question, id) ?? malformedReply(server);
  } catch {
    return malformedReply(server);
  }
}

function hungUp(how: 'ended' | 'reset', { server }: Asking): Failure {
  if (how === 'reset') return new Failure('connect.reset', `${describeServer(server)} reset the connection`);
  return new Failure('dns.malformed', `${describeServer(server)} closed the connection without a whole reply`);
}
