/**
 * Reads the text of a request's body as JSON that the database and the log can hold: bounded in depth, without names
 * that reach for a prototype, and without characters that PostgreSQL cannot store.
 */
import { pointerOf } from './field-errors.ts';
import { ProblemError, type FieldError } from './problem.ts';

export const bodyDepthMax = 32;

/** @throws ProblemError naming where and why. */
export function parseJson(text: string): unknown {
  if (depthOf(text) > bodyDepthMax) {
    throw new ProblemError('QRT_BODY_MALFORMED', `The body is nested deeper than ${bodyDepthMax} levels; flatten it.`);
  }
  const value = parse(text);
  const faults = [...faultsOf(value, [])];
  if (faults.length > 0) throw new ProblemError('QRT_BODY_INVALID', 'The body cannot be stored.', { errors: faults });
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'unreadable';
    throw new ProblemError('QRT_BODY_MALFORMED', `The body must be JSON: ${reason.slice(0, 200)}.`, { cause });
  }
}

/** How deep brackets nest outside of strings, without recursion, so that no body can exhaust the stack. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if (character === ']' || character === '}') depth--;
  }
  return deepest;
}

/** The index of the quote that ends the string begun at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index;
}

function* faultsOf(value: unknown, path: readonly PropertyKey[]): Generator<FieldError> {
  if (typeof value === 'string' && !isStorable(value)) {
    yield { pointer: pointerOf(path), message: 'must not hold the character U+0000 or half of a surrogate pair' };
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const fault = faultOfName(name);
    if (fault !== null) yield { pointer: pointerOf([...path, name]), message: fault };
    else yield* faultsOf(part, [...path, name]);
  }
}

function faultOfName(name: string): string | null {
  if (name === '__proto__') return 'is not a name that may be used; remove it';
  return isStorable(name) ? null : 'is a name with the character U+0000 or half of a surrogate pair; remove it';
}

/** Whether PostgreSQL can hold `text`. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
