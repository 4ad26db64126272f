import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import {
  answering,
  startDigestServer,
  startRawServer,
  type DigestPage,
  type DigestServer,
  type DigestServerSettings,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();
let server: DigestServer;

const user = { username: 'Jäsøn', password: 'Secret, or "not"?' };
const auth = { type: 'digest', ...user };

async function start(
  settings: Partial<DigestServerSettings> = {},
  pages: readonly (readonly [string, DigestPage])[] = [],
): Promise<DigestServer> {
  return (server = await stage.serve(startDigestServer({ ...user, ...settings }, new Map(pages))));
}

async function visit(url: string, changes: object = {}): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url, auth, ...changes });
  return await probeHttp(http, stage.context({ timeoutMs: 2_000 }));
}

async function look(path = '/', changes: object = {}): Promise<Evidence> {
  return await visit(`http://127.0.0.1:${server.port}${path}`, changes);
}

describe('digest credentials', () => {
  it.each([
    ['MD5 as it was before it had a name', {}],
    ['MD5', { algorithm: 'MD5' }],
    ['SHA-256', { algorithm: 'SHA-256' }],
    ['SHA-512-256 and a hashed name', { algorithm: 'SHA-512-256', userhash: true }],
    ['a session of MD5', { algorithm: 'MD5-sess' }],
    ['a session of SHA-256', { algorithm: 'SHA-256-sess' }],
    ['RFC 2069', { qop: null }],
    ['a choice of qualities', { qop: 'auth,auth-int' }],
    ['the integrity of the body', { qop: 'auth-int' }],
    ['Basic offered before', { before: ['Basic realm="a, Digest realm=b"', 'Negotiate'] }],
  ] as const)('are shown as a server asks for them that wants %s', async (_what, settings) => {
    const { authorizations } = await start(settings);
    expect(await look('/a/b?c="d", \\e')).toMatchObject({ outcome: 'up', statusCode: 200, redirects: 0 });
    expect(authorizations).toEqual([null, expect.stringMatching(/^Digest /)]);
  });

  it.each(['auth', 'auth-int'] as const)('are shown with a body, with quality %s', async (qop) => {
    const seen: string[] = [];
    await start({ qop }, [['/', (request, response) => response.end(String(seen.push(String(request.method))))]]);
    expect(await look('/', { method: 'POST', body: 'grün' })).toMatchObject({ outcome: 'up' });
    expect(seen).toEqual(['POST']);
  });

  it('are shown over the connection that asked for them', async () => {
    const { peers } = await start();
    expect(await look()).toMatchObject({ outcome: 'up' });
    expect(new Set(peers).size).toBe(1);
  });

  it('are shown over another connection where that one was closed', async () => {
    const { peers } = await start({ closes: true });
    expect(await look()).toMatchObject({ outcome: 'up' });
    expect(new Set(peers).size).toBe(2);
  });

  it('are shown over another connection where that one is lost without a word', async () => {
    const challenge = 'WWW-Authenticate: Digest realm=r, nonce=n, qop="auth"\r\nContent-Length: 0\r\n\r\n';
    const raw = await startRawServer(async (socket, heard) => {
      const isSecond = (await heard(/\r\n\r\n/)).includes('Digest');
      socket.write(isSecond ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' : `HTTP/1.1 401 No\r\n${challenge}`);
      if (isSecond) return;
      await heard(/\r\n\r\n[^]*\r\n\r\n/);
      socket.resetAndDestroy();
    });
    expect(await visit(`http://127.0.0.1:${raw.port}/`)).toMatchObject({ outcome: 'up', statusCode: 200 });
    expect(raw.connectionCount).toBe(2);
    await raw.close();
  });

  it('are counted for the pages of one visit, and asked for anew by the next', async () => {
    const away: DigestPage = (_, response) => response.writeHead(302, { location: '/end', 'set-cookie': 'a=1' }).end();
    const { authorizations } = await start({}, [['/start', away]]);
    expect(await look('/start')).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(authorizations.map((header) => /nc=\d+/.exec(header ?? '')?.[0])).toEqual([
      undefined,
      'nc=00000001',
      'nc=00000002',
    ]);
    expect(await look()).toMatchObject({ outcome: 'up' });
    expect(authorizations.slice(3)).toEqual([null, expect.stringContaining('nc=00000001')]);
  });

  it('are shown again, once, for a nonce that was too old', async () => {
    const away: DigestPage = (_, response) => response.writeHead(302, { location: '/end' }).end();
    const { authorizations } = await start({ nonceUsesMax: 1 }, [['/start', away]]);
    expect(await look('/start')).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(authorizations).toHaveLength(4);
    expect(authorizations.at(-1)).toContain('nc=00000001');
  });

  it('that a server never calls fresh are given up, and the sentence says so', async () => {
    const { authorizations } = await start({ nonceUsesMax: 0 });
    expect(await look()).toMatchObject({
      outcome: 'down',
      reason: 'status.unexpected',
      message: 'got 401, expected 200-299: the target called each new nonce stale at once',
    });
    expect(authorizations).toHaveLength(3);
  });

  it('that are wrong are down, and the sentence says so', async () => {
    const { authorizations } = await start();
    expect(await look('/', { auth: { ...auth, password: 'wrong' } })).toMatchObject({
      outcome: 'down',
      reason: 'status.unexpected',
      statusCode: 401,
      message: 'got 401, expected 200-299: the target refused the credentials',
      excerpt: 'who are you?',
    });
    expect(authorizations).toHaveLength(2);
  });

  it('that are wrong are up where a 401 is expected', async () => {
    await start();
    const expect401 = { expect: { status: ['401'] } };
    expect(await look('/', { auth: { ...auth, password: 'wrong' }, ...expect401 })).toMatchObject({ outcome: 'up' });
    expect(await look('/', expect401)).toMatchObject({ outcome: 'down', message: 'got 200, expected 401' });
  });

  it('that nobody asks for are not shown', async () => {
    const raw = await startRawServer(answering(['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']));
    expect(await visit(`http://127.0.0.1:${raw.port}/`)).toMatchObject({ outcome: 'up' });
    expect(raw.received.join('')).not.toContain('Authorization');
    await raw.close();
  });

  it.each([
    ['none', [], 'the target does not ask for digest credentials'],
    ['Basic', ['Basic realm="a"'], 'the target does not ask for digest credentials but for basic'],
    ['a digest of the future', ['Digest realm=r, nonce=n, algorithm=SHA3'], 'a kind of digest that is not known'],
    ['nonsense', ['\u0001"='], 'the target does not ask for digest credentials'],
  ])('cannot be shown where the challenge is %s', async (_what, challenges, saying) => {
    const fields = challenges.map((challenge) => `WWW-Authenticate: ${challenge}\r\n`).join('');
    const raw = await startRawServer(answering([`HTTP/1.1 401 No\r\n${fields}Content-Length: 0\r\n\r\n`]));
    const evidence = await visit(`http://127.0.0.1:${raw.port}/`);
    expect(evidence).toMatchObject({ outcome: 'down' });
    if (evidence.reason === 'status.unexpected') expect(evidence.message).toContain(saying);
    else expect(evidence.reason).toBe('http.protocol');
    expect(raw.connectionCount).toBe(1);
    await raw.close();
  });

  it('are not shown to another host, whatever it asks for', async () => {
    const elsewhere = await startDigestServer(user);
    const away: DigestPage = (_, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${elsewhere.port}/` }).end();
    await start({}, [['/start', away]]);
    const evidence = await look('/start');
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'status.unexpected' });
    expect(evidence.message).toBe(
      `got 401, expected 200-299: the monitor's credentials are not for 127.0.0.1:${elsewhere.port}, ` +
        'where a redirect led',
    );
    expect(elsewhere.authorizations).toEqual([null]);
    await elsewhere.close();
  });

  it('take no longer than the one deadline', async () => {
    const raw = await startRawServer(async (socket, heard) => {
      await heard(/\r\n\r\n/);
      socket.write('HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=r, nonce=n\r\nContent-Length: 0\r\n\r\n');
    });
    const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${raw.port}/`, auth });
    const evidence = await probeHttp(http, stage.context({ timeoutMs: 300 }));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
    expect(evidence.phases.totalMs).toBeLessThan(400);
    await raw.close();
  });

  it('work over a kept connection', async () => {
    const { peers } = await start();
    expect(await look('/', { connection: 'reuse' })).toMatchObject({ outcome: 'up', connection: 'fresh' });
    expect(await look('/', { connection: 'reuse' })).toMatchObject({ outcome: 'up', connection: 'reused' });
    expect(new Set(peers).size).toBe(1);
    stage.context().kept.closeAll();
  });
});
