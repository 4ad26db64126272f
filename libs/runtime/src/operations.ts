/** The endpoints by which a process is operated: `/healthz` (it lives), `/readyz` (it works) and `/metrics`. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsText } from '@quorate/telemetry';
import { ConfigurationError } from './configuration.ts';
import type { ServiceHealth } from './service.ts';

export interface OperationsAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type HealthByName = Readonly<Record<string, ServiceHealth>>;

function json(status: number, value: unknown): OperationsAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

function readiness(services: HealthByName): OperationsAnswer {
  const ready = Object.values(services).every((service) => service.ready);
  return json(ready ? 200 : 503, { status: ready ? 'ready' : 'waiting', services });
}

/** The answer to an operations path, or null when `path` is none. */
export async function answerOperations(path: string, health: () => HealthByName): Promise<OperationsAnswer | null> {
  switch (path) {
    case '/healthz':
      return json(200, { status: 'alive' });
    case '/readyz':
      return readiness(health());
    case '/metrics':
      return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: await metricsText() };
    default:
      return null;
  }
}

export interface OperationsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers what is its own, and returns whether it was. */
export type OtherRoutes = (request: IncomingMessage, response: ServerResponse) => boolean;

async function respond(request: IncomingMessage, response: ServerResponse, health: () => HealthByName): Promise<void> {
  const [path = '/'] = (request.url ?? '/').split('?');
  const answer = (await answerOperations(path, health)) ?? json(404, { status: 'not found' });
  response.writeHead(answer.status, { 'content-type': answer.contentType, 'cache-control': 'no-store' });
  response.end(request.method === 'HEAD' ? '' : answer.body);
}

/** What to say when a port or an address can't be listened on; any other error as it is. */
export function listenFault(error: Error, { host, port }: { host: string; port: number }): Error {
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE') {
    return new ConfigurationError([
      {
        subject: 'QUORATE_HTTP_PORT',
        problem: `names port ${port} of ${host}, which another process holds`,
        remedy: 'End that process or set another port; 0 takes a free one',
      },
    ]);
  }
  if (code === 'EACCES') {
    return new ConfigurationError([
      {
        subject: 'QUORATE_HTTP_PORT',
        problem: `names port ${port}, which this user may not listen on`,
        remedy: 'Set a port above 1023',
      },
    ]);
  }
  if (code !== 'EADDRNOTAVAIL' && code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') return error;
  return new ConfigurationError([
    {
      subject: 'QUORATE_HTTP_HOST',
      problem: 'is not an address of this machine',
      remedy: 'Set it to 127.0.0.1 or 0.0.0.0',
    },
  ]);
}

/** @throws ConfigurationError when the port or address can't be listened on. */
export async function serveOperations(
  place: { readonly host: string; readonly port: number },
  health: () => HealthByName,
  others: OtherRoutes = () => false,
): Promise<OperationsServer> {
  const server = createServer({ requestTimeout: 5_000, maxHeaderSize: 8_192 }, (request, response) => {
    if (others(request, response)) return;
    respond(request, response, health).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, place)));
    server.listen(place.port, place.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = place.host.includes(':') ? `[${place.host}]` : place.host;
  return { url: `http://${host}:${port}`, close: () => closeServer(server) };
}

function closeServer(server: ReturnType<typeof createServer>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
