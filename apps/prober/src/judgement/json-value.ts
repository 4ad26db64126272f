/** A JSON value in words: its type, and as much of it as a sentence takes, however large or deep it is. */
import type { JsonType } from '@quorate/contracts';

const quotedCharactersMax = 120;

/** A text in quotes. Where it is cut the ellipsis follows at once: by that half a secret is found (`redact`). */
export function quote(text: string): string {
  if (text.length <= quotedCharactersMax) return JSON.stringify(text);
  const cut = JSON.stringify(text.slice(0, quotedCharactersMax).toWellFormed());
  return `${cut.slice(0, -1)}…"`;
}

export function jsonTypeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'object';
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `the string "ok"`, `the number 3`, `an array of 2 elements`; never the whole of what may be a megabyte. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return `the string ${quote(value)}`;
  if (Array.isArray(value)) return `an array of ${counted(value.length, 'element')}`;
  if (typeof value === 'object' && value !== null) return `an object of ${counted(Object.keys(value).length, 'field')}`;
  return value === null ? 'null' : `the ${typeof value} ${JSON.stringify(value)}`;
}
