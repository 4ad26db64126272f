/** What a value inside a JSON body must be. Typed throughout: nothing is ever converted to be compared. */
import { z } from 'zod';
import { patternSchema } from './fields.ts';

/** `$.status`, `$.items[0].name`, `$.items[-1]` (the last), `$['a b']`, and `$.items[*].status` for each of them. */
const jsonPathSchema = z
  .string()
  .max(512)
  .regex(
    /^\$(\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*|\[(-?[0-9]{1,6}|\*)\]|\['[^'\\]*'\]|\["[^"\\]*"\])*$/,
    'must be a path such as $.items[0].name',
  );
const jsonScalarSchema = z.union([z.string().max(1_024), z.number(), z.boolean(), z.null()]);
export type JsonScalar = z.infer<typeof jsonScalarSchema>;

const lengthSchema = z.int().min(0).max(1_000_000);

const jsonTypeSchema = z.enum(['string', 'number', 'boolean', 'null', 'array', 'object']);
export type JsonType = z.infer<typeof jsonTypeSchema>;

/** One comparison each; with `[*]` in the path each value must meet it, and there must be one. */
export const jsonExpectationSchema = z.union([
  z.strictObject({ path: jsonPathSchema, equals: jsonScalarSchema }),
  /** Met too where there is nothing. */
  z.strictObject({ path: jsonPathSchema, notEquals: jsonScalarSchema }),
  z.strictObject({ path: jsonPathSchema, oneOf: z.array(jsonScalarSchema).min(1).max(50) }),
  /** `null` is there. */
  z.strictObject({ path: jsonPathSchema, exists: z.boolean() }),
  z.strictObject({ path: jsonPathSchema, type: jsonTypeSchema }),
  z.strictObject({ path: jsonPathSchema, lessThan: z.number() }),
  z.strictObject({ path: jsonPathSchema, greaterThan: z.number() }),
  z.strictObject({ path: jsonPathSchema, atLeast: z.number() }),
  z.strictObject({ path: jsonPathSchema, atMost: z.number() }),
  /** A part of a string, or an element of an array. */
  z.strictObject({ path: jsonPathSchema, contains: jsonScalarSchema }),
  z.strictObject({ path: jsonPathSchema, notContains: jsonScalarSchema }),
  /** RE2 syntax, on a string. */
  z.strictObject({ path: jsonPathSchema, matches: patternSchema }),
  z.strictObject({ path: jsonPathSchema, notMatches: patternSchema }),
  /** Characters of a string, elements of an array, fields of an object. */
  z.strictObject({ path: jsonPathSchema, length: lengthSchema }),
  z.strictObject({ path: jsonPathSchema, lengthAtLeast: lengthSchema }),
  z.strictObject({ path: jsonPathSchema, lengthAtMost: lengthSchema }),
]);
export type JsonExpectation = z.infer<typeof jsonExpectationSchema>;
