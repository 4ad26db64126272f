/** The catalogue of problems. */
import { describe, expect, it } from '@jest/globals';
import { problemCatalogue, ProblemError, type ProblemCode } from './problem.ts';
import { problemSchema } from './problem.schema.ts';

const codes = Object.keys(problemCatalogue) as ProblemCode[];

describe('a problem', () => {
  it.each(codes)('%s is a document as it is promised', (code) => {
    const problem = new ProblemError(code, 'What to do.', { errors: [{ pointer: '/a', message: 'is wrong' }] });
    expect(problemSchema.parse(problem.toDocument())).toMatchObject({ code, detail: 'What to do.' });
  });

  it.each(codes)('%s may pass by itself only where the server is at fault', (code) => {
    const problem = new ProblemError(code, '');
    expect(problem.retryable).toBe(problem.status >= 500);
  });
});
