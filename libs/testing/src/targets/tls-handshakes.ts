/**
 * Words of a TLS handshake, byte for byte (RFC 5246): for servers that OpenSSL itself would not let anybody run, with
 * ciphers, groups and records that are long forbidden.
 */
import { generatePrimeSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { Issued } from './certificates.ts';
import type { Script } from './raw-server.ts';

const tls12 = Buffer.from([3, 3]);
const handshakeType = 22;
const alertType = 21;

function withLength(bytes: Buffer, lengthBytes: 1 | 2 | 3): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

export function tlsRecord(type: number, payload: Buffer, version = tls12): Buffer {
  return Buffer.concat([Buffer.from([type]), version, withLength(payload, 2)]);
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), withLength(body, 3)]);
}

/** A fatal one, unless told to be a warning. */
export function tlsAlert(description: number, level: 1 | 2 = 2): Buffer {
  return tlsRecord(alertType, Buffer.from([level, description]));
}

const secureRenegotiation = Buffer.from('ff01000100', 'hex');

interface Hello {
  /** Its number in the registry of cipher suites, whether it was offered or not. */
  readonly cipher: number;
  readonly random?: Buffer;
  readonly compression?: number;
  /** Such as that of RFC 5746, without which OpenSSL goes no further. */
  readonly extensions?: Buffer;
}

function helloMessage({
  cipher,
  random = randomBytes(32),
  compression = 0,
  extensions = secureRenegotiation,
}: Hello): Buffer {
  const suite = Buffer.from([cipher >> 8, cipher & 0xff, compression]);
  return message(2, Buffer.concat([tls12, random, withLength(Buffer.alloc(0), 1), suite, withLength(extensions, 2)]));
}

/** A ServerHello in TLS 1.2. */
export const serverHello = (hello: Hello): Buffer => tlsRecord(handshakeType, helloMessage(hello));

function certificateMessage({ cert }: Issued): Buffer {
  const der = new X509Certificate(cert).raw;
  return message(11, withLength(withLength(der, 3), 3));
}

/** Signed as it should be: nothing but the size of the group is wrong with it. */
function keyExchangeMessage(bits: number, { key }: Issued, randoms: Buffer): Buffer {
  const prime = Buffer.from(generatePrimeSync(bits));
  const share = Buffer.alloc(prime.length, 0x11);
  const parameters = Buffer.concat([prime, Buffer.from([2]), share].map((part) => withLength(part, 2)));
  const signature = sign('sha256', Buffer.concat([randoms, parameters]), key);
  const rsaSha256 = Buffer.from([4, 1]);
  return message(12, Buffer.concat([parameters, rsaSha256, withLength(signature, 2)]));
}

const dheRsaAes128GcmSha256 = 0x009e;
/** Record and message heads, and the version, stand before it. */
const clientRandomAt = 11;

/** Chooses a cipher with a Diffie-Hellman group of so few bits. Its certificate has an RSA key. */
export function weakDiffieHellman(bits: number, issued: Issued): Script {
  return async (socket, heard) => {
    const hello = Buffer.from(await heard(/[^]{100}/), 'latin1');
    const clientRandom = hello.subarray(clientRandomAt, clientRandomAt + 32);
    const random = randomBytes(32);
    const words = [
      helloMessage({ cipher: dheRsaAes128GcmSha256, random }),
      certificateMessage(issued),
      keyExchangeMessage(bits, issued, Buffer.concat([clientRandom, random])),
      message(14, Buffer.alloc(0)),
    ];
    socket.write(Buffer.concat(words.map((word) => tlsRecord(handshakeType, word))));
  };
}
