import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { AddressGuard, allowLoopback, allowNothing } from './address-guard.ts';
import { BlockedAddressError, NameResolutionError } from './errors.ts';
import { createGuardedAgent } from './guarded-agent.ts';
import { NameResolver } from './name-resolver.ts';

let server: Server;
let port: number;
let hosts: (string | undefined)[];

beforeEach(async () => {
  hosts = [];
  server = createServer((incoming, response) => {
    hosts.push(incoming.headers.host);
    if (incoming.url === '/long') response.end(Buffer.alloc(400_000));
    else response.writeHead(incoming.url === '/away' ? 302 : 200, { location: '/' }).end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function call(url: string, guard = new AddressGuard(allowLoopback)): Promise<{ status: number; body: string }> {
  const dispatcher = createGuardedAgent({ guard, resolver: new NameResolver({ servers: ['127.0.0.1:9'] }) });
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    return { status: statusCode, body: await body.text() };
  } finally {
    await dispatcher.destroy();
  }
}

describe('the guarded agent', () => {
  it('calls an allowed address by its name', async () => {
    expect(await call(`http://localhost:${port}/`)).toEqual({ status: 200, body: 'ok' });
    expect(hosts).toEqual([`localhost:${port}`]);
  });

  it.each(['http://localhost', 'http://127.0.0.1', 'http://[::1]', 'http://2130706433', 'http://169.254.169.254'])(
    'never dials %s where it is not allowed',
    async (origin) => {
      await expect(call(`${origin}:${port}/`, new AddressGuard(allowNothing))).rejects.toThrow(BlockedAddressError);
      expect(hosts).toEqual([]);
    },
  );

  it('says so where a name cannot be resolved', async () => {
    await expect(call(`http://shop.test:${port}/`)).rejects.toThrow(NameResolutionError);
  });

  it('does not follow a redirect', async () => {
    expect(await call(`http://localhost:${port}/away`)).toMatchObject({ status: 302 });
  });

  it('reads no more of an answer than its bound', async () => {
    await expect(call(`http://localhost:${port}/long`)).rejects.toMatchObject({
      code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE',
    });
  });
});
