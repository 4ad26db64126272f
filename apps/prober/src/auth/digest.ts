/**
 * Digest access authentication (RFC 7616; RFC 2069 where a server names no quality of protection). Pure: counts and
 * random values are told. Texts are strings of bytes (Latin-1), for it is bytes that are hashed.
 */
import { createHash } from 'node:crypto';
import type { Challenge } from './challenge.ts';

/** From the strongest to the weakest. */
const algorithms = [
  { name: 'SHA-512-256', hash: 'sha512-256' },
  { name: 'SHA-256', hash: 'sha256' },
  { name: 'MD5', hash: 'md5' },
] as const;
type Hash = (typeof algorithms)[number]['hash'];

export interface DigestChallenge {
  readonly hash: Hash;
  /** Whether the key is bound to the first nonces (`-sess`). */
  readonly isSession: boolean;
  /** As the server wrote it; null where it left it out, which means MD5. */
  readonly algorithm: string | null;
  /** Null is RFC 2069. */
  readonly qop: 'auth' | 'auth-int' | null;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  /** Whether the credentials were right and only the nonce too old. */
  readonly isStale: boolean;
  readonly hashesUsername: boolean;
  readonly isUtf8: boolean;
}

interface DigestRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly uri: string;
  readonly body: string | null;
}

interface DigestProof {
  readonly username: string;
  readonly password: string;
  readonly cnonce: string;
  /** How many requests this nonce has served, this one included. */
  readonly count: number;
}

/** A server that wants more echoed than this is not served. */
const parameterCharactersMax = 4_096;

const bytesOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

function qopOf(offered: string | undefined): DigestChallenge['qop'] | undefined {
  if (offered === undefined) return null;
  const words = offered.toLowerCase().split(/[\s,]+/);
  return (['auth', 'auth-int'] as const).find((word) => words.includes(word));
}

type Protection = Pick<DigestChallenge, 'hash' | 'isSession' | 'algorithm' | 'qop'>;

/** How the server wants it proven; null where that is not known here. */
function protectionOf(parameters: Challenge['parameters']): Protection | null {
  const algorithm = parameters.get('algorithm') ?? null;
  const name = (algorithm ?? 'MD5').toUpperCase();
  const known = algorithms.find((one) => one.name === name.replace(/-SESS$/, ''));
  const qop = qopOf(parameters.get('qop'));
  if (known === undefined || qop === undefined) return null;
  return { hash: known.hash, isSession: name.endsWith('-SESS'), algorithm, qop };
}

function readChallenge({ scheme, parameters }: Challenge): DigestChallenge | null {
  const [realm, nonce] = [parameters.get('realm'), parameters.get('nonce')];
  if (scheme !== 'digest' || realm === undefined || nonce === undefined) return null;
  const protection = protectionOf(parameters);
  const isBounded = [...parameters.values()].every(({ length }) => length <= parameterCharactersMax);
  if (protection === null || !isBounded) return null;
  const says = (name: string, word: string): boolean => parameters.get(name)?.toLowerCase() === word;
  return {
    ...protection,
    realm,
    nonce,
    opaque: parameters.get('opaque') ?? null,
    isStale: says('stale', 'true'),
    hashesUsername: says('userhash', 'true'),
    isUtf8: says('charset', 'utf-8'),
  };
}

/** Of the challenges that can be answered the one with the strongest algorithm; the server's order among equals. */
export function strongestOf(challenges: readonly Challenge[]): DigestChallenge | null {
  const readable = challenges.flatMap((challenge) => readChallenge(challenge) ?? []);
  for (const { hash } of algorithms) {
    const found = readable.find((challenge) => challenge.hash === hash);
    if (found !== undefined) return found;
  }
  return null;
}

function usernameField({ realm, hashesUsername, isUtf8, hash }: DigestChallenge, username: string): string {
  if (hashesUsername) return `username=${quote(digestOf(hash, `${bytesOf(username)}:${realm}`))}`;
  const isAscii = /^[\x20-\x7e]*$/.test(username);
  if (isAscii || !isUtf8) return `username=${quote(bytesOf(username))}`;
  const escaped = encodeURIComponent(username.toWellFormed()).replace(/['()*]/g, (character) => `%${hexOf(character)}`);
  return `username*=UTF-8''${escaped}`;
}

const hexOf = (character: string): string => character.charCodeAt(0).toString(16).toUpperCase();

function digestOf(hash: Hash, text: string): string {
  return createHash(hash).update(text, 'latin1').digest('hex');
}

interface Told extends DigestRequest, DigestProof {
  readonly nc: string;
}

function responseOf(challenge: DigestChallenge, told: Told): string {
  const { hash, isSession, qop, realm, nonce } = challenge;
  const { username, password, cnonce, nc, method, uri, body } = told;
  const digest = (...parts: readonly string[]): string => digestOf(hash, parts.join(':'));
  const key = digest(bytesOf(username), realm, bytesOf(password));
  const first = isSession ? digest(key, nonce, cnonce) : key;
  const second = qop === 'auth-int' ? digest(method, uri, digest(bytesOf(body ?? ''))) : digest(method, uri);
  return qop === null ? digest(first, nonce, second) : digest(first, nonce, nc, cnonce, qop, second);
}

interface DigestAuthorization {
  /** The value of the Authorization header. */
  readonly header: string;
  /** What proves the password, and could be tried against guesses of it. */
  readonly response: string;
}

export function answerChallenge(
  challenge: DigestChallenge,
  request: DigestRequest,
  proof: DigestProof,
): DigestAuthorization {
  const { algorithm, qop, realm, nonce, opaque, isSession, hashesUsername } = challenge;
  const nc = proof.count.toString(16).padStart(8, '0');
  const response = responseOf(challenge, { ...request, ...proof, nc });
  const fields = [
    usernameField(challenge, proof.username),
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(request.uri)}`,
    `response=${quote(response)}`,
    ...(algorithm === null ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === null ? [] : [`opaque=${quote(opaque)}`]),
    ...(qop === null ? [] : [`qop=${qop}`, `nc=${nc}`]),
    ...(qop === null && !isSession ? [] : [`cnonce=${quote(proof.cnonce)}`]),
    ...(hashesUsername ? ['userhash=true'] : []),
  ];
  return { header: `Digest ${fields.join(', ')}`, response };
}
