/** The OpenAPI document as a judge: whether an answer is one that it promises. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Answer } from './api-client.ts';

interface Content {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { value: unknown }>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly summary: string;
  readonly parameters: readonly { name: string; in: string }[];
  readonly requestBody?: { content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { description: string; content?: Readonly<Record<string, Content>> }>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const place = 'quorate:document';

export class Contract {
  readonly document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #compiled = new Map<object, ValidateFunction>();

  constructor(document: OpenApi) {
    this.document = document;
    this.#ajv.addSchema({ $id: place, components: document.components });
  }

  /** Every operation with its method and path. */
  *operations(): Generator<{ method: string; path: string; operation: DocumentedOperation }> {
    for (const [path, byMethod] of Object.entries(this.document.paths)) {
      for (const [method, operation] of Object.entries(byMethod)) yield { method, path, operation };
    }
  }

  /** What the document has against an answer; empty when it promises it. */
  faultsOf(method: string, path: string, answer: Answer<unknown>): string[] {
    const documented = this.#find(method, path);
    if (documented === null) return [401, 404, 405].includes(answer.status) ? [] : [`there is no route ${path}`];
    return this.#faultsOfAnswer(documented, answer);
  }

  #faultsOfAnswer(documented: DocumentedOperation, answer: Answer<unknown>): string[] {
    const response = documented.responses[String(answer.status)];
    if (response === undefined) return [`${documented.operationId} does not promise ${answer.status}`];
    const type = answer.headers.get('content-type')?.split(';')[0] ?? null;
    if (type === null || type.startsWith('text/')) return [];
    const content = Object.entries(response.content ?? {}).find(([promised]) => promised === type)?.[1];
    if (content === undefined) return [`${documented.operationId} does not promise ${type}`];
    return this.faultsAgainst(content.schema, answer.body);
  }

  faultsAgainst(schema: object, value: unknown): string[] {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', `"${place}#/components/`);
      validate = this.#ajv.compile(JSON.parse(text) as object);
      this.#compiled.set(schema, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = '', params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  #find(method: string, path: string): DocumentedOperation | null {
    for (const { method: other, path: template, operation } of this.operations()) {
      const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      if (other === method.toLowerCase() && pattern.test(path)) return operation;
    }
    return null;
  }
}
