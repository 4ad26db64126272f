/** A tunnel through a SOCKS5 proxy (RFC 1928), with user name and password where the monitor has them (RFC 1929). */
import { isIP, SocketAddress } from 'node:net';
import type { Proxy } from '@quorate/contracts';
import type { Attempt } from '../attempt/attempt.ts';
import { Failure } from '../attempt/failure.ts';
import type { Connection } from './connection.ts';
import { askProxy, type ReadAnswer } from './proxy-handshake.ts';

const version = 5;
const withoutCredentials = 0;
const byPassword = 2;
const noMethod = 0xff;
const passwordVersion = 1;
const connectCommand = 1;
const addressTypes = { ipv4: 1, name: 3, ipv6: 4 } as const;
/** A length of one byte stands before names, user names and passwords. */
const fieldBytesMax = 255;

const replies: Readonly<Record<number, string>> = {
  1: 'general failure',
  2: 'its rules do not allow it',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'time to live expired',
  7: 'it does not know the command',
  8: 'it does not know this type of address',
};

/** Where the proxy is to connect to: an address that was checked, or a name that it looks up. */
export interface SocksTarget {
  readonly host: string;
  readonly port: number;
}

const field = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};

const strange = (byte: number | undefined): Failure =>
  new Failure(
    'proxy.protocol',
    `does not speak SOCKS5: it answered with 0x${(byte ?? 0).toString(16).padStart(2, '0')}`,
  );

/** Two bytes: a version and a word. */
const readPair =
  (expectedVersion: number): ReadAnswer<number> =>
  ([first, second]) => {
    if (first !== undefined && first !== expectedVersion) return strange(first);
    return second ?? null;
  };

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string | undefined): string[] => (text ?? '').split(':').filter((group) => group !== '');
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function addressBytes(host: string): Buffer {
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  switch (isIP(literal)) {
    case 4:
      return Buffer.from([addressTypes.ipv4, ...literal.split('.').map(Number)]);
    case 6: {
      // In the one spelling without an IPv4 address at its end.
      const { address } = new SocketAddress({ address: literal, family: 'ipv6' });
      return Buffer.concat([Buffer.from([addressTypes.ipv6]), ipv6Bytes(withoutDots(address))]);
    }
    default:
      return Buffer.concat([Buffer.from([addressTypes.name]), field(literal)]);
  }
}

/** `::ffff:1.2.3.4` as `::ffff:102:304`. */
function withoutDots(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}

function connectMessage({ host, port }: SocksTarget): Buffer {
  const portBytes = Buffer.alloc(2);
  portBytes.writeUInt16BE(port);
  return Buffer.concat([Buffer.from([version, connectCommand, 0]), addressBytes(host), portBytes]);
}

function replyLength(bytes: Buffer): number {
  const [, , , type, nameLength = 0] = bytes;
  if (type === addressTypes.ipv6) return 22;
  return type === addressTypes.name ? 7 + nameLength : 10;
}

/** The reply's code. A refusal needs no address behind it, and some proxies send none. */
const readReply: ReadAnswer<number> = (bytes) => {
  const [first, code] = bytes;
  if (first !== undefined && first !== version) return strange(first);
  if (code === undefined) return null;
  return code !== 0 || (bytes.length >= 5 && bytes.length >= replyLength(bytes)) ? code : null;
};

class Negotiation {
  readonly #attempt: Attempt;
  readonly #connection: Connection;
  readonly #proxy: Proxy;

  constructor(attempt: Attempt, connection: Connection, proxy: Proxy) {
    this.#attempt = attempt;
    this.#connection = connection;
    this.#proxy = proxy;
  }

  async run(target: SocksTarget): Promise<Failure | null> {
    return (await this.#logIn()) ?? (await this.#connect(target));
  }

  async #logIn(): Promise<Failure | null> {
    const { username } = this.#proxy;
    const methods = username === null ? [withoutCredentials] : [withoutCredentials, byPassword];
    const method = await this.#ask(Buffer.from([version, methods.length, ...methods]), readPair(version));
    if (method instanceof Failure) return method;
    if (method === byPassword && username !== null) return await this.#sendPassword(username);
    if (method === withoutCredentials) return null;
    return method === noMethod ? this.#notLetIn() : strange(method);
  }

  #notLetIn(): Failure {
    const isUnknown = this.#proxy.username === null;
    return new Failure(
      'proxy.auth',
      isUnknown ? 'wants a user name and a password' : 'takes no user name and password',
    );
  }

  async #sendPassword(username: string): Promise<Failure | null> {
    const fields = [username, this.#proxy.password ?? ''];
    if (fields.some((text) => Buffer.byteLength(text) > fieldBytesMax)) {
      return new Failure(
        'proxy.auth',
        `cannot be sent a user name or password of over ${fieldBytesMax} bytes (SOCKS5)`,
      );
    }
    const message = Buffer.concat([Buffer.from([passwordVersion]), ...fields.map(field)]);
    const status = await this.#ask(message, readPair(passwordVersion));
    if (status instanceof Failure) return status;
    return status === 0 ? null : new Failure('proxy.auth', 'refuses the user name or password');
  }

  async #connect(target: SocksTarget): Promise<Failure | null> {
    const code = await this.#ask(connectMessage(target), readReply);
    if (code instanceof Failure) return code;
    if (code === 0) return null;
    const why = replies[code] ?? `code 0x${code.toString(16).padStart(2, '0')}`;
    return new Failure('proxy.refused', `could not connect to ${target.host}:${target.port}: ${why}`);
  }

  async #ask(message: Buffer, read: ReadAnswer<number>): Promise<number | Failure> {
    return await askProxy(this.#attempt, this.#connection, { message, read });
  }
}

/** Null where the connection is now one to the target. The failures read on from the proxy's name. */
export async function openSocksTunnel(
  attempt: Attempt,
  connection: Connection,
  { proxy, target }: { readonly proxy: Proxy; readonly target: SocksTarget },
): Promise<Failure | null> {
  return await new Negotiation(attempt, connection, proxy).run(target);
}
