/**
 * One description of a route: it routes (`routing.ts`), validates what comes in (`input.ts`), and is what the OpenAPI
 * document says. So a route that is not described cannot be reached, and a described one cannot be forgotten.
 */
import type { z } from 'zod';
import type { ProblemCode } from './problem.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface OperationDefinition {
  /** `METHOD /path/{parameter}` */
  readonly route: `${Method} /${string}`;
  /** Stable: generated clients name their functions by it. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Whether it may be called without a key. */
  readonly isPublic?: boolean;
  /** Whether the gateway answers it, before keys and bodies are looked at: then only `problems` may come of it. */
  readonly isPing?: boolean;
  /** Each parameter in the path; a value that does not fit names nothing, and is answered by `unknown`. */
  readonly params?: z.ZodObject;
  readonly unknown?: ProblemCode;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** For the document: the body is a merge patch of this. */
  readonly patchOf?: z.ZodType;
  /** A body that may be left out. */
  readonly isBodyOptional?: boolean;
  readonly bodyExample?: unknown;
  /** Instead of the one, several by what each shows. */
  readonly bodyExamples?: Readonly<Record<string, unknown>>;
  readonly answer: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    readonly schema?: z.ZodType;
    readonly mediaType?: string;
    readonly example?: unknown;
  };
  /** Answers with another status that are no problem documents. */
  readonly otherAnswers?: Readonly<Record<number, { description: string; schema: z.ZodType; example: unknown }>>;
  /** Whether the answer carries its `version` as ETag. */
  readonly isVersioned?: boolean;
  /** The problems that are this route's own. */
  readonly problems?: readonly ProblemCode[];
}

/** Keeps the literal types, so that `InputOf` knows what a handler gets. */
export function operation<const Definition extends OperationDefinition>(definition: Definition): Definition {
  return definition;
}

/** What `@Input()` hands to a handler of `Definition`. */
export interface InputOf<Definition extends OperationDefinition> {
  readonly params: Definition['params'] extends z.ZodType ? z.output<Definition['params']> : Record<string, never>;
  readonly query: Definition['query'] extends z.ZodType ? z.output<Definition['query']> : Record<string, never>;
  readonly body: Definition['body'] extends z.ZodType ? z.output<Definition['body']> : undefined;
  /** The version that `If-Match` asks for, or null. Only on `PATCH`. */
  readonly expectedVersion: number | null;
}

export function methodOf({ route }: OperationDefinition): Method {
  return route.slice(0, route.indexOf(' ')) as Method;
}

export function pathOf({ route }: OperationDefinition): string {
  return route.slice(route.indexOf(' ') + 1);
}
