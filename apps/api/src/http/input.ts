/** Parses a request by its operation's schemas: the edge behind which types are trusted. */
import type { Request } from 'express';
import type { z } from 'zod';
import { expectedVersionOf } from './entity-tag.ts';
import { fieldErrorsOf } from './field-errors.ts';
import { isStorable } from './json.ts';
import type { OperationDefinition } from './operation.ts';
import { ProblemError, type ProblemCode } from './problem.ts';

export function readInput(definition: OperationDefinition, request: Request) {
  return {
    params: readParams(definition, request),
    query: readQuery(definition.query, request),
    body: readBodyPart(definition, request),
    expectedVersion: request.method === 'PATCH' ? expectedVersionOf(request) : null,
  };
}

/** An ID that cannot be one names nothing: the answer is the same as for one that nobody has. */
function readParams({ params, unknown = 'QRT_ROUTE_UNKNOWN' }: OperationDefinition, request: Request): unknown {
  if (params === undefined) return {};
  const parsed = params.safeParse(request.params);
  const isKnowable = parsed.success && Object.values(request.params).every((part) => isStorable(String(part)));
  if (isKnowable) return parsed.data;
  throw new ProblemError(unknown, 'Nothing has the ID in the path; list the collection to see what there is.');
}

function readQuery(schema: z.ZodObject | undefined, request: Request): unknown {
  const given = { ...request.query };
  const unstorable = Object.entries(given).filter(([, value]) => typeof value === 'string' && !isStorable(value));
  if (unstorable.length > 0) {
    const errors = unstorable.map(([name]) => ({ pointer: `/${name}`, message: 'must not hold the character U+0000' }));
    throw new ProblemError('QRT_QUERY_INVALID', 'The query cannot be read.', { errors });
  }
  if (schema === undefined) return refuseQuery(given);
  return parseWith(schema, given, {
    code: 'QRT_QUERY_INVALID',
    detail: 'See errors for each invalid query parameter.',
  });
}

function refuseQuery(given: object): object {
  const names = Object.keys(given);
  if (names.length === 0) return {};
  const errors = names.map((name) => ({ pointer: `/${name}`, message: 'is not a known name; remove it' }));
  throw new ProblemError('QRT_QUERY_INVALID', 'This route takes no query parameters.', { errors });
}

function readBodyPart({ body, isBodyOptional = false }: OperationDefinition, request: Request): unknown {
  const given: unknown = request.body;
  if (body === undefined) return refuseBody(given);
  if (given === undefined && !isBodyOptional) {
    throw new ProblemError('QRT_BODY_MALFORMED', 'Send a JSON body; /docs shows what it takes.');
  }
  return parseWith(body, given ?? {}, { code: 'QRT_BODY_INVALID', detail: 'See errors for each invalid field.' });
}

/** An empty object is what many clients send where there is nothing to say. */
function refuseBody(given: unknown): undefined {
  const isEmpty =
    given === undefined || (typeof given === 'object' && given !== null && Object.keys(given).length === 0);
  if (isEmpty) return undefined;
  throw new ProblemError('QRT_BODY_INVALID', 'This route takes no body; send none.');
}

function parseWith(schema: z.ZodType, value: unknown, problem: { code: ProblemCode; detail: string }): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProblemError(problem.code, problem.detail, { errors: fieldErrorsOf(parsed.error) });
}
