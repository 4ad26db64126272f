/** The server's side of SCRAM (RFC 5802), for stand-ins of databases and brokers. */
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

export interface ScramServerSettings {
  readonly hash: 'sha1' | 'sha256' | 'sha512';
  readonly password: string;
  readonly iterations?: number;
  /** What it does wrong. */
  readonly fault?: 'foreign-nonce' | 'no-salt' | 'false-proof';
}

const defaultIterations = 4_096;
const saltBytes = 16;
const nonceBytes = 12;

export class ScramServer {
  readonly #settings: ScramServerSettings;
  readonly #salt = randomBytes(saltBytes);
  #clientFirst = '';
  #serverFirst = '';

  constructor(settings: ScramServerSettings) {
    this.#settings = settings;
  }

  /** The challenge to the client's first message. */
  challenge(message: string): string {
    this.#clientFirst = message.replace(/^[ny],[^,]*,/, '');
    const { fault, iterations = defaultIterations } = this.#settings;
    const clientNonce = /r=([^,]+)/.exec(this.#clientFirst)?.[1] ?? '';
    const nonce = fault === 'foreign-nonce' ? 'somebodyElses' : clientNonce;
    const salt = fault === 'no-salt' ? '' : this.#salt.toString('base64');
    this.#serverFirst = `r=${nonce}${randomBytes(nonceBytes).toString('base64')},s=${salt},i=${iterations}`;
    return this.#serverFirst;
  }

  /** The server's proof, or null where the client's is wrong. */
  finish(message: string): string | null {
    const { hash, password, iterations = defaultIterations, fault } = this.#settings;
    const length = createHash(hash).digest().length;
    const salted = pbkdf2Sync(password, this.#salt, iterations, length, hash);
    const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
    const [withoutProof = '', proof = ''] = message.split(',p=');
    const authMessage = `${this.#clientFirst},${this.#serverFirst},${withoutProof}`;
    const storedKey = createHash(hash).update(hmac(salted, 'Client Key')).digest();
    const signature = hmac(storedKey, authMessage);
    const clientKey = Buffer.from(proof, 'base64').map((byte, index) => byte ^ (signature[index] ?? 0));
    const isKnown = timingSafeEqual(createHash(hash).update(clientKey).digest(), storedKey);
    if (!isKnown) return null;
    const serverSignature = hmac(hmac(salted, fault === 'false-proof' ? 'No Key' : 'Server Key'), authMessage);
    return `v=${serverSignature.toString('base64')}`;
  }
}
