/** Takes a probe's own credentials out of what a target answered: an echo must not carry them into a vote. */
import { isSecretHeader } from '@quorate/contracts';

/** A shorter secret would blacken half of an answer and hide little. */
const secretCharactersMin = 4;

export const isWorthHiding = (secret: string): boolean => secret.length >= secretCharactersMin;

const substitute = '[redacted]';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const asHtml = (text: string, apostrophe: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? '').replaceAll("'", apostrophe);

const withLowerCaseEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

/** A shorter part of a header is a scheme, a cookie's name or a flag. */
const partCharactersMin = 8;

/** `Bearer abc` may come back as `abc`, and `a=1; session=abc` as either cookie. */
function withParts(value: string): string[] {
  return [value, ...value.split(/[\s;,=]+/).filter((part) => part.length >= partCharactersMin)];
}

export function secretsOfHeaders(headers: Readonly<Record<string, string>>): string[] {
  const secret = Object.entries(headers).filter(([name]) => isSecretHeader(name));
  return secret.flatMap(([, value]) => withParts(value));
}

/** The ways in which a server may write down what it was sent. */
function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const inUrl = encodeURIComponent(secret.toWellFormed());
  const inForm = new URLSearchParams([['', secret]]).toString().slice('='.length);
  return [
    secret,
    bytes.toString('latin1'),
    JSON.stringify(secret).slice(1, -1),
    asHtml(secret, "'"),
    asHtml(secret, '&#39;'),
    asHtml(secret, '&#x27;'),
    ...[inUrl, inForm].flatMap((text) => [text, withLowerCaseEscapes(text)]),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ];
}

/** How much of `secret` is at the end of `text`, where it was cut within the secret. */
function cutAtEnd(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length >= secretCharactersMin; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}

/** A quotation ends with an ellipsis where it was cut, and an answer where the connection broke. */
function withoutCutSecrets(text: string, spellings: readonly string[]): string {
  return text
    .split('…')
    .map((part) => {
      const length = Math.max(0, ...spellings.map((spelling) => cutAtEnd(part, spelling)));
      return length === 0 ? part : part.slice(0, -length) + substitute;
    })
    .join('…');
}

/** `text` without any of the secrets, in whatever spelling, whole or cut off at the end. */
export function redact(text: string, secrets: readonly string[]): string {
  const all = secrets.filter(isWorthHiding).flatMap(spellingsOf);
  // The longest first: a header's whole value goes before the password within it.
  const spellings = [...new Set(all)].sort((one, other) => other.length - one.length);
  const whole = spellings.reduce((rest, spelling) => rest.replaceAll(spelling, substitute), text);
  return withoutCutSecrets(whole, spellings);
}
