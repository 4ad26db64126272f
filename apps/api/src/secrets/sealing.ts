/**
 * Secrets on their way in and out: sealed before they reach the database or the log, never shown again. What a client
 * read as `[redacted]` it may send back, and the stored secret stays.
 */
import { sealedCharactersMax, type SecretMapping } from '@quorate/contracts';
import { ProblemError, type FieldError } from '../http/problem.ts';

export const redacted = '[redacted]';

/** Sealed text is longer (base64, nonce, tag and prefix), and the contracts bound what the log carries. */
const bytesMaxIn = (charactersMax: number): number => Math.floor((charactersMax * 3) / 4) - 72;
export const secretBytesMax = bytesMaxIn(sealedCharactersMax);

/** Applies a mapping to every secret of one kind of entity: `mapProbeSecrets` or `mapChannelSecrets`. */
export type MapSecrets<Entity> = (entity: Entity, map: SecretMapping) => Entity;

export function redactSecrets<Entity>(entity: Entity, mapSecrets: MapSecrets<Entity>): Entity {
  return mapSecrets(entity, () => redacted);
}

/** The stored secrets by their fields. */
function storedSecrets<Entity>(stored: Entity | null, mapSecrets: MapSecrets<Entity>): ReadonlyMap<string, string> {
  const secrets = new Map<string, string>();
  if (stored === null) return secrets;
  mapSecrets(stored, (secret, field) => {
    secrets.set(field, secret);
    return secret;
  });
  return secrets;
}

export interface Sealing<Entity> {
  readonly mapSecrets: MapSecrets<Entity>;
  /** What is stored, sealed; null for a new entity. */
  readonly stored: Entity | null;
  readonly seal: SecretMapping;
}

/** @throws ProblemError naming secrets that are too long, or redacted where none is stored. */
export function sealSecrets<Entity>(entity: Entity, { mapSecrets, stored, seal }: Sealing<Entity>): Entity {
  const kept = storedSecrets(stored, mapSecrets);
  const errors: FieldError[] = [];
  const sealed = mapSecrets(entity, (secret, field, charactersMax = sealedCharactersMax) => {
    const keptSecret = kept.get(field);
    if (secret === redacted && keptSecret !== undefined) return keptSecret;
    const fault = faultOf(secret, bytesMaxIn(charactersMax));
    if (fault !== null) errors.push({ pointer: field, message: fault });
    return fault === null ? seal(secret, field) : secret;
  });
  if (errors.length === 0) return sealed;
  throw new ProblemError('QRT_BODY_INVALID', 'See errors for each invalid secret.', { errors });
}

function faultOf(secret: string, bytesMax: number): string | null {
  if (secret === redacted) return 'must be the secret itself: none is stored that could be kept';
  if (Buffer.byteLength(secret) > bytesMax) return `must have at most ${bytesMax} bytes`;
  return null;
}
