/** A site that can be down for some regions only: probers say in their User-Agent where they are. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Target {
  readonly url: string;
  /** From now on it answers 503 to these regions. */
  failFor(...regions: readonly string[]): void;
  heal(): void;
  /** Who asked, newest last. */
  readonly visitors: readonly string[];
  close(): Promise<void>;
}

const agentPattern = /^Quorate\/\S+ \((.+)\)$/;

export async function startTarget(): Promise<Target> {
  let failing = new Set<string>();
  const visitors: string[] = [];
  const server = createServer((request, response) => {
    const region = agentPattern.exec(request.headers['user-agent'] ?? '')?.[1] ?? 'stranger';
    visitors.push(region);
    response.writeHead(failing.has(region) ? 503 : 200, { 'content-type': 'text/plain' });
    response.end(failing.has(region) ? 'out of order' : 'ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`,
    failFor: (...regions) => {
      failing = new Set(regions);
    },
    heal: () => failing.clear(),
    visitors,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
