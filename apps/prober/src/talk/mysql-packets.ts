/** The packets of MySQL's client/server protocol: numbered, and each behind its length. */
import { ByteReader, uint, zeroEnded } from './bytes.ts';
import { MalformedError, send, take, type Talk } from './talk.ts';

const headerBytes = 4;
const lengthBytes = 3;
/** A packet of this length goes on in the next one: nothing that a probe asks for is that long. */
const continuedLength = 0xff_ffff;

export const capabilities = {
  longPassword: 0x1,
  connectWithDatabase: 0x8,
  protocol41: 0x200,
  tls: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  pluginAuth: 0x8_0000,
} as const;

/** Numbers the packets of one exchange. */
export class PacketStream {
  #sequence = 0;

  /** A new command begins a new exchange. */
  begin(): void {
    this.#sequence = 0;
  }

  *write(...parts: readonly Buffer[]): Talk {
    const body = Buffer.concat(parts);
    yield* send(uint(body.length, lengthBytes, 'little'), Buffer.from([this.#sequence]), body);
    this.#sequence = (this.#sequence + 1) % 256;
  }

  *read(): Talk<Buffer> {
    const header = new ByteReader(yield* take(headerBytes), 'little');
    const length = header.uint(lengthBytes);
    if (header.uint(1) !== this.#sequence) throw new MalformedError('sent a packet out of its turn');
    if (length === 0 || length === continuedLength) throw new MalformedError('sent a packet of no sensible length');
    this.#sequence = (this.#sequence + 1) % 256;
    return yield* take(length);
  }
}

export interface Greeting {
  readonly version: string;
  readonly capabilities: number;
  readonly plugin: string;
  readonly nonce: Buffer;
}

const nonceBytes = 20;
const nonceFirstBytes = 8;
const protocolVersion = 10;

export function readGreeting(packet: Buffer): Greeting {
  const reader = new ByteReader(packet, 'little');
  if (reader.uint(1) !== protocolVersion) throw new MalformedError('greets in another way');
  const version = reader.text();
  reader.take(4);
  const nonceFirst = reader.take(nonceFirstBytes);
  reader.take(1);
  const low = reader.uint(2);
  reader.take(3);
  const high = reader.uint(2);
  reader.take(11);
  const nonceRest = reader.take(nonceBytes - nonceFirstBytes);
  reader.take(1);
  return {
    version,
    capabilities: high * 0x1_0000 + low,
    plugin: reader.text(),
    nonce: Buffer.concat([nonceFirst, nonceRest]),
  };
}

const maximalPacketBytes = 0x100_0000;
/** `utf8mb4_general_ci`. */
const charset = 45;
const reservedBytes = 23;

/** How the client begins, with TLS and without. */
export function clientHead(flags: number): Buffer {
  const numbers = [uint(flags, 4, 'little'), uint(maximalPacketBytes, 4, 'little'), Buffer.from([charset])];
  return Buffer.concat([...numbers, Buffer.alloc(reservedBytes)]);
}

export interface LogIn {
  readonly username: string;
  readonly database: string | null;
  readonly plugin: string;
  readonly answer: Buffer;
}

export function logInBody({ username, database, plugin, answer }: LogIn): Buffer {
  const chosen = database === null ? [] : [zeroEnded(database)];
  return Buffer.concat([zeroEnded(username), Buffer.from([answer.length]), answer, ...chosen, zeroEnded(plugin)]);
}

export interface MysqlError {
  readonly code: number;
  readonly message: string;
}

export function readError(packet: Buffer): MysqlError {
  const reader = new ByteReader(packet, 'little');
  reader.take(1);
  const code = reader.uint(2);
  // Before a log-in there is no SQLSTATE.
  return {
    code,
    message: reader
      .rest()
      .toString('utf8')
      .replace(/^#.{5}/s, ''),
  };
}

const nullColumn = 0xfb;
const lengthSizes: Readonly<Record<number, number>> = { 0xfc: 2, 0xfd: 3, 0xfe: 6 };

/** The first column of a row as text. */
export function readFirstColumn(packet: Buffer): string | null {
  const reader = new ByteReader(packet, 'little');
  const first = reader.uint(1);
  if (first === nullColumn) return null;
  const size = lengthSizes[first];
  return reader.take(size === undefined ? first : reader.uint(size)).toString('utf8');
}
