import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { gzipSync } from 'node:zlib';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import {
  closeServer,
  createAuthority,
  listenOnLoopback,
  startHttpProxy,
  startRawServer,
  startSocksProxy,
  type Issued,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings, type ProbeSurroundings } from './surroundings.ts';

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: Buffer) => void;

const stop = new AbortController();
const sessions = new Set<ServerHttp2Session>();
let surroundings: ProbeSurroundings;
let issued: Issued;
let server: Http2SecureServer | null = null;
let heard: IncomingHttpHeaders = {};

beforeAll(async () => {
  const authority = await createAuthority();
  issued = await authority.issue({ names: ['localhost'] });
  surroundings = createSurroundings({
    guard: new AddressGuard(allowLoopback),
    ...{ region: 'eu', version: '1', signal: stop.signal, certificateAuthorities: authority.certificate },
  });
});
afterEach(async () => {
  for (const session of sessions) session.destroy();
  sessions.clear();
  if (server !== null) await closeServer(server);
  server = null;
});
afterAll(() => stop.abort());

async function serve(answer: Answer): Promise<number> {
  server = createSecureServer({ ...issued });
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    heard = headers;
    const body: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (bytes: Buffer) => body.push(bytes));
    stream.on('end', () => answer(stream, headers, Buffer.concat(body)));
  });
  return await listenOnLoopback(server);
}

async function visit(url: string, changes: object = {}, timeoutMs = 2_000): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url, httpVersion: '2', ...changes });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: Date.now(), timeoutMs });
}

async function look(answer: Answer, changes: object = {}, timeoutMs = 2_000): Promise<Evidence> {
  return await visit(`https://localhost:${await serve(answer)}/health?a=b`, changes, timeoutMs);
}

const welcome: Answer = (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' });
  stream.end('all is well');
};

describe('a target that speaks HTTP/2', () => {
  it('is up, with its certificate and with phases that sum', async () => {
    const evidence = await look(welcome, { expect: { body: [{ contains: 'is well' }] } });
    expect(evidence).toMatchObject({ outcome: 'up', statusCode: 200, certificate: { daysLeft: 90 } });
    const { totalMs, ...parts } = evidence.phases;
    expect(Object.values(parts).reduce<number>((sum, part) => sum + (part ?? 0), 0)).toBeCloseTo(totalMs, 6);
    expect(parts.ttfbMs).toBeGreaterThan(0);
  });

  it('is asked for what HTTP/1.1 would ask, in the names of HTTP/2', async () => {
    const headers = { Host: 'shop.example', 'X-Probe': '1', 'Proxy-Connection': 'x' };
    await look(welcome, { headers, auth: { type: 'bearer', token: 'abc.def' } });
    expect(heard).toMatchObject({
      ':method': 'GET',
      ':scheme': 'https',
      ':authority': 'shop.example',
      ':path': '/health?a=b',
      'user-agent': 'Quorate/1 (eu)',
      'accept-encoding': 'gzip, deflate, br, zstd',
      'x-probe': '1',
      authorization: 'Bearer abc.def',
    });
    expect(heard).not.toHaveProperty('host');
    expect(heard).not.toHaveProperty('proxy-connection');
  });

  it('is sent a body', async () => {
    const echo: Answer = (stream, _headers, body) => {
      stream.respond({ ':status': 200 });
      stream.end(body);
    };
    const changes = { method: 'POST', body: 'grün', expect: { body: [{ contains: 'grün' }] } };
    expect(await look(echo, changes)).toMatchObject({ outcome: 'up' });
    expect(heard).toMatchObject({ ':method': 'POST', 'content-length': '5' });
  });

  it('is judged by status, headers and body', async () => {
    const sorry: Answer = (stream) => {
      stream.respond({ ':status': 503, 'x-state': 'bad' });
      stream.end('no upstream');
    };
    expect(await look(sorry)).toMatchObject({ outcome: 'down', reason: 'status.unexpected', excerpt: 'no upstream' });
    await closeServer(server as Http2SecureServer);
    const expected = { status: ['503'], headers: [{ name: 'X-State', equals: 'good' }] };
    expect(await look(sorry, { expect: expected })).toMatchObject({ reason: 'header.mismatch' });
  });

  it.each<[string, Answer]>([
    ['without a body', (stream) => stream.respond({ ':status': 204 }, { endStream: true })],
    [
      'in gzip',
      (stream) => {
        stream.respond({ ':status': 200, 'content-encoding': 'gzip' });
        stream.end(gzipSync('all is well'));
      },
    ],
    [
      'with trailers',
      (stream) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
        stream.end('all is well');
      },
    ],
    [
      'after 103 Early Hints',
      (stream, headers, body) => {
        stream.additionalHeaders({ ':status': 103, link: '</a>' });
        welcome(stream, headers, body);
      },
    ],
    [
      'with an orderly GOAWAY beside the answer',
      (stream, headers, body) => {
        stream.session?.goaway(0, stream.id ?? 1);
        welcome(stream, headers, body);
      },
    ],
  ])('is up %s', async (_what, answer) => {
    expect(await look(answer)).toMatchObject({ outcome: 'up' });
  });

  it('is up to HEAD', async () => {
    const bare: Answer = (stream) => stream.respond({ ':status': 200, 'content-length': '99' }, { endStream: true });
    expect(await look(bare, { method: 'HEAD' })).toMatchObject({ outcome: 'up' });
  });

  it('is read up to a megabyte, and no further', async () => {
    const endless: Answer = (stream) => {
      stream.respond({ ':status': 200 });
      const more = (): void => {
        while (stream.writable && stream.write(Buffer.alloc(65_536, 'x')));
      };
      stream.on('drain', more);
      more();
    };
    expect(await look(endless, {}, 10_000)).toMatchObject({ outcome: 'up' });
    await closeServer(server as Http2SecureServer);
    const evidence = await look(endless, { expect: { body: [{ contains: 'well' }] } }, 10_000);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'http.too-large' });
  });

  it('is followed where it redirects, with the cookies that it set', async () => {
    const leading: Answer = (stream, headers, body) => {
      if (headers[':path'] === '/end') return welcome(stream, headers, body);
      stream.respond({ ':status': 302, location: '/end', 'set-cookie': ['a=1', 'b=2'] }, { endStream: true });
    };
    expect(await look(leading)).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(heard.cookie).toBe('a=1; b=2');
  });

  it('is down where it redirects to plain HTTP', async () => {
    const leading: Answer = (stream) => {
      stream.respond({ ':status': 302, location: 'http://localhost/' }, { endStream: true });
    };
    expect(await look(leading)).toMatchObject({
      reason: 'http.protocol',
      message: 'http://localhost is plain HTTP, over which HTTP/2 is not spoken',
    });
  });

  it('is down when it says nothing, at the one deadline', async () => {
    const evidence = await look(() => undefined, {}, 200);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
    expect(evidence.phases.transferMs).toBeNull();
  });

  it('is down when its body drips past the deadline, and tells what it said', async () => {
    const dripping: Answer = (stream) => {
      stream.respond({ ':status': 200 });
      const timer = setInterval(() => stream.write('a'), 20);
      stream.on('close', () => clearInterval(timer));
    };
    const evidence = await look(dripping, {}, 300);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.total', statusCode: 200 });
    expect(evidence.excerpt).toMatch(/^a+$/);
  });

  it('is not reached any more once the prober stops', async () => {
    const stopping = new AbortController();
    const http = httpProbeSchema.parse({
      url: `https://localhost:${await serve(() => stopping.abort())}/`,
      httpVersion: '2',
    });
    const context = { ...surroundings, signal: stopping.signal, monitorKey: 'm', startedAt: 0, timeoutMs: 60_000 };
    expect(await probeHttp(http, context)).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
  });

  it('may be behind a proxy', async () => {
    const port = await serve(welcome);
    for (const [start, scheme] of [
      [startHttpProxy, 'http'],
      [startSocksProxy, 'socks5h'],
    ] as const) {
      const proxy = await start();
      const changes = { proxy: { url: `${scheme}://127.0.0.1:${proxy.port}` } };
      expect(await visit(`https://localhost:${port}/`, changes)).toMatchObject({ outcome: 'up', statusCode: 200 });
      expect(proxy.asked).toEqual([expect.stringContaining(`localhost:${port}`)]);
      await proxy.close();
    }
  });
});

describe('a target that does not speak HTTP/2 is down', () => {
  const reason = 'http.protocol';

  it('by refusing it in the handshake', async () => {
    const old = await startRawServer(() => undefined, '127.0.0.1', { ...issued, ALPNProtocols: ['http/1.1'] });
    expect(await visit(`https://localhost:${old.port}/`)).toMatchObject({
      ...{ outcome: 'down', reason, message: 'the target does not speak HTTP/2' },
    });
    await old.close();
  });

  it('by passing over it in the handshake', async () => {
    const old = createHttpsServer({ ...issued, ALPNCallback: () => undefined }, (_, response) => response.end('ok'));
    const silent = await startRawServer(() => undefined, '127.0.0.1', { ...issued });
    const port = await listenOnLoopback(old);
    for (const each of [port, silent.port]) {
      expect(await visit(`https://localhost:${each}/`)).toMatchObject({
        ...{ outcome: 'down', reason, message: 'the target does not speak HTTP/2' },
      });
    }
    await silent.close();
    old.closeAllConnections();
    await closeServer(old);
  });
});

describe('the setting', () => {
  const faultOf = (http: object): string | undefined =>
    httpProbeSchema.safeParse({ httpVersion: '2', ...http }).error?.issues[0]?.path.join('.');

  it('needs https and a fresh connection', () => {
    expect(faultOf({ url: 'https://a.test/' })).toBeUndefined();
    expect(faultOf({ url: 'http://a.test/' })).toBe('httpVersion');
    expect(faultOf({ url: 'https://a.test/', connection: 'reuse' })).toBe('connection');
  });
});
