/** Seals secrets so that they can travel and rest on the log: AES-256-GCM, bound to the one place where they belong. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { QuorateError, sealedPrefix } from '@quorate/contracts';

/** Where a secret belongs. Sealed text that was moved elsewhere does not open. */
export interface SecretPlace {
  readonly entity: 'monitor' | 'channel';
  readonly id: string;
  /** The JSON pointer inside the entity. */
  readonly field: string;
}

export class SecretUnreadableError extends QuorateError {
  override readonly name = 'SecretUnreadableError';
  readonly code = 'QRT_SECRET_UNREADABLE';
  readonly retryable = false;
}

export const secretKeyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const keyIdCharacters = 8;

const boundTo = ({ entity, id, field }: SecretPlace): Buffer => Buffer.from(`${entity}|${id}|${field}`);

export class SecretBox {
  readonly #key: Buffer;
  readonly #keyId: string;

  /** @throws TypeError when the key is not `secretKeyBytes` long. */
  constructor(key: Uint8Array) {
    if (key.length !== secretKeyBytes) throw new TypeError(`A secret key has ${secretKeyBytes} bytes`);
    this.#key = Buffer.from(key);
    this.#keyId = createHash('sha256').update(this.#key).digest('hex').slice(0, keyIdCharacters);
  }

  seal(secret: string, place: SecretPlace): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(boundTo(place));
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${sealedPrefix}${this.#keyId}:${sealed.toString('base64url')}`;
  }

  /** @throws SecretUnreadableError when it was sealed with another key, for another place, or was changed. */
  open(sealed: string, place: SecretPlace): string {
    const [keyId, text] = this.#split(sealed);
    if (keyId !== this.#keyId) {
      throw new SecretUnreadableError(
        `The secret ${place.field} of ${place.entity} ${place.id} was sealed with another QUORATE_SECRET_KEY`,
      );
    }
    try {
      return this.#decipher(Buffer.from(text, 'base64url'), place);
    } catch (cause) {
      throw new SecretUnreadableError(`The secret ${place.field} of ${place.entity} ${place.id} was changed or moved`, {
        cause,
      });
    }
  }

  #split(sealed: string): [keyId: string, text: string] {
    const rest = sealed.startsWith(sealedPrefix) ? sealed.slice(sealedPrefix.length) : '';
    return [rest.slice(0, keyIdCharacters), rest.slice(keyIdCharacters + 1)];
  }

  #decipher(bytes: Buffer, place: SecretPlace): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(boundTo(place)).setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
  }
}
