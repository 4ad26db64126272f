import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import {
  answering,
  closeServer,
  createAuthority,
  listenOnLoopback,
  startRawServer,
  type Authority,
  type Issued,
  type LeafSettings,
} from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings, type ProbeSurroundings } from './surroundings.ts';

const stop = new AbortController();
const now = Date.now();
let authority: Authority;
let surroundings: ProbeSurroundings;
let server: Server | null = null;
let lastServerName: string | false | null = null;

beforeAll(async () => {
  authority = await createAuthority();
  surroundings = createSurroundings({
    guard: new AddressGuard(allowLoopback),
    region: 'eu',
    version: '1',
    signal: stop.signal,
    certificateAuthorities: authority.certificate,
  });
});
afterEach(async () => {
  server?.closeAllConnections();
  if (server !== null) await closeServer(server);
  server = null;
});
afterAll(() => stop.abort());

async function serve(options: ServerOptions): Promise<number> {
  server = createServer(options, (request, response) => {
    lastServerName = (request.socket as TLSSocket).servername;
    response.end('ok');
  });
  return await listenOnLoopback(server);
}

async function visit(url: string, changes: object = {}): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url, ...changes });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: now, timeoutMs: 2_000 });
}

async function look(issued: Issued, changes: object = {}): Promise<Evidence> {
  return await visit(`https://localhost:${await serve(issued)}/`, changes);
}

const leaf = (changes: Partial<LeafSettings> = {}) => authority.issue({ names: ['localhost'], ...changes });
const unverified = { tls: { verify: false } };

describe('a certificate', () => {
  it('that is good is up, and its facts are told', async () => {
    const evidence = await look(await leaf());
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90, warning: false } });
    expect(evidence.certificate?.issuer).toBe('CN=Spec Root, O=Quorate');
    expect(evidence.phases.tlsMs).toBeGreaterThan(0);
  });

  it('is asked for by the URL’s host, whatever the Host header says', async () => {
    await look(await leaf(), { headers: { host: 'shop.example' } });
    expect(lastServerName).toBe('localhost');
  });

  const faults: [string, string, Partial<LeafSettings>][] = [
    ['has expired', 'tls.expired', { validFromDays: -90, validToDays: -1 }],
    ['is not valid yet', 'tls.not-yet-valid', { validFromDays: 2, validToDays: 90 }],
    ['is for another host', 'tls.hostname', { names: ['shop.example'] }],
    ['is self-signed', 'tls.self-signed', { selfSigned: true }],
  ];
  it.each(faults)('that %s is down: %s', async (_what, reason, changes) => {
    const evidence = await look(await leaf(changes));
    expect(evidence).toMatchObject({ outcome: 'down', reason, statusCode: null });
    expect(evidence.certificate).not.toBeNull();
  });

  it.each(faults)('that %s is up where it is not to be verified, with its facts', async (_what, _reason, changes) => {
    const evidence = await look(await leaf(changes), unverified);
    expect(evidence).toMatchObject({ outcome: 'up', statusCode: 200 });
    expect(evidence.certificate).not.toBeNull();
  });

  it('of an authority that nobody trusts is down', async () => {
    const stranger = await createAuthority();
    const issued = await stranger.issue({ names: ['localhost'] });
    expect(await look(issued)).toMatchObject({ outcome: 'down', reason: 'tls.untrusted' });
  });

  it('without the link between it and the root is down, and with it up', async () => {
    const incomplete = await authority.intermediate();
    expect(await look(await incomplete.issue({ names: ['localhost'] }))).toMatchObject({ reason: 'tls.untrusted' });
    await closeServer(server as Server);
    const complete = await authority.intermediate({ isSent: true });
    expect(await look(await complete.issue({ names: ['localhost'] }))).toMatchObject({ outcome: 'up' });
  });

  it.each([
    [13.5, true],
    [15.5, false],
  ])('that expires in %d days, to be warned of at 14: %s', async (validToDays, warning) => {
    expect(await look(await leaf({ validToDays }))).toMatchObject({ outcome: 'up', certificate: { warning } });
  });

  it('behind a redirect from plain HTTP is told of', async () => {
    const port = await serve(await leaf());
    const plain = await startRawServer(
      answering([`HTTP/1.1 301 Moved\r\nLocation: https://localhost:${port}/\r\nContent-Length: 0\r\n\r\n`]),
    );
    const evidence = await visit(`http://localhost:${plain.port}/`);
    expect(evidence).toMatchObject({ outcome: 'up', redirects: 1, certificate: { daysLeft: 90, warning: false } });
    await plain.close();
  });

  it('is as old as the oldest link of its chain', async () => {
    const link = await authority.intermediate({ validToDays: 5.5, isSent: true });
    const evidence = await look(await link.issue({ names: ['localhost'], validToDays: 90 }));
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { daysLeft: 5, warning: true } });
  });

  it('may be for an address', async () => {
    const port = await serve(await leaf({ names: ['127.0.0.1'] }));
    expect(await visit(`https://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'up' });
    expect(await visit(`https://localhost:${port}/`)).toMatchObject({ outcome: 'down', reason: 'tls.hostname' });
  });
});

describe('a handshake', () => {
  it('with TLS 1.1 at best is down', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    const port = await serve({ ...(await leaf()), ...old });
    expect(await visit(`https://localhost:${port}/`)).toMatchObject({ outcome: 'down', reason: 'tls.protocol' });
  });

  it('with TLS 1.2 is up', async () => {
    const port = await serve({ ...(await leaf()), maxVersion: 'TLSv1.2' });
    expect(await visit(`https://localhost:${port}/`)).toMatchObject({ outcome: 'up' });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('that wants a certificate of ours is down, with %s', async (version) => {
    const asking = { requestCert: true, rejectUnauthorized: true, maxVersion: version, minVersion: version };
    const port = await serve({ ...(await leaf()), ...asking });
    const evidence = await visit(`https://localhost:${port}/`);
    expect(evidence.outcome).toBe('down');
    expect(evidence.reason).toMatch(/^(tls\.handshake|connect\.reset|http\.empty)$/);
  });

  it('with a server that speaks plain HTTP is down', async () => {
    const plain = await startRawServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await visit(`https://localhost:${plain.port}/`)).toMatchObject({ outcome: 'down', reason: 'tls.protocol' });
    await plain.close();
  });

  it.each([
    ['closes', 'tls.handshake', 'end'],
    ['resets', 'tls.handshake', 'reset'],
    ['says nothing', 'timeout.tls', 'silence'],
  ])('with a server that %s is down: %s', async (_what, reason, ending) => {
    const mute = await startRawServer(async (socket, heard) => {
      await heard(/./);
      if (ending === 'end') socket.end();
      if (ending === 'reset') socket.resetAndDestroy();
    });
    const http = httpProbeSchema.parse({ url: `https://localhost:${mute.port}/` });
    const evidence = await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: now, timeoutMs: 500 });
    expect(evidence).toMatchObject({ outcome: 'down', reason, certificate: null });
    await mute.close();
  });
});

describe('a redirect between plain and secured HTTP', () => {
  const leadingTo = async (location: string): Promise<Server> => {
    const leading = createServer(await leaf(), (_, response) => response.writeHead(302, { location }).end());
    await listenOnLoopback(leading);
    return leading;
  };
  const portOf = (leading: Server): number => (leading.address() as AddressInfo).port;

  it('to a host with a good certificate is up, with its facts', async () => {
    const port = await serve(await leaf());
    const plain = await startRawServer(
      answering([`HTTP/1.1 302 Found\r\nLocation: https://localhost:${port}/\r\nContent-Length: 0\r\n\r\n`]),
    );
    const evidence = await visit(`http://localhost:${plain.port}/`);
    expect(evidence).toMatchObject({ outcome: 'up', redirects: 1, certificate: { daysLeft: 90 } });
    await plain.close();
  });

  it('back to plain HTTP is followed, unless every hop is to be https', async () => {
    const plain = await startRawServer(answering(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok']));
    const leading = await leadingTo(`http://localhost:${plain.port}/`);
    const url = `https://localhost:${portOf(leading)}/`;
    expect(await visit(url)).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(await visit(url, { httpsOnly: true })).toMatchObject({
      ...{ outcome: 'down', reason: 'http.redirect', redirects: 0 },
      message: `redirected to http://localhost:${plain.port}, which is not https`,
    });
    expect(plain.connectionCount).toBe(1);
    leading.closeAllConnections();
    await closeServer(leading);
    await plain.close();
  });

  it('is not wished for by a monitor that begins with plain HTTP', () => {
    expect(httpProbeSchema.safeParse({ url: 'http://a.test/', httpsOnly: true }).success).toBe(false);
  });
});
