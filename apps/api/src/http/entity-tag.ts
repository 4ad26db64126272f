/** Entity tags: an entity's version, quoted, so that a change can insist on the version that it was made from. */
import type { Request } from 'express';
import { ProblemError } from './problem.ts';

export function entityTagOf(version: number): string {
  return `"${version}"`;
}

/** The version that `If-Match` insists on; null when any will do. */
export function expectedVersionOf(request: Request): number | null {
  const given = request.get('if-match');
  if (given === undefined || given.trim() === '*') return null;
  const version = /^\s*"([0-9]{1,9})"\s*$/.exec(given)?.[1];
  if (version !== undefined) return Number(version);
  throw new ProblemError('QRT_HEADER_INVALID', 'If-Match is invalid.', {
    errors: [{ pointer: '/If-Match', message: 'must be the ETag of an earlier answer, such as "3" with its quotes' }],
  });
}

/** @throws ProblemError when the entity has moved on. */
export function checkVersion(expected: number | null, current: number): void {
  if (expected === null || expected === current) return;
  throw new ProblemError(
    'QRT_VERSION_OUTDATED',
    `The version is ${current} by now; read it again and redo the change.`,
  );
}
