/** Why the API cannot start over its database. Each names the remedy. */
import { isNativeError } from 'node:util/types';
import { QuorateError } from '@quorate/contracts';

function reasonOf(cause: unknown): string {
  if (!isNativeError(cause)) return String(cause);
  return 'errors' in cause && Array.isArray(cause.errors) ? cause.errors.map(reasonOf).join('; ') : cause.message;
}

/** It was waited for, and did not come. */
export class DatabaseUnreachableError extends QuorateError {
  override readonly name = 'DatabaseUnreachableError';
  readonly code = 'QRT_DATABASE_UNREACHABLE';
  readonly retryable = true;

  constructor(waitedMs: number, cause: unknown) {
    const waited = `waited ${waitedMs / 1_000} s`;
    super(`The database cannot be reached (${waited}): ${reasonOf(cause)}. Start it, or correct DATABASE_URL.`, {
      cause,
    });
  }
}

/** It answered, and waiting will not change the answer: a wrong password, no such database, a foreign schema. */
export class DatabaseRefusedError extends QuorateError {
  override readonly name = 'DatabaseRefusedError';
  readonly code = 'QRT_DATABASE_REFUSED';
  readonly retryable = false;

  constructor(cause: unknown) {
    super(`The database refused: ${reasonOf(cause)}. Check user, password and database name in DATABASE_URL.`, {
      cause,
    });
  }
}
