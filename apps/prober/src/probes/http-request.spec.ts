import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { answering, startRawServer, type RawServer } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
const guard = new AddressGuard(allowLoopback);
const surroundings = createSurroundings({ guard, region: 'eu', version: '0.1.0', signal: stop.signal });
let server: RawServer;

beforeEach(async () => {
  server = await startRawServer(answering(['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'], 'silence'));
});
afterEach(async () => {
  await server.close();
});
afterAll(() => stop.abort());

async function send(path: string, changes: object = {}): Promise<{ evidence: Evidence; wire: string }> {
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}${path}`, ...changes });
  const evidence = await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs: 2_000 });
  return { evidence, wire: server.received[0] ?? '' };
}

describe('the request', () => {
  it('names the prober and its region, asks for one answer, and says whom it asks', async () => {
    const { wire } = await send('/health?a=b c#part');
    expect(wire.split('\r\n')).toEqual([
      'GET /health?a=b%20c HTTP/1.1',
      `Host: 127.0.0.1:${server.port}`,
      'User-Agent: Quorate/0.1.0 (eu)',
      'Accept: */*',
      'Accept-Encoding: gzip, deflate, br, zstd',
      'Connection: close',
      '',
      '',
    ]);
  });

  it('takes the monitor’s own headers instead, whatever their case', async () => {
    const headers = { 'user-agent': 'curl/8', HOST: 'shop.example', accept: 'text/html', 'X-Probe': '1' };
    const { wire } = await send('/', { headers });
    expect(wire).toContain('user-agent: curl/8\r\n');
    expect(wire).toContain('HOST: shop.example\r\n');
    expect(wire).toContain('X-Probe: 1\r\n');
    expect(wire.match(/user-agent|host:|accept:/gi)).toHaveLength(3);
  });

  it('sends a body as UTF-8 with its length in bytes', async () => {
    const { wire } = await send('/', { method: 'POST', body: 'grün', headers: { 'content-type': 'text/plain' } });
    expect(wire).toContain('Content-Length: 5\r\n');
    expect(Buffer.from(wire, 'latin1').toString('utf8')).toMatch(/\r\n\r\ngrün$/);
  });

  it('says that a POST without a body has none', async () => {
    expect((await send('/', { method: 'POST' })).wire).toContain('Content-Length: 0\r\n');
  });

  it.each([
    ['basic', { type: 'basic', username: 'Aladdin', password: 'open sesame' }, 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['bearer', { type: 'bearer', token: 'abc.def' }, 'Bearer abc.def'],
  ])('carries %s credentials', async (_type, auth, value) => {
    expect((await send('/', { auth })).wire).toContain(`Authorization: ${value}\r\n`);
  });

  it.each(['basic', 'bearer', 'digest'])('of a monitor whose %s credentials are refused says so', async (type) => {
    const challenge = 'WWW-Authenticate: Basic realm=r, Digest realm=r, nonce=n';
    const refusal = answering([`HTTP/1.1 401 No\r\n${challenge}\r\nContent-Length: 0\r\n\r\n`]);
    const refusing = await startRawServer(refusal);
    const auth = type === 'bearer' ? { type, token: 'abc' } : { type, username: 'a', password: 'b' };
    const { evidence } = await send('/', { url: `http://127.0.0.1:${refusing.port}/`, auth });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'status.unexpected', statusCode: 401 });
    expect(evidence.message).toBe('got 401, expected 200-299: the target refused the credentials');
    await refusing.close();
  });

  it('of a monitor without credentials is told what is asked for', async () => {
    const refusal = answering(['HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=r\r\nContent-Length: 0\r\n\r\n']);
    const refusing = await startRawServer(refusal);
    const { evidence } = await send('/', { url: `http://127.0.0.1:${refusing.port}/` });
    expect(evidence.message).toBe(
      'got 401, expected 200-299: the target asks for credentials (basic), and the monitor has none',
    );
    await refusing.close();
  });

  it('for a page that hides behind a 404 is judged by that', async () => {
    const hiding = await startRawServer(answering(['HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n']));
    const auth = { type: 'basic', username: 'a', password: 'b' };
    const { evidence } = await send('/', { url: `http://127.0.0.1:${hiding.port}/`, auth });
    expect(evidence).toMatchObject({ outcome: 'down', message: 'got 404, expected 200-299' });
    expect(hiding.received[0]).toContain('Authorization: Basic');
    await hiding.close();
  });

  it('is never sent with a line break in a header, should one come that far', async () => {
    const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/` });
    const broken = { ...http, headers: { 'x-a': 'b\r\nx-c: d' } };
    const context = { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs: 2_000 };
    await expect(probeHttp(broken, context)).rejects.toThrow('A header holds a line break');
    expect(server.received.join('')).toBe('');
  });

  it('accepts schemes and hosts in any case', async () => {
    const http = httpProbeSchema.parse({ url: `HtTp://LOCALHOST:${server.port}/` });
    const evidence = await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs: 2_000 });
    expect(evidence).toMatchObject({ outcome: 'up', address: '127.0.0.1' });
  });
});
