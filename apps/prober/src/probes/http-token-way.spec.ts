/** A token endpoint is reached as the target is: by the monitor's proxy and its name server, past the same guard. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback, allowNothing, NameResolver, type AllowList } from '@quorate/outbound';
import {
  startHttpProxy,
  startNameServer,
  startSocksProxy,
  startTokenServer,
  type NameServer,
  type ProxyServer,
  type TokenServer,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
const login = { username: 'me', password: 'open sesame' };
let server: TokenServer;
/** Knows `login.test` and `api.test`; the prober's own knows neither. */
let names: NameServer;
let emptyNames: NameServer;
let proxy: ProxyServer | null = null;

beforeAll(async () => {
  names = await startNameServer();
  emptyNames = await startNameServer();
  for (const name of ['login.test', 'api.test']) names.set(name, { addresses: ['127.0.0.1'] });
  server = await startTokenServer();
});
afterEach(async () => {
  await proxy?.close();
  proxy = null;
  server.tokenRequests.length = 0;
});
afterAll(async () => {
  stop.abort();
  await Promise.all([server.close(), names.close(), emptyNames.close()]);
});

interface Changes {
  readonly http?: object;
  readonly tokenUrl?: string;
  readonly allowed?: AllowList;
}

async function look({ http: more, tokenUrl, allowed = allowLoopback }: Changes): Promise<Evidence> {
  const resolver = new NameResolver({ servers: [emptyNames.address], hostsFile: '/dev/null' });
  const guard = new AddressGuard(allowed);
  const surroundings = createSurroundings({ guard, resolver, region: 'eu', version: '1', signal: stop.signal });
  const endpoint = tokenUrl ?? `http://login.test:${server.port}/token`;
  const auth = { type: 'oauth2', tokenUrl: endpoint, clientId: 'a', clientSecret: 'b' };
  const http = httpProbeSchema.parse({ url: `http://api.test:${server.port}/`, auth, ...more });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: Date.now(), timeoutMs: 2_000 });
}

describe('the way to a token endpoint', () => {
  it('leads by the name server of the monitor', async () => {
    expect(await look({ http: { resolver: names.address } })).toMatchObject({ outcome: 'up', address: '127.0.0.1' });
    expect(names.questions).toContain('A login.test');
  });

  it.each<[string, typeof startHttpProxy, string]>([
    ['relays', startHttpProxy, 'http'],
    ['is of SOCKS, and looks names up', startSocksProxy, 'socks5h'],
  ])('leads through a proxy that %s', async (_what, start, scheme) => {
    proxy = await start({ credentials: login });
    const by = { proxy: { url: `${scheme}://127.0.0.1:${proxy.port}`, ...login } };
    expect(await look({ http: by })).toMatchObject({ outcome: 'up', statusCode: 200 });
    expect(proxy.asked.map((asked) => /(?:login|api)\.test/.exec(asked)?.[0])).toEqual(['login.test', 'api.test']);
    expect(server.tokenRequests[0]?.form.get('grant_type')).toBe('client_credentials');
  });

  it('leads through a proxy of SOCKS with the name server of the monitor', async () => {
    proxy = await startSocksProxy();
    const by = { proxy: { url: `socks5://127.0.0.1:${proxy.port}` }, resolver: names.address };
    expect(await look({ http: by })).toMatchObject({ outcome: 'up' });
    expect(proxy.asked).toEqual([`127.0.0.1:${server.port}`, `127.0.0.1:${server.port}`]);
  });

  it('ends at a proxy that does not let us through, and the sentence blames it', async () => {
    proxy = await startHttpProxy({ credentials: login });
    const { port } = proxy;
    const by = { proxy: { url: `http://127.0.0.1:${port}` } };
    expect(await look({ http: by })).toMatchObject({
      outcome: 'down',
      reason: 'proxy.auth',
      message: expect.stringMatching(`^the token endpoint was not asked: the proxy 127\\.0\\.0\\.1:${port} wants`),
    });
    await proxy.close();
    proxy = null;
    expect(await look({ http: by })).toMatchObject({ outcome: 'down', reason: 'proxy.unreachable' });
    expect(server.tokenRequests).toHaveLength(0);
  });

  it.each([
    ['an address', 'http://169.254.169.254/token'],
    ['this machine', 'http://localhost/token'],
  ])('is closed to %s that is not probed, through a proxy too', async (_what, tokenUrl) => {
    proxy = await startSocksProxy();
    const by = { proxy: { url: `socks5h://127.0.0.1:${proxy.port}` } };
    const allowed = { subnets: ['127.0.0.1/32'] };
    const evidence = await look({ http: by, tokenUrl, allowed });
    expect(evidence).toMatchObject({
      outcome: 'down',
      reason: 'blocked.address',
      message: expect.stringMatching(/^the token endpoint was not asked: /),
    });
    expect(proxy.asked).toEqual([]);
  });

  it('is closed where the monitor’s name server, or its answer, is not probed', async () => {
    const blocked = { outcome: 'down', reason: 'blocked.address' };
    expect(await look({ http: { resolver: names.address }, allowed: allowNothing })).toMatchObject(blocked);
    names.set('inside.test', { addresses: ['127.0.0.1', '10.0.0.7'] });
    const tokenUrl = `http://inside.test:${server.port}/token`;
    expect(await look({ http: { resolver: names.address }, tokenUrl })).toMatchObject(blocked);
    expect(server.tokenRequests).toHaveLength(0);
  });
});
