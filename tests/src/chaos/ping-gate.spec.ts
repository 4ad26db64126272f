/** How the chaos trial's jobs get their pings through. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PingGate } from './ping-gate.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => once(server.close(), 'close')));
});

async function startApi(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const hears: RequestListener = (_, response) => void response.writeHead(200, { connection: 'close' }).end('OK\n');
const cannot: RequestListener = (_, response) => void response.writeHead(503, { connection: 'close' }).end();

describe('a ping', () => {
  it('is heard where the API says so', async () => {
    const url = await startApi(hears);
    expect(await new PingGate(() => [url]).send('/heartbeats/a')).toBe('heard');
  });

  it('may be heard where the API could not tell, and the next ones go elsewhere', async () => {
    const urls = [await startApi(cannot), await startApi(cannot)];
    const gate = new PingGate(() => urls);
    expect([await gate.send('/heartbeats/a'), await gate.send('/heartbeats/a')]).toEqual(['unknown', 'unknown']);
    urls.push(await startApi(hears));
    expect([await gate.send('/heartbeats/a'), await gate.send('/heartbeats/a')]).toEqual(['heard', 'heard']);
  });

  it('was certainly not heard where nobody takes connections', async () => {
    const url = await startApi(hears);
    await once(servers.splice(0)[0]!.close(), 'close');
    expect(await new PingGate(() => [url]).send('/heartbeats/a')).toBe('refused');
  });
});
