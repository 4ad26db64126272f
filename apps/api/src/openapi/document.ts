/** Builds the OpenAPI 3.1 document from the operations: what is documented is what is done. */
import { patchName, parametersOf } from './parameters.ts';
import { methodOf, pathOf, type OperationDefinition } from '../http/operation.ts';
import { problemSchema } from '../http/problem.schema.ts';
import { problemAnswers, problemsOf } from './problems.ts';
import { SchemaBook, type JsonSchema } from './schemas.ts';

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: JsonSchema;
  readonly servers: readonly JsonSchema[];
  readonly security: readonly JsonSchema[];
  readonly tags: readonly { name: string }[];
  readonly paths: Record<string, Record<string, JsonSchema>>;
  readonly components: { schemas: Record<string, JsonSchema>; securitySchemes: JsonSchema };
}

const json = 'application/json';

export function openApiDocument(operations: readonly OperationDefinition[], version: string): OpenApiDocument {
  const book = new SchemaBook();
  const paths: OpenApiDocument['paths'] = {};
  for (const definition of operations) {
    const path = (paths[pathOf(definition)] ??= {});
    path[methodOf(definition).toLowerCase()] = describe(definition, book);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Quorate',
      version,
      summary: 'A multi-region uptime monitor that decides by quorum.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: book.components,
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'The administrator key.' } },
    },
  };
}

function describe(definition: OperationDefinition, book: SchemaBook): JsonSchema {
  const { id, tag, summary, description, isPublic = false } = definition;
  const problem = book.show(problemSchema, 'output');
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isPublic ? { security: [] } : {}),
    parameters: parametersOf(definition, book),
    ...requestBody(definition, book),
    responses: { ...answers(definition, book), ...problemAnswers(problemsOf(definition), problem) },
  };
}

function requestBody(definition: OperationDefinition, book: SchemaBook): JsonSchema {
  const { body, patchOf, bodyExample, bodyExamples, isBodyOptional = false } = definition;
  if (body === undefined) return {};
  const schema = patchOf === undefined ? book.show(body, 'input') : book.showPatch(patchOf, patchName(definition));
  const shown = bodyExamples === undefined ? { example: bodyExample } : { examples: examplesOf(bodyExamples) };
  const content = { schema, ...shown };
  const patch = patchOf === undefined ? {} : { 'application/merge-patch+json': content };
  return { requestBody: { required: !isBodyOptional, content: { [json]: content, ...patch } } };
}

function examplesOf(values: Readonly<Record<string, unknown>>): JsonSchema {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function answers(definition: OperationDefinition, book: SchemaBook): Record<string, JsonSchema> {
  const { answer, isVersioned = false, isPing = false, otherAnswers = {} } = definition;
  const { status, description, schema, mediaType = json, example } = answer;
  const shown = schema === undefined ? { type: 'string' } : book.show(schema, 'output');
  const others = Object.entries(otherAnswers).map(([code, other]) => [
    code,
    {
      description: other.description,
      content: { [json]: { schema: book.show(other.schema, 'output'), example: other.example } },
    },
  ]);
  return {
    [String(status)]: {
      description,
      headers: isPing ? {} : headersOf(status, isVersioned),
      ...(status === 204 ? {} : { content: { [mediaType]: { schema: shown, example } } }),
    },
    ...(Object.fromEntries(others) as Record<string, JsonSchema>),
  };
}

function headersOf(status: number, isVersioned: boolean): JsonSchema {
  const text = (description: string) => ({ description, schema: { type: 'string' } });
  return {
    'X-Request-Id': text('Names this request in the server log.'),
    ...(isVersioned ? { ETag: text('The version, for If-Match.') } : {}),
    ...(status === 201 ? { Location: text('Where the new entity is read.') } : {}),
  };
}
