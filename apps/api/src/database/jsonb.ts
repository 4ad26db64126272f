/** JSON for PostgreSQL: text from targets may hold what `jsonb` refuses, and must not stop what writes it. */
import { isStorable } from '../http/json.ts';

const replacement = '\uFFFD';

function storable(_name: string, value: unknown): unknown {
  if (typeof value !== 'string' || isStorable(value)) return value;
  return value.replaceAll('\0', replacement).toWellFormed();
}

/** `value` as JSON text, with U+FFFD in the place of U+0000 and of halves of surrogate pairs. */
export function jsonbOf(value: unknown): string {
  return JSON.stringify(value, storable);
}
