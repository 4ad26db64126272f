/**
 * A web site to watch, whose health can be switched while it runs and can depend on the region that looks: it reads the
 * region from the prober's user agent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from './listen.ts';

/** How it fails: with a status, by never answering, or by resetting the connection. */
export type TargetFault = 'status' | 'hang' | 'reset';

export interface TargetVisit {
  /** Null where the visitor is no prober. */
  readonly region: string | null;
  readonly userAgent: string;
  readonly path: string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

export interface Target {
  readonly url: string;
  readonly port: number;
  /** The newest visits, oldest first. */
  readonly visits: readonly TargetVisit[];
  /** Fails from now on for the named regions and nobody else; `everyone` means visitors that are no probers too. */
  failFor(regions: readonly string[] | 'everyone', fault?: TargetFault): void;
  heal(): void;
  close(): Promise<void>;
}

const visitsKeptMax = 100_000;
const failingStatus = 503;
const proberPattern = /^Quorate\/\S+ \(([a-z0-9-]+)\)$/;

interface Health {
  readonly failing: ReadonlySet<string> | 'everyone';
  readonly fault: TargetFault;
}

const healthy: Health = { failing: new Set(), fault: 'status' };

function visitOf({ headers, url = '/' }: IncomingMessage): TargetVisit {
  const userAgent = headers['user-agent'] ?? '';
  return { region: proberPattern.exec(userAgent)?.[1] ?? null, userAgent, path: url, at: Date.now() };
}

function fail(response: ServerResponse, fault: TargetFault): void {
  if (fault === 'status') response.writeHead(failingStatus, { 'content-type': 'text/plain' }).end('out of order\n');
  if (fault === 'reset') response.socket?.resetAndDestroy();
}

function failsFor({ failing }: Health, { region }: TargetVisit): boolean {
  return failing === 'everyone' || (region !== null && failing.has(region));
}

/** On a free port of the loopback interface. */
export async function startTarget(): Promise<Target> {
  const visits: TargetVisit[] = [];
  let health = healthy;
  const server = createServer((request, response) => {
    const visit = visitOf(request);
    visits.push(visit);
    if (visits.length > visitsKeptMax) visits.shift();
    request.resume();
    if (failsFor(health, visit)) fail(response, health.fault);
    else response.writeHead(200, { 'content-type': 'text/plain' }).end('all is well\n');
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    visits,
    failFor: (regions, fault = 'status') => {
      health = { failing: regions === 'everyone' ? regions : new Set(regions), fault };
    },
    heal: () => {
      health = healthy;
    },
    close: async () => {
      server.closeAllConnections();
      await closeServer(server);
    },
  };
}
