/** The parameters of a route as the document shows them. */
import type { z } from 'zod';
import { methodOf, type OperationDefinition } from '../http/operation.ts';
import type { JsonSchema, SchemaBook } from './schemas.ts';

const headers: Readonly<Record<string, readonly JsonSchema[]>> = {
  POST: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'A repeat with the same key and body gets the same answer for a day, and changes nothing.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      example: '2f1d7c11-0b7c-4a0f-8f5d-7f6f2a1c9d33',
    },
  ],
  PATCH: [
    {
      name: 'If-Match',
      in: 'header',
      description: 'The ETag of the version that the change was made from; another version answers 412.',
      schema: { type: 'string' },
      example: '"3"',
    },
  ],
};

export function parametersOf(definition: OperationDefinition, book: SchemaBook): readonly JsonSchema[] {
  return [
    ...(definition.params === undefined ? [] : shownAs('path', definition.params, book)),
    ...(definition.query === undefined ? [] : shownAs('query', definition.query, book)),
    ...(definition.isPing === true ? [] : (headers[methodOf(definition)] ?? [])),
  ];
}

function shownAs(place: 'path' | 'query', schema: z.ZodObject, book: SchemaBook): JsonSchema[] {
  const { properties = {} } = book.show(schema, 'input') as { properties?: Record<string, JsonSchema> };
  return Object.entries(properties).map(([name, shown]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: shown,
  }));
}

/** `editMonitor` takes a `MonitorPatch`. */
export function patchName({ id }: OperationDefinition): string {
  return `${id.replace(/^[a-z]+/, '')}Patch`;
}
