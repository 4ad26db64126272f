/** Which problems a route may answer with, and how the document shows them. */
import { methodOf, type OperationDefinition } from '../http/operation.ts';
import { problemCatalogue, ProblemError, type ProblemCode } from '../http/problem.ts';
import type { JsonSchema } from './schemas.ts';

const ofEveryRoute: readonly ProblemCode[] = ['QRT_REQUEST_MALFORMED', 'QRT_QUERY_INVALID', 'QRT_INTERNAL'];
const ofProtectedRoutes: readonly ProblemCode[] = ['QRT_AUTHENTICATION_REQUIRED', 'QRT_DATABASE_UNAVAILABLE'];
const ofBodies: readonly ProblemCode[] = [
  'QRT_BODY_MALFORMED',
  'QRT_BODY_INVALID',
  'QRT_BODY_TOO_LARGE',
  'QRT_MEDIA_TYPE_UNSUPPORTED',
];
const ofMethod: Readonly<Record<string, readonly ProblemCode[]>> = {
  POST: ['QRT_HEADER_INVALID', 'QRT_IDEMPOTENCY_IN_PROGRESS', 'QRT_IDEMPOTENCY_MISMATCH'],
  PATCH: ['QRT_HEADER_INVALID', 'QRT_VERSION_OUTDATED'],
};

export function problemsOf(definition: OperationDefinition): readonly ProblemCode[] {
  const { isPublic = false, isPing = false, params, unknown = 'QRT_ROUTE_UNKNOWN', problems = [] } = definition;
  if (isPing) return [unknown, ...problems];
  const method = methodOf(definition);
  const codes = [
    ...ofEveryRoute,
    ...(isPublic ? [] : ofProtectedRoutes),
    ...(params === undefined ? [] : [unknown]),
    ...(method === 'GET' ? [] : ofBodies),
    ...(ofMethod[method] ?? []),
    ...problems,
  ];
  return [...new Set(codes)];
}

const sampleErrors: Partial<Record<ProblemCode, { pointer: string; message: string }[]>> = {
  QRT_BODY_INVALID: [{ pointer: '/http/url', message: 'must be an absolute http or https URL' }],
  QRT_QUERY_INVALID: [{ pointer: '/limit', message: 'must be at most 200' }],
  QRT_HEADER_INVALID: [{ pointer: '/If-Match', message: 'must be the ETag of an earlier answer' }],
};

/** The answers of `codes` by their status, each with an example. */
export function problemAnswers(codes: readonly ProblemCode[], schema: JsonSchema): Record<string, JsonSchema> {
  const byStatus = Map.groupBy(codes, (code) => problemCatalogue[code].status);
  return Object.fromEntries([...byStatus].map(([status, of]) => [String(status), problemAnswer(of, schema)]));
}

function problemAnswer(codes: readonly ProblemCode[], schema: JsonSchema): JsonSchema {
  const examples = codes.map((code) => {
    const problem = new ProblemError(code, problemCatalogue[code].title, { errors: sampleErrors[code] ?? [] });
    return [code, { value: problem.toDocument() }];
  });
  return {
    description: codes.map((code) => `${problemCatalogue[code].title} (\`${code}\`).`).join(' '),
    content: { 'application/problem+json': { schema, examples: Object.fromEntries(examples) as JsonSchema } },
  };
}
