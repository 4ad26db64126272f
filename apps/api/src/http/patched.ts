/** Applies a merge patch to an entity's settings as they are shown, and parses what comes of it. */
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { fieldErrorsOf } from './field-errors.ts';
import { mergePatch } from './merge-patch.ts';
import { ProblemError } from './problem.ts';

/** What is asked of an entity. */
export interface Edit {
  readonly id: string;
  /** A merge patch of the settings as they are shown. */
  readonly patch: unknown;
  /** Null: whichever it has. */
  readonly expectedVersion: number | null;
}

/** The patched settings; null when the patch changes nothing. @throws ProblemError naming each invalid field. */
export function patched<Schema extends z.ZodType>(
  shown: z.output<Schema>,
  patch: unknown,
  schema: Schema,
): z.output<Schema> | null {
  const parsed = schema.safeParse(mergePatch(shown, patch));
  if (!parsed.success) {
    const errors = fieldErrorsOf(parsed.error);
    throw new ProblemError('QRT_BODY_INVALID', 'See errors for each invalid field of the patched settings.', {
      errors,
    });
  }
  return isDeepStrictEqual(parsed.data, shown) ? null : parsed.data;
}
