/** A small client of the REST interface for specs: it says what it sent and keeps what came back. */

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface ProblemBody {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly errors: { pointer: string; message: string }[];
}

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly answer: Answer<unknown>;
}

/** Every exchange of this process, for the comparison with the OpenAPI document. */
export const exchanges: Exchange[] = [];

export class ApiClient {
  readonly #url: string;
  readonly #key: string | null;

  constructor(url: string, key: string | null) {
    this.#url = url;
    this.#key = key;
  }

  async send<Body = Record<string, never>>(
    method: string,
    path: string,
    options: RequestInit = {},
  ): Promise<Answer<Body>> {
    const authorization = this.#key === null ? {} : { authorization: `Bearer ${this.#key}` };
    const headers = { ...authorization, ...(options.headers as Record<string, string> | undefined) };
    const response = await fetch(`${this.#url}${path}`, { ...options, method, headers });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const body = (isJson ? JSON.parse(text) : text) as Body;
    const answer = { status: response.status, headers: response.headers, body };
    exchanges.push({ method, path: new URL(path, this.#url).pathname, answer });
    return answer;
  }

  get<Body = Record<string, never>>(path: string): Promise<Answer<Body>> {
    return this.send('GET', path);
  }

  post<Body = Record<string, never>>(path: string, body?: unknown, headers: object = {}): Promise<Answer<Body>> {
    return this.send('POST', path, withJson(body, headers));
  }

  patch<Body = Record<string, never>>(path: string, body: unknown, headers: object = {}): Promise<Answer<Body>> {
    return this.send('PATCH', path, withJson(body, headers));
  }

  delete<Body = Record<string, never>>(path: string): Promise<Answer<Body>> {
    return this.send('DELETE', path);
  }
}

function withJson(body: unknown, headers: object): RequestInit {
  if (body === undefined) return { headers: { ...headers } };
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
