/** SCRAM (RFC 5802, RFC 7677): proves that we know a password without saying it, and has the server prove the same. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { compute, fail, MalformedError, type Talk } from './talk.ts';

type ScramHash = 'sha1' | 'sha256' | 'sha512';

export interface ScramSettings {
  readonly hash: ScramHash;
  readonly username: string;
  readonly password: string;
}

/** Sends the client's message and takes the server's answer to it, in the frames of the protocol around. */
export type ScramExchange = (message: string) => Talk<string>;

/** Fewer would let a false server learn enough to guess the password cheaply (RFC 7677). */
const iterationsMin = 4_096;
/** More would let a hostile one keep a core busy. */
const iterationsMax = 1_000_000;
const nonceBytes = 18;
const saltBytesMax = 1_024;
const gs2Header = 'n,,';

const nonAsciiSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** One by one, since some combine with their neighbours (RFC 3454, table B.1). */
const mappedToNothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/** SASLprep (RFC 4013) as servers do it: mapped and normalised, nothing refused. */
function prepared(text: string): string {
  return text.replace(nonAsciiSpaces, ' ').replace(mappedToNothing, '').normalize('NFKC');
}

const saslName = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

function attributesOf(message: string): ReadonlyMap<string, string> {
  return new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

interface Challenge {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
}

function readChallenge(message: string, clientNonce: string): Challenge {
  const attributes = attributesOf(message);
  const nonce = attributes.get('r') ?? '';
  const salt = Buffer.from(attributes.get('s') ?? '', 'base64');
  const iterations = Number(attributes.get('i'));
  const isSound =
    nonce.startsWith(clientNonce) &&
    nonce.length > clientNonce.length &&
    salt.length > 0 &&
    salt.length <= saltBytesMax &&
    Number.isSafeInteger(iterations);
  if (!isSound) throw new MalformedError('sent a SCRAM challenge that is none');
  return { nonce, salt, iterations };
}

function* saltedPassword({ hash, password }: ScramSettings, { salt, iterations }: Challenge): Talk<Buffer> {
  if (iterations < iterationsMin || iterations > iterationsMax) {
    const limits = `${iterationsMin} to ${iterationsMax} are accepted`;
    return yield* fail('auth.refused', `the server asks for ${iterations} SCRAM iterations, ${limits}`);
  }
  const length = createHash(hash).digest().length;
  return yield* compute((done) => {
    pbkdf2(prepared(password), salt, iterations, length, hash, (_error, key) => done(key));
    return () => undefined;
  });
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

const hmac = (hash: ScramHash, key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();

function isEqual(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Ends when the server has proved that it knows the password too. */
export function* authenticateByScram(settings: ScramSettings, exchange: ScramExchange): Talk {
  const { hash, username } = settings;
  const clientNonce = randomBytes(nonceBytes).toString('base64');
  const clientFirst = `n=${saslName(username)},r=${clientNonce}`;
  const serverFirst = yield* exchange(gs2Header + clientFirst);
  const challenge = readChallenge(serverFirst, clientNonce);
  const salted = yield* saltedPassword(settings, challenge);
  const clientKey = hmac(hash, salted, 'Client Key');
  const storedKey = createHash(hash).update(clientKey).digest();
  const clientFinal = `c=${Buffer.from(gs2Header).toString('base64')},r=${challenge.nonce}`;
  const authMessage = `${clientFirst},${serverFirst},${clientFinal}`;
  const proof = xor(clientKey, hmac(hash, storedKey, authMessage)).toString('base64');
  const serverFinal = yield* exchange(`${clientFinal},p=${proof}`);
  const signature = hmac(hash, hmac(hash, salted, 'Server Key'), authMessage);
  if (isEqual(Buffer.from(attributesOf(serverFinal).get('v') ?? '', 'base64'), signature)) return;
  yield* fail('auth.refused', 'the server could not prove that it knows the password');
}
