/** How a problem document looks on the wire, for the OpenAPI document. */
import { z } from 'zod';
import { problemCatalogue, type ProblemCode } from './problem.ts';

const codes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.enum(codes),
  /** One entry for each invalid field. */
  errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })),
});
