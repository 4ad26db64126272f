/** Turns what zod found wrong into one sentence a field, each with the remedy. */
import type { z } from 'zod';
import type { FieldError } from './problem.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Enough to mend a body by; the rest is found at the next try. */
export const fieldErrorsMax = 50;

/** RFC 6901. The empty pointer is the whole document. */
export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function fieldErrorsOf(error: z.core.$ZodError): FieldError[] {
  return error.issues.flatMap((issue) => describe(issue, [])).slice(0, fieldErrorsMax);
}

function describe(issue: Issue, within: Path): FieldError[] {
  const path = [...within, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        pointer: pointerOf([...path, key]),
        message: 'is not a known name; remove it',
      }));
    case 'invalid_union':
      return describeUnion(issue, path);
    case 'invalid_key':
      return issue.issues.flatMap((inner) => [{ pointer: pointerOf(path), message: `this name ${sentence(inner)}` }]);
    default:
      return [{ pointer: pointerOf(path), message: sentence(issue) }];
  }
}

/** Of the forms that a union offers, the one that the value came nearest to. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path): FieldError[] {
  const nearest = issue.errors.toSorted((one, other) => distance(one) - distance(other))[0];
  if (nearest === undefined || nearest.length === 0) {
    return [{ pointer: pointerOf(path), message: discriminatorSentence(issue) }];
  }
  return nearest.flatMap((inner) => describe(inner, path));
}

function discriminatorSentence(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  if (options.length > 0) return oneOf(options);
  return 'has none of the documented forms; see /docs';
}

/** A value of the wrong type is further away than one with a wrong part. */
function distance(issues: readonly Issue[]): number {
  const depth = Math.max(0, ...issues.map((issue) => issue.path.length));
  return issues.length * 10 - depth * 100;
}

function sentence(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? 'is required'
        : `must be ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return `must ${bound(issue.origin, 'least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'most', issue.maximum)}`;
    case 'invalid_format':
      return issue.message.startsWith('must') ? issue.message : `must be a valid ${issue.format}`;
    default:
      return issue.message;
  }
}

function oneOf(values: readonly unknown[]): string {
  const listed = values.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))).join(', ');
  return values.length === 1 ? `must be ${listed}` : `must be one of ${listed}`;
}

function bound(origin: string, side: 'least' | 'most', limit: number | bigint): string {
  if (origin === 'string') return `have at ${side} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `have at ${side} ${limit} entries`;
  return `be at ${side} ${limit}`;
}

function withArticle(expected: string): string {
  if (expected === 'int') return 'a whole number';
  if (expected === 'record') return 'an object';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}
