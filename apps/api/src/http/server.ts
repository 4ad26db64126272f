/** The HTTP server around the routes: what holds for every request, and an orderly end. */
import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { INestApplication, DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { listenFault, type OtherRoutes } from '@quorate/runtime';
import type { Logger } from '@quorate/telemetry';
import express, { type RequestHandler } from 'express';
import { requireKey } from './authentication.ts';
import { readBody } from './body.ts';
import { methodOf, pathOf, type OperationDefinition } from './operation.ts';
import { ProblemError } from './problem.ts';
import { ProblemFilter } from './problem.filter.ts';
import { withRequestContext } from './request-context.ts';
import { setSecurityHeaders } from './security-headers.ts';

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** How long requests under way may take at the end before their connections are cut. */
const drainMs = 4_000;

export interface HttpSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly adminKey: string;
  readonly logger: Logger;
  readonly operations: readonly OperationDefinition[];
  readonly answerPing: OtherRoutes;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startServer(module: DynamicModule, settings: HttpSettings): Promise<RunningServer> {
  const application = await NestFactory.create<NestExpressApplication>(module, new ExpressAdapter(plainExpress()), {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  application.use(before(settings.answerPing));
  application.use(withRequestContext, setSecurityHeaders);
  application.use('/api', requireKey(settings.adminKey));
  for (const step of readBody) application.use(step);
  application.useGlobalFilters(new ProblemFilter(settings.logger, methodsAt(settings.operations)));
  const server: Server = application.getHttpServer();
  Object.assign(server, { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs } satisfies ServerOptions);
  server.on('clientError', refuseMalformed);
  return { url: await listen(application, settings), close: () => drain(application, server) };
}

function before(answers: OtherRoutes): RequestHandler {
  return (request, response, next) => {
    if (!answers(request, response)) next();
  };
}

function plainExpress(): express.Express {
  const instance = express();
  instance.disable('x-powered-by');
  instance.set('etag', false);
  instance.set('query parser', 'simple');
  return instance;
}

/** @throws ConfigurationError when the port or address can't be listened on. */
async function listen(application: INestApplication, { host, port }: HttpSettings): Promise<string> {
  try {
    await application.listen(port, host);
  } catch (error) {
    await application.close();
    throw listenFault(error as Error, { host, port });
  }
  const address = (application.getHttpServer() as Server).address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function drain(application: INestApplication, server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  try {
    await application.close();
  } finally {
    clearTimeout(cut);
  }
}

/** The methods that some route takes at a path. */
function methodsAt(operations: readonly OperationDefinition[]): (path: string) => readonly string[] {
  const routes = operations.map((definition) => ({
    method: methodOf(definition),
    pattern: new RegExp(`^${pathOf(definition).replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
  }));
  return (path) => routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
}

/** What is not even HTTP never reaches a route. */
function refuseMalformed(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable) return;
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const detail = isTooLarge ? 'The headers are too large; send less.' : 'The request is not valid HTTP.';
  const body = JSON.stringify(new ProblemError('QRT_REQUEST_MALFORMED', detail).toDocument());
  const headers = [
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(['HTTP/1.1 400 Bad Request', ...headers, '', body].join('\r\n'));
}
