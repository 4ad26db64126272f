import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback, NameResolver } from '@quorate/outbound';
import { startNameServer, startRawServer, startTokenServer, type TokenFault, type TokenServer } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
const guard = new AddressGuard(allowLoopback);
let server: TokenServer;
let surroundings: ReturnType<typeof createSurroundings>;

beforeEach(async () => {
  surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal });
  server = await startTokenServer();
});
afterEach(async () => {
  surroundings.kept.closeAll();
  await server.close();
});
afterAll(() => stop.abort());

interface Changes {
  readonly auth?: object;
  readonly timeoutMs?: number;
  readonly monitorKey?: string;
  readonly http?: object;
}

async function look({ auth, timeoutMs = 2_000, monitorKey = 'm', http: more }: Changes = {}): Promise<Evidence> {
  const client = { type: 'oauth2', tokenUrl: server.tokenUrl, clientId: 'the client', clientSecret: 's3cret:&%' };
  const http = httpProbeSchema.parse({
    url: `http://127.0.0.1:${server.port}/`,
    auth: { ...client, ...auth },
    ...more,
  });
  return await probeHttp(http, { ...surroundings, monitorKey, startedAt: 0, timeoutMs });
}

const sum = ({ phases: { totalMs, ...phases } }: Evidence): number =>
  Object.values(phases).reduce<number>((total, ms) => total + (ms ?? 0), 0) - totalMs;

describe('an access token', () => {
  it('is asked for by the client’s own credentials, and shown', async () => {
    const evidence = await look();
    expect(evidence).toMatchObject({ outcome: 'up', statusCode: 200, address: '127.0.0.1' });
    expect(server.shown).toEqual(['Bearer token-number-1']);
    const [request] = server.tokenRequests;
    expect(Object.fromEntries(request!.form)).toEqual({ grant_type: 'client_credentials' });
    // RFC 6749, section 2.3.1: form-encoded, then Basic.
    expect(request!.authorization).toBe(`Basic ${Buffer.from('the+client:s3cret%3A%26%25').toString('base64')}`);
    expect(request!.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'Quorate/1 (eu)' });
  });

  it('is asked for in the form, with scope and audience, where the monitor says so', async () => {
    const auth = { clientAuthentication: 'client_secret_post', scope: 'read write', audience: 'https://api.test/' };
    expect(await look({ auth })).toMatchObject({ outcome: 'up' });
    const [request] = server.tokenRequests;
    expect(request!.authorization).toBeNull();
    expect(Object.fromEntries(request!.form)).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      audience: 'https://api.test/',
      client_id: 'the client',
      client_secret: 's3cret:&%',
    });
  });

  it('has its time in a phase of its own, and the phases add up', async () => {
    const first = await look();
    expect(first.phases.authMs).toBeGreaterThan(0);
    expect(sum(first)).toBeCloseTo(0, 6);
    expect((await look()).phases).not.toHaveProperty('authMs');
  });

  it('serves until shortly before it expires, one monitor, with one client', async () => {
    await look();
    await look();
    expect(server.tokenRequests).toHaveLength(1);
    await look({ monitorKey: 'another' });
    await look({ auth: { scope: 'another' } });
    expect(server.tokenRequests).toHaveLength(3);
  });

  it.each([30, '20', 0])('that lives for %j seconds serves one check', async (expiresIn) => {
    server.expiresIn = expiresIn;
    await look();
    expect(await look()).toMatchObject({ outcome: 'up' });
    expect(server.tokenRequests).toHaveLength(2);
  });

  it.each([undefined, null, 'soon', -1])('whose life is said to be %j serves for a while', async (expiresIn) => {
    server.expiresIn = expiresIn;
    await look();
    expect(await look()).toMatchObject({ outcome: 'up' });
    expect(server.tokenRequests).toHaveLength(1);
  });

  it('that was withdrawn is replaced, once', async () => {
    await look();
    server.withdraw();
    expect(await look()).toMatchObject({ outcome: 'up', statusCode: 200 });
    expect(server.shown).toEqual(['Bearer token-number-1', 'Bearer token-number-1', 'Bearer token-number-2']);
  });

  it('that the target refuses though it is new is down, and the sentence says so', async () => {
    const other = await startTokenServer();
    const http = { url: `http://127.0.0.1:${other.port}/` };
    expect(await look({ http })).toMatchObject({
      outcome: 'down',
      reason: 'status.unexpected',
      message: 'got 401, expected 200-299: the target refused an access token that the token endpoint had just granted',
    });
    // It is not kept: the next check asks for another one.
    await look({ http });
    expect([other.shown.length, server.tokenRequests.length]).toEqual([2, 2]);
    await other.close();
  });

  it('is not shown to another host', async () => {
    const raw = await startRawServer(async (socket, heard) => {
      await heard(/\r\n\r\n/);
      socket.end(`HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${server.port}/\r\nContent-Length: 0\r\n\r\n`);
    });
    const evidence = await look({ http: { url: `http://127.0.0.1:${raw.port}/` } });
    expect(evidence).toMatchObject({ outcome: 'down', statusCode: 401 });
    expect(evidence.message).toContain("the monitor's credentials are not for");
    expect(server.shown).toEqual([undefined]);
    await raw.close();
  });

  it('that took long does not make the target slow', async () => {
    server.fault = (response) => {
      setTimeout(() => response.end('{"access_token":"t","token_type":"bearer"}'), 300);
    };
    const evidence = await look({ http: { expect: { status: ['401'], maxResponseMs: 250 } } });
    expect(evidence).toMatchObject({ outcome: 'up' });
    expect(evidence.phases.totalMs).toBeGreaterThan(290);
  });
});

describe('a token endpoint', () => {
  const answer =
    (status: number, body: unknown = '', headers: Record<string, string> = {}): TokenFault =>
    (response) =>
      void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

  const who = 'the token endpoint at 127.0.0.1';

  it.each<[string, TokenFault, string]>([
    ['answers 500', answer(500, 'oops'), 'answered 500 instead of granting a token'],
    ['answers 204', answer(204), 'answered 204 instead of granting a token'],
    [
      'does not know the client',
      answer(401, { error: 'invalid_client', error_description: 'no' }),
      'answered 401 instead of granting a token: invalid_client',
    ],
    ['errs in a way that is no error', answer(400, { error: 'a"b' }), 'answered 400 instead of granting a token'],
    ['redirects', answer(302, '', { location: '/elsewhere' }), "redirected (302): a client's secret does not follow"],
    ['answers nonsense', answer(200, '<html>'), 'answered 200, but with nothing that is an access token'],
    ['answers nothing', answer(200), 'answered 200, but with nothing that is an access token'],
    ['grants nothing', answer(200, { token_type: 'bearer' }), 'answered 200, but with nothing that is an access token'],
    [
      'grants what would break a header',
      answer(200, { access_token: 'a\r\nx: y', token_type: 'bearer' }),
      'answered 200, but with nothing that is an access token',
    ],
    [
      'grants a token of another type',
      answer(200, { access_token: 'a', token_type: 'mac' }),
      'granted a token that is no bearer token',
    ],
    ['never ends', answer(200, 'x'.repeat(300_000)), 'sent more than is read of a token'],
    ['closes', (response) => response.socket?.end(), 'closed the connection without a whole answer'],
    ['resets', (response) => response.socket?.resetAndDestroy(), 'reset the connection'],
    [
      'breaks off',
      (response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => response.socket?.end()),
      'closed the connection without a whole answer',
    ],
  ])('that %s is what is blamed', async (_what, fault, saying) => {
    server.fault = fault;
    const evidence = await look();
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'auth.token', message: `${who} ${saying}` });
    expect(evidence).toMatchObject({ statusCode: null, address: null, excerpt: null, certificate: null });
    expect(Object.keys(evidence.phases).filter((name) => evidence.phases[name as 'authMs'] !== null)).toEqual([
      'authMs',
      'totalMs',
    ]);
    expect(server.shown).toEqual([]);
  });

  it('that says nothing is waited for no longer than the deadline', async () => {
    server.fault = () => undefined;
    const evidence = await look({ timeoutMs: 300 });
    expect(evidence).toMatchObject({
      outcome: 'down',
      reason: 'auth.timeout',
      message: 'timed out after 0.3 s, waiting for an access token of the token endpoint',
    });
    expect(evidence.phases.totalMs).toBeLessThan(400);
    expect(sum(evidence)).toBeCloseTo(0, 6);
  });

  it('that answers a byte at a time is waited for no longer than the deadline', async () => {
    server.fault = (response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    };
    expect(await look({ timeoutMs: 300 })).toMatchObject({ outcome: 'down', reason: 'auth.timeout' });
  });

  it('that refuses connections is what is blamed', async () => {
    const closed = await startTokenServer();
    const auth = { tokenUrl: closed.tokenUrl };
    await closed.close();
    expect(await look({ auth })).toMatchObject({
      outcome: 'down',
      reason: 'auth.token',
      message: `${who} refused the connection`,
    });
  });

  it('at a forbidden address is not asked', async () => {
    expect(await look({ auth: { tokenUrl: 'http://169.254.169.254/token' } })).toMatchObject({
      outcome: 'down',
      reason: 'blocked.address',
      message: expect.stringMatching(/^the token endpoint was not asked: 169\.254\.169\.254 leads to/),
    });
  });

  it('whose name does not exist is not asked, and a prober without name servers abstains', async () => {
    const names = await startNameServer();
    const auth = { tokenUrl: 'http://login.test/token' };
    const withResolver = (servers: readonly string[]) => {
      const resolver = new NameResolver({ servers });
      surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal, resolver });
    };
    withResolver([names.address]);
    expect(await look({ auth })).toMatchObject({
      outcome: 'down',
      reason: 'dns.nxdomain',
      message: 'the token endpoint was not asked: there is no host named login.test',
    });
    await names.close();
    withResolver([names.address]);
    expect(await look({ auth })).toMatchObject({ outcome: 'abstain', reason: 'prober.isolated' });
  });

  it('that fails leaves no connection behind that was kept for the target', async () => {
    const http = { connection: 'reuse' };
    server.expiresIn = 1;
    await look({ http });
    server.fault = answer(500);
    expect(await look({ http })).toMatchObject({ outcome: 'down', reason: 'auth.token', connection: 'fresh' });
  });
});
