/** A token endpoint (RFC 6749, section 4.4), and an API beside it that takes its tokens; either misbehaves as told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from './listen.ts';

interface TokenRequest {
  readonly authorization: string | null;
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** Answers a request for a token in some other way than by granting one. */
export type TokenFault = (response: ServerResponse) => void;

export class TokenServer {
  /** What was asked at `/token`. */
  readonly tokenRequests: TokenRequest[] = [];
  /** The Authorization headers that came elsewhere. */
  readonly shown: (string | undefined)[] = [];
  /** What the next grants say of a token's life; left out where undefined. */
  expiresIn: unknown = 3_600;
  fault: TokenFault | null = null;
  port = 0;
  readonly #server: Server;
  #granted = 0;
  #valid: string | null = null;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get tokenUrl(): string {
    return `http://127.0.0.1:${this.port}/token`;
  }

  async start(): Promise<void> {
    this.port = await listenOnLoopback(this.#server);
  }

  /** What was granted is good no longer. */
  withdraw(): void {
    this.#valid = null;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await closeServer(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    if (request.url === '/token') this.#grant(request, response, Buffer.concat(pieces).toString());
    else this.#show(request, response);
  }

  #grant({ headers, method }: IncomingMessage, response: ServerResponse, body: string): void {
    const { authorization = null } = headers;
    this.tokenRequests.push({ authorization, form: new URLSearchParams(body), headers });
    if (this.fault !== null) {
      this.fault(response);
      return;
    }
    this.#granted += 1;
    this.#valid = `token-number-${this.#granted}`;
    const isProper = method === 'POST' && headers['content-type'] === 'application/x-www-form-urlencoded';
    const answer = { access_token: this.#valid, token_type: 'Bearer', expires_in: this.expiresIn };
    response.writeHead(isProper ? 200 : 400, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #show({ headers }: IncomingMessage, response: ServerResponse): void {
    this.shown.push(headers.authorization);
    const isGood = this.#valid !== null && headers.authorization === `Bearer ${this.#valid}`;
    response.writeHead(isGood ? 200 : 401, { 'www-authenticate': 'Bearer' }).end(isGood ? 'welcome' : 'no');
  }
}

export async function startTokenServer(): Promise<TokenServer> {
  const server = new TokenServer();
  await server.start();
  return server;
}
