/**
 * Which parts of a monitor or a channel are secret. They travel and rest sealed: a string with `sealedPrefix`, made and
 * opened by the services that hold the key (`@quorate/runtime`).
 */

export const sealedPrefix = 'sealed:v1:';

/** What a sealed secret may have, unless its field says otherwise. */
export const sealedCharactersMax = 4_096;

/**
 * Turns one secret into what takes its place; `field` is its JSON pointer inside the entity, and what takes its place
 * may have `charactersMax` (`sealedCharactersMax` when left out).
 */
export type SecretMapping = (secret: string, field: string, charactersMax?: number) => string;

const secretHeader = /^(cookie|proxy-authorization|authorization)$|token|secret|api-?key|password|credential/i;

/** Whether a header of this name carries a credential. */
export function isSecretHeader(name: string): boolean {
  return secretHeader.test(name);
}

/** A copy of `headers`, which stand at `pointer`, with each credential mapped. */
export function mapHeaderSecrets(
  headers: Record<string, string>,
  pointer: string,
  map: SecretMapping,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecretHeader(name) ? map(value, `${pointer}/${name.toLowerCase()}`) : value,
    ]),
  );
}
