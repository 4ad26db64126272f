import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey } from 'node:crypto';
import { createSecureServer } from 'node:http2';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { closeServer, createAuthority, listenOnLoopback, type Authority, type Issued } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings, type ProbeSurroundings } from './surroundings.ts';

const stop = new AbortController();
const now = Date.now();
let authority: Authority;
let clients: Authority;
let site: Issued;
let client: Issued;
let surroundings: ProbeSurroundings;
let servers: Server[] = [];
/** Who came, by the name in the certificate; null for nobody. */
let seen: (string | null)[] = [];

beforeAll(async () => {
  [authority, clients] = await Promise.all([createAuthority(), createAuthority('Clients')]);
  site = await authority.issue({ names: ['localhost', '127.0.0.1'] });
  client = await clients.issue({ names: ['the prober'] });
  const guard = new AddressGuard(allowLoopback);
  surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal });
});
afterEach(async () => {
  surroundings.kept.closeAll();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map(closeServer));
  [servers, seen] = [[], []];
});
afterAll(() => stop.abort());

type Answer = Parameters<typeof createServer>[1];

async function serve(options: ServerOptions = {}, answer?: Answer): Promise<number> {
  const server = createServer(
    { ...site, ca: clients.certificate, requestCert: true, rejectUnauthorized: false, ...options },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      seen.push((subject as { CN?: string } | undefined)?.CN ?? null);
      if (answer === undefined) response.end('welcome');
      else answer(request, response);
    },
  );
  servers.push(server);
  return await listenOnLoopback(server);
}

const shown = (issued: Issued, changes: object = {}): object => ({
  clientCertificate: { certificate: issued.cert, key: issued.key, ...changes },
});

async function look(url: string, tls: object = {}, changes: object = {}): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url, tls: { ca: authority.certificate, ...tls }, ...changes });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: now, timeoutMs: 2_000 });
}

const versions = ['TLSv1.2', 'TLSv1.3'] as const;
const only = (version: (typeof versions)[number]): ServerOptions => ({ minVersion: version, maxVersion: version });

describe.each(versions)('a client certificate over %s', (version) => {
  it('is shown to a server that asks for one', async () => {
    const port = await serve(only(version));
    expect(await look(`https://localhost:${port}/`, shown(client))).toMatchObject({ outcome: 'up', statusCode: 200 });
    expect(seen).toEqual(['the prober']);
  });

  it('is not shown to a server that does not ask', async () => {
    const port = await serve({ ...only(version), requestCert: false });
    expect(await look(`https://localhost:${port}/`, shown(client))).toMatchObject({ outcome: 'up' });
    expect(seen).toEqual([null]);
  });

  it('that is asked for and not there is a failed handshake, and the sentence says why', async () => {
    const port = await serve({ ...only(version), rejectUnauthorized: true });
    const evidence = await look(`https://localhost:${port}/`);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'tls.handshake', statusCode: null });
    expect(evidence.message).toMatch(/^the target asks for a client certificate, and the monitor has none: /);
  });

  it('of an authority that the server does not know is down', async () => {
    const port = await serve({ ...only(version), rejectUnauthorized: true });
    const stranger = await (await createAuthority('Strangers')).issue({ names: ['a stranger'] });
    const evidence = await look(`https://localhost:${port}/`, shown(stranger));
    expect(evidence.outcome).toBe('down');
    // Node's server closes without an alert; others say what is wrong.
    expect(evidence.reason).toMatch(/^(auth\.certificate|tls\.handshake|connect\.reset|http\.empty)$/);
    expect(evidence.message).toContain("the monitor's client certificate");
  });

  it('that has expired is named as such', async () => {
    const port = await serve({ ...only(version), rejectUnauthorized: true });
    const expired = await clients.issue({ names: ['too late'], validFromDays: -90, validToDays: -1 });
    const evidence = await look(`https://localhost:${port}/`, shown(expired));
    expect(evidence.outcome).toBe('down');
    expect(evidence.message).toMatch(/the monitor's client certificate, which expired on \d{4}-\d\d-\d\d/);
  });
});

describe('a client certificate', () => {
  it('may have an encrypted key', async () => {
    const port = await serve();
    const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const;
    const key = String(createPrivateKey(client.key).export(cipher));
    const passphrase = 'open sesame';
    expect(await look(`https://localhost:${port}/`, shown(client, { key, passphrase }))).toMatchObject({
      outcome: 'up',
    });
    expect(await look(`https://localhost:${port}/`, shown(client, { key, passphrase: 'wrong' }))).toMatchObject({
      outcome: 'down',
      reason: 'auth.certificate',
      message: expect.stringContaining("the monitor's certificates cannot be used"),
      address: null,
    });
  });

  it('that is missing explains a status by which servers refuse', async () => {
    const port = await serve({}, (_, response) => response.writeHead(400).end('no certificate'));
    expect(await look(`https://localhost:${port}/`)).toMatchObject({
      outcome: 'down',
      reason: 'status.unexpected',
      message: 'got 400, expected 200-299: the target asks for a client certificate, and the monitor has none',
    });
    expect((await look(`https://localhost:${port}/`, shown(client))).message).toBe('got 400, expected 200-299');
  });

  it('that is missing explains it over HTTP/2 too, where the connection is gone by then', async () => {
    const settings = { ...site, ca: clients.certificate, requestCert: true, rejectUnauthorized: false };
    const server = createSecureServer(settings, (_, response) => {
      response.writeHead(400).end('no certificate');
      response.stream.session?.close();
    });
    const port = await listenOnLoopback(server);
    const { message } = await look(`https://localhost:${port}/`, {}, { httpVersion: '2' });
    await closeServer(server);
    expect(message).toBe(
      'got 400, expected 200-299: the target asks for a client certificate, and the monitor has none',
    );
  });

  it('goes along within its origin, and to nobody else', async () => {
    const elsewhere = await serve();
    const port = await serve({}, ({ url }, response) => {
      const location = { '/start': '/middle', '/middle': `https://localhost:${elsewhere}/` }[url ?? ''] ?? '/';
      response.writeHead(302, { location }).end();
    });
    const evidence = await look(`https://localhost:${port}/start`, shown(client));
    expect(evidence).toMatchObject({ outcome: 'up', redirects: 2 });
    expect(seen).toEqual(['the prober', 'the prober', null]);
  });

  it('is not shown to a token endpoint, whose certificate must be good whatever the monitor says', async () => {
    const port = await serve({}, (_, response) => response.end('{"access_token":"t","token_type":"bearer"}'));
    const auth = { type: 'oauth2', tokenUrl: `https://localhost:${port}/token`, clientId: 'a', clientSecret: 'b' };
    expect(await look(`https://localhost:${port}/`, shown(client), { auth })).toMatchObject({ outcome: 'up' });
    expect(seen).toEqual([null, 'the prober']);
    const another = { ...auth, clientId: 'another' };
    const careless = { ca: null, verify: false };
    expect(await look(`https://localhost:${port}/`, careless, { auth: another })).toMatchObject({
      outcome: 'down',
      reason: 'auth.token',
      message: expect.stringMatching(
        /^the token endpoint at localhost could not be asked: the certificate of localhost leads to "/,
      ),
    });
  });

  it('that changes is shown on a connection of its own', async () => {
    const port = await serve({}, (_, response) => response.writeHead(200, { 'content-length': 0 }).end());
    const reuse = { connection: 'reuse' };
    const url = `https://localhost:${port}/`;
    expect(await look(url, shown(client), reuse)).toMatchObject({ outcome: 'up', connection: 'fresh' });
    expect(await look(url, shown(client), reuse)).toMatchObject({ outcome: 'up', connection: 'reused' });
    const other = await clients.issue({ names: ['another'] });
    expect(await look(url, shown(other), reuse)).toMatchObject({ outcome: 'up', connection: 'fresh' });
    expect(seen).toEqual(['the prober', 'the prober', 'another']);
  });
});

describe('authorities of a monitor', () => {
  it('are trusted for it, and for no other', async () => {
    const port = await serve({ requestCert: false });
    expect(await look(`https://localhost:${port}/`)).toMatchObject({ outcome: 'up' });
    expect(await look(`https://localhost:${port}/`, { ca: null })).toMatchObject({ reason: 'tls.untrusted' });
  });

  it('may be several, and are trusted beside the installation’s', async () => {
    const port = await serve({ requestCert: false });
    const ca = `${clients.certificate}\n${authority.certificate}\n`;
    expect(await look(`https://localhost:${port}/`, { ca })).toMatchObject({ outcome: 'up' });
    const guard = new AddressGuard(allowLoopback);
    const certificateAuthorities = authority.certificate;
    const own = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal, certificateAuthorities });
    const http = httpProbeSchema.parse({ url: `https://localhost:${port}/`, tls: { ca: clients.certificate } });
    const context = { ...own, monitorKey: 'm', startedAt: now, timeoutMs: 2_000 };
    expect(await probeHttp(http, context)).toMatchObject({ outcome: 'up' });
  });
});
