import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer as createSecureServer, type Server } from 'node:https';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback, allowNothing, NameResolver, type AllowList } from '@quorate/outbound';
import {
  answering,
  closeServer,
  createAuthority,
  listenOnLoopback,
  startHttpProxy,
  startNameServer,
  startRawServer,
  startSocksProxy,
  startTarget,
  type Authority,
  type NameServer,
  type ProxyServer,
  type ProxyServerSettings,
  type RawServer,
  type Target,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings, type ProbeSurroundings } from './surroundings.ts';

const stop = new AbortController();
const credentials = { username: 'me', password: 'open sesame' };
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
let authority: Authority;
let names: NameServer;
let target: Target;
let secure: Server;
let securePort: number;
let proxy: ProxyServer | null = null;
let raw: RawServer | null = null;

beforeAll(async () => {
  authority = await createAuthority();
  names = await startNameServer();
  names.set('shop.test', { addresses: ['127.0.0.1'] });
  target = await startTarget();
  const issued = await authority.issue({ names: ['shop.test', '127.0.0.1', 'localhost'] });
  secure = createSecureServer(issued, (_, response) => response.end('all is well'));
  securePort = await listenOnLoopback(secure);
});
afterEach(async () => {
  await proxy?.close();
  await raw?.close();
  proxy = raw = null;
});
afterAll(async () => {
  stop.abort();
  await names.close();
  await target.close();
  secure.closeAllConnections();
  await closeServer(secure);
});

function surroundingsOf(allowed: AllowList): ProbeSurroundings {
  return createSurroundings({
    guard: new AddressGuard(allowed),
    resolver: new NameResolver({ servers: [names.address], hostsFile: '/dev/null' }),
    ...{ region: 'eu', version: '1', signal: stop.signal, certificateAuthorities: authority.certificate },
  });
}

interface LookSettings {
  readonly url: string;
  readonly proxyUrl: string;
  readonly login?: object;
  readonly allowed?: AllowList;
  readonly timeoutMs?: number;
  readonly changes?: object;
  readonly surroundings?: ProbeSurroundings;
}

async function look(settings: LookSettings): Promise<Evidence> {
  const { url, proxyUrl, login = {}, allowed = allowLoopback, timeoutMs = 2_000, changes = {} } = settings;
  const http = httpProbeSchema.parse({ url, proxy: { url: proxyUrl, ...login }, ...changes });
  const surroundings = settings.surroundings ?? surroundingsOf(allowed);
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: Date.now(), timeoutMs });
}

const plainUrl = () => `http://shop.test:${target.port}/health?a=b`;
const secureUrl = () => `https://shop.test:${securePort}/`;

function isSummed({ phases }: Evidence): boolean {
  const { totalMs, ...parts } = phases;
  const sum = Object.values(parts).reduce<number>((total, part) => total + (part ?? 0), 0);
  return Math.abs(sum - totalMs) < 0.001;
}

const kinds: [string, (settings?: ProxyServerSettings) => Promise<ProxyServer>, string][] = [
  ['http', startHttpProxy, 'http'],
  ['socks5', startSocksProxy, 'socks5'],
  ['socks5h', startSocksProxy, 'socks5h'],
];

describe.each(kinds)('through a proxy of %s', (_kind, start, scheme) => {
  it.each([
    ['plain', plainUrl],
    ['secured', secureUrl],
  ])('a %s target is up, and the address is that of the proxy', async (_what, urlOf) => {
    proxy = await start();
    const evidence = await look({ url: urlOf(), proxyUrl: `${scheme}://127.0.0.1:${proxy.port}` });
    expect(evidence).toMatchObject({ outcome: 'up', statusCode: 200, address: '127.0.0.1' });
    expect(proxy.asked).toHaveLength(1);
    expect(isSummed(evidence)).toBe(true);
  });

  it('a user name and a password open it', async () => {
    proxy = await start({ credentials });
    const proxyUrl = `${scheme}://127.0.0.1:${proxy.port}`;
    for (const url of [plainUrl(), secureUrl()]) {
      expect(await look({ url, proxyUrl, login: credentials })).toMatchObject({ outcome: 'up' });
    }
  });

  it.each([
    ['no user name', {}],
    ['a wrong password', { username: 'me', password: 'wrong word' }],
  ])('%s is down, and the proxy is blamed', async (_what, login) => {
    proxy = await start({ credentials });
    const proxyUrl = `${scheme}://127.0.0.1:${proxy.port}`;
    for (const url of [plainUrl(), secureUrl()]) {
      const evidence = await look({ url, proxyUrl, login });
      expect(evidence).toMatchObject({ outcome: 'down', reason: 'proxy.auth', statusCode: null });
      expect(evidence.message).toMatch(/^the proxy 127\.0\.0\.1:\d+ (wants|refuses)/);
      expect(evidence.message).not.toContain('wrong word');
    }
  });

  it('a proxy that nobody runs is down, and not the target', async () => {
    proxy = await start();
    const { port } = proxy;
    await proxy.close();
    proxy = null;
    expect(await look({ url: secureUrl(), proxyUrl: `${scheme}://127.0.0.1:${port}` })).toMatchObject({
      outcome: 'down',
      reason: 'proxy.unreachable',
      message: `the proxy 127.0.0.1:${port} cannot be reached: 127.0.0.1:${port} refused the connection`,
    });
  });

  it('a target that the proxy cannot reach is told in the proxy’s name', async () => {
    proxy = await start();
    const gone = await startRawServer(answering([]));
    await gone.close();
    const url = `https://shop.test:${gone.port}/`;
    const evidence = await look({ url, proxyUrl: `${scheme}://127.0.0.1:${proxy.port}` });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'proxy.refused', statusCode: null });
    expect(evidence.message).toContain(`the proxy 127.0.0.1:${proxy.port} could not connect to`);
  });

  it('a proxy at an address that is not allowed is not dialled', async () => {
    const evidence = await look({ url: 'https://93.184.216.34/', proxyUrl: `${scheme}://10.0.0.1:1080` });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'blocked.address' });
    expect(evidence.message).toContain('10.0.0.1');
  });

  it.each(['http://169.254.169.254/', 'http://[::ffff:10.0.0.1]/', 'https://10.0.0.1/', 'http://0x7f.1/'])(
    'a target at the forbidden address %s is not asked for',
    async (url) => {
      proxy = await start();
      const allowed = { subnets: ['127.0.0.2/32'] };
      const evidence = await look({ url, proxyUrl: `${scheme}://127.0.0.2:${proxy.port}`, allowed });
      expect(evidence).toMatchObject({ outcome: 'down', reason: 'blocked.address' });
      expect(proxy.asked).toEqual([]);
    },
  );

  it('localhost is the prober’s, whoever would look it up', async () => {
    const evidence = await look({ url: 'http://localhost/', proxyUrl: `${scheme}://9.9.9.9:1`, allowed: allowNothing });
    expect(evidence).toMatchObject({ reason: 'blocked.address' });
  });

  it('a redirect leads through it again', async () => {
    const leading = await startRawServer(
      answering([`HTTP/1.1 302 Found\r\nLocation: ${secureUrl()}\r\nContent-Length: 0\r\n\r\n`]),
    );
    proxy = await start();
    const url = `http://shop.test:${leading.port}/`;
    const evidence = await look({ url, proxyUrl: `${scheme}://127.0.0.1:${proxy.port}` });
    await leading.close();
    expect(evidence).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(proxy.asked).toHaveLength(2);
  });

  it('a connection is kept, the proxy’s as the target’s', async () => {
    proxy = await start();
    const surroundings = surroundingsOf(allowLoopback);
    const changes = { connection: 'reuse' };
    for (const url of [plainUrl(), secureUrl()]) {
      const settings = { url, proxyUrl: `${scheme}://127.0.0.1:${proxy.port}`, changes, surroundings };
      expect(await look(settings)).toMatchObject({ outcome: 'up', connection: 'fresh' });
      expect(await look(settings)).toMatchObject({ outcome: 'up', connection: 'reused' });
    }
    surroundings.kept.closeAll();
  });
});

describe('who looks the name up', () => {
  it('is the proxy for HTTP and for socks5h', async () => {
    const hosts = { 'only-there.test': '127.0.0.1' };
    proxy = await startHttpProxy({ hosts });
    const url = `http://only-there.test:${target.port}/`;
    expect(await look({ url, proxyUrl: `http://127.0.0.1:${proxy.port}` })).toMatchObject({ outcome: 'up' });
    await proxy.close();
    proxy = await startSocksProxy({ hosts });
    expect(await look({ url, proxyUrl: `socks5h://127.0.0.1:${proxy.port}` })).toMatchObject({ outcome: 'up' });
    expect(proxy.asked).toEqual([`only-there.test:${target.port}`]);
    expect(names.questions.filter((question) => question.endsWith('only-there.test'))).toEqual([]);
  });

  it('is the prober for socks5, which asks for an address that it has checked', async () => {
    proxy = await startSocksProxy();
    const proxyUrl = `socks5://127.0.0.1:${proxy.port}`;
    expect(await look({ url: plainUrl(), proxyUrl })).toMatchObject({ outcome: 'up' });
    expect(proxy.asked).toEqual([`127.0.0.1:${target.port}`]);
    names.set('rebinding.test', { addresses: ['10.0.0.1'] });
    expect(await look({ url: 'http://rebinding.test/', proxyUrl })).toMatchObject({ reason: 'blocked.address' });
    expect(await look({ url: 'http://gone.test/', proxyUrl })).toMatchObject({ reason: 'dns.nxdomain' });
  });

  it('is the prober for the proxy’s own name', async () => {
    proxy = await startHttpProxy();
    names.set('proxy.test', { addresses: ['127.0.0.1'] });
    const proxyUrl = (host: string) => `http://${host}:${proxy?.port}`;
    expect(await look({ url: plainUrl(), proxyUrl: proxyUrl('proxy.test') })).toMatchObject({ outcome: 'up' });
    expect(await look({ url: plainUrl(), proxyUrl: proxyUrl('gone.test') })).toMatchObject({
      reason: 'proxy.unreachable',
      message: `the proxy gone.test:${proxy.port} cannot be reached: there is no host named gone.test`,
    });
  });
});

describe('a proxy over TLS', () => {
  it('is up with a good certificate, whose facts are not the target’s', async () => {
    proxy = await startHttpProxy({ issued: await authority.issue({ names: ['localhost'], validToDays: 3.5 }) });
    const proxyUrl = `https://localhost:${proxy.port}`;
    expect(await look({ url: plainUrl(), proxyUrl })).toMatchObject({ outcome: 'up', certificate: null });
    const evidence = await look({ url: secureUrl(), proxyUrl });
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90 } });
    expect(isSummed(evidence)).toBe(true);
  });

  it('is down with a bad one, also where that of the target is not looked at', async () => {
    proxy = await startHttpProxy({ issued: await authority.issue({ names: ['other.test'] }) });
    const proxyUrl = `https://localhost:${proxy.port}`;
    expect(await look({ url: secureUrl(), proxyUrl, changes: { tls: { verify: false } } })).toMatchObject({
      reason: 'proxy.unreachable',
      message:
        `the proxy localhost:${proxy.port} cannot be reached: ` +
        'the certificate is not for localhost but for DNS:other.test',
    });
  });
});

describe('a target behind a proxy', () => {
  it('is judged by its own certificate', async () => {
    proxy = await startHttpProxy({ hosts: { 'wrong.test': '127.0.0.1' } });
    const url = `https://wrong.test:${securePort}/`;
    expect(await look({ url, proxyUrl: `http://127.0.0.1:${proxy.port}` })).toMatchObject({ reason: 'tls.hostname' });
  });

  it('is asked for by its whole URL where the proxy reads it, and never told the proxy’s password', async () => {
    raw = await startRawServer(answering([ok]));
    const proxyUrl = `http://127.0.0.1:${raw.port}`;
    await look({ url: 'http://shop.test/a?b=c#d', proxyUrl, login: credentials });
    const [head = ''] = raw.received;
    expect(head).toMatch(/^GET http:\/\/shop\.test\/a\?b=c HTTP\/1\.1\r\nHost: shop\.test\r\n/);
    expect(head).toContain('Proxy-Authorization: Basic bWU6b3BlbiBzZXNhbWU=\r\n');
    expect(proxy).toBeNull();
    const seen = await startRawServer(answering([ok]));
    proxy = await startHttpProxy({ credentials });
    const login = credentials;
    await look({ url: `https://shop.test:${seen.port}/`, proxyUrl: `http://127.0.0.1:${proxy.port}`, login });
    expect(seen.received.join('')).not.toContain('Proxy-Authorization');
    await seen.close();
  });

  it('that resets, closes or says nothing is told with the way that it was asked by', async () => {
    raw = await startRawServer(answering([], 'end'));
    const proxyUrl = `http://127.0.0.1:${raw.port}`;
    expect(await look({ url: 'http://shop.test/', proxyUrl })).toMatchObject({
      reason: 'http.empty',
      message: `the connection was closed without an answer, by way of the proxy 127.0.0.1:${raw.port}`,
    });
  });

  it('never has the proxy’s password repeated, though it be echoed', async () => {
    const echo = 'HTTP/1.1 500 Oops\r\nContent-Length: 40\r\n\r\nopen sesame, bWU6b3BlbiBzZXNhbWU= and on';
    raw = await startRawServer(answering([echo]));
    const evidence = await look({
      url: 'http://shop.test/',
      proxyUrl: `http://127.0.0.1:${raw.port}`,
      login: credentials,
    });
    expect(evidence.excerpt).toBe('[redacted], [redacted] and on');
  });
});
