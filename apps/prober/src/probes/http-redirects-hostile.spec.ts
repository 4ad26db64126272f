/** Where a Location can lead that nobody should follow blindly. */
import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { startRawServer, type RawServer, type Script } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();
let server: RawServer;

/** Visits /start, which answers with this head; every other page is good. PORT is the server's. */
async function look(head: string): Promise<Evidence> {
  const script: Script = async (socket, heard) => {
    const isStart = (await heard(/\r\n\r\n/)).startsWith('GET /start ');
    const answer = isStart ? head.replaceAll('PORT', String(server.port)) : 'HTTP/1.1 200 OK';
    socket.end(Buffer.from(`${answer}\r\nContent-Length: 0\r\n\r\n`, 'latin1'));
  };
  server = await stage.serve(startRawServer(script));
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/start` });
  return await probeHttp(http, stage.context({ timeoutMs: 2_000 }));
}

const redirect = (location: string): string => `HTTP/1.1 302 Found\r\nLocation: ${location}`;
const lastRequest = (): string => server.received.at(-1)?.split('\r\n')[0] ?? '';

describe('a redirect to', () => {
  it.each([
    ['data:text/html,ok', 'data:'],
    ['mailto:a@b.test', 'mailto:'],
    ['blob:http://a.test/b', 'blob:'],
    ['about:blank', 'about:'],
    ['ws://127.0.0.1/', 'ws:'],
    ['gopher://127.0.0.1/', 'gopher:'],
    ['view-source:http://127.0.0.1/', 'view-source:'],
    ['intent://127.0.0.1/#Intent;end', 'intent:'],
  ])('%s is down, and goes nowhere', async (location, scheme) => {
    expect(await look(redirect(location))).toMatchObject({
      ...{ outcome: 'down', reason: 'http.redirect', redirects: 0 },
      message: `redirected to ${scheme}, which is not followed`,
    });
    expect(server.connectionCount).toBe(1);
  });

  it.each(['http://[::1', 'http://a b/', '//', 'http://127.0.0.1:65536/', 'http://%00/', 'http://[fe80::1%25eth0]/'])(
    '%s is down, for that is no URL',
    async (location) => {
      expect(await look(redirect(location))).toMatchObject({
        ...{ outcome: 'down', reason: 'http.redirect' },
        message: 'redirected to something that is not a URL',
      });
    },
  );

  it.each([
    'http://169.254.169.254/',
    'http://localhost:PORT@169.254.169.254/',
    '//169.254.169.254/',
    '/\\169.254.169.254/',
    'http://0xa9fea9fe/',
    'http://[::ffff:169.254.169.254]/',
    'http://10.0.0.1:PORT/',
  ])('%s is down, and nobody is dialled', async (location) => {
    expect(await look(redirect(location))).toMatchObject({ outcome: 'down', reason: 'blocked.address', redirects: 1 });
    expect(server.connectionCount).toBe(1);
  });

  it.each([
    ['http://127.0.0.1:0/', 'connect.refused'],
    ['http://127.0.0.1:1/', 'connect.refused'],
  ])('%s is down: %s', async (location, reason) => {
    expect(await look(redirect(location))).toMatchObject({ outcome: 'down', reason, redirects: 1 });
  });

  it('https on a port of plain HTTP is down', async () => {
    const evidence = await look(redirect('https://127.0.0.1:PORT/'));
    expect(evidence.outcome).toBe('down');
    expect(evidence.reason).toMatch(/^t(ls|imeout)\./);
  });

  it('nothing but a fragment leads to itself, and ends at the limit', async () => {
    expect(await look(redirect('#top'))).toMatchObject({ outcome: 'down', reason: 'http.redirect', redirects: 10 });
  });

  it.each([
    ['?x=1', '/start?x=1'],
    ['http:end', '/end'],
    ['\\end', '/end'],
    ['http://127.0.0.1:PORT', '/'],
    ['http://2130706433:PORT/end', '/end'],
    ['http://127.0.0.1.:PORT/end', '/end'],
    ['/a\tb', '/ab'],
    ['/a%00b', '/a%00b'],
    ['/\xff', '/%EF%BF%BD'],
    [`/${'a'.repeat(60_000)}`, `/${'a'.repeat(60_000)}`],
  ])('%s leads where a browser would go', async (location, path) => {
    expect(await look(redirect(location))).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(lastRequest()).toBe(`GET ${path} HTTP/1.1`);
  });
});

describe('of a Location', () => {
  it('that is given twice the first counts', async () => {
    expect(await look(`${redirect('/one')}\r\nLocation: /two`)).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(lastRequest()).toBe('GET /one HTTP/1.1');
  });

  it('that is folded both lines count', async () => {
    expect(await look(redirect('\r\n /end'))).toMatchObject({ outcome: 'up', redirects: 1 });
    expect(lastRequest()).toBe('GET /end HTTP/1.1');
  });

  it.each([201, 202, 300, 304, 305, 306, 401, 503])('with status %d nothing comes', async (status) => {
    const outcome = status < 300 ? 'up' : 'down';
    const evidence = await look(`HTTP/1.1 ${status} What\r\nLocation: /end`);
    expect(evidence).toMatchObject({ outcome, statusCode: status, redirects: 0 });
  });
});
