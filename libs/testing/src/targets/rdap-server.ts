/** A registry's RDAP server, with IANA's list of registries beside it, that answers what a spec says. */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { closeServer, listenOnLoopback } from './listen.ts';

export interface RdapAnswer {
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as JSON, or as it is where it is a text. */
  readonly body?: unknown;
}

export interface RdapServer {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
  /** What it answers at a path from now on; `silence` is no answer at all. Elsewhere it answers 404. */
  set(path: string, answer: RdapAnswer | 'silence'): void;
  close(): Promise<void>;
}

export async function startRdapServer(): Promise<RdapServer> {
  const requests: IncomingMessage[] = [];
  const answers = new Map<string, RdapAnswer | 'silence'>();
  const server = createServer((request, response) => {
    requests.push(request);
    const answer = answers.get(request.url ?? '') ?? { status: 404, body: { errorCode: 404 } };
    if (answer === 'silence') return;
    const { status = 200, headers = { 'content-type': 'application/rdap+json' }, body = '' } = answer;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    set: (path, answer) => void answers.set(path, answer),
    close: async () => {
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}
