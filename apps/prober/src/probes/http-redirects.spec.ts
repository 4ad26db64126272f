import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { closeServer, listenOnLoopback } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let port: number;
let answers: Map<string, Answer>;
let requests: IncomingMessage[];

beforeEach(async () => {
  answers = new Map();
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    const answer = answers.get(request.url ?? '') ?? ((_, missing) => missing.writeHead(404).end());
    answer(request, response);
  });
  port = await listenOnLoopback(server);
});
afterEach(async () => {
  server.closeAllConnections();
  await closeServer(server);
});

/** One server, two hosts: 127.0.0.1 and localhost. */
const here = (path: string) => `http://127.0.0.1:${port}${path}`;
const elsewhere = (path: string) => `http://localhost:${port}${path}`;

function leadTo(path: string, location: string, headers: Record<string, string | string[]> = {}, status = 302): void {
  answers.set(path, (_, response) => response.writeHead(status, { location, ...headers }).end());
}

function welcome(path: string): void {
  answers.set(path, (_, response) => response.writeHead(200).end('welcome'));
}

async function look(changes: object = {}): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url: here('/start'), ...changes });
  return await probeHttp(http, stage.context({ timeoutMs: 2_000 }));
}

describe('a redirect', () => {
  it('is followed to the page that it leads to, and counted', async () => {
    leadTo('/start', '/middle');
    leadTo('/middle', here('/end'));
    welcome('/end');
    expect(await look()).toMatchObject({ outcome: 'up', statusCode: 200, redirects: 2 });
  });

  it('is judged by its own status where it is not to be followed', async () => {
    leadTo('/start', '/end');
    welcome('/end');
    const followRedirects = false;
    expect(await look({ followRedirects })).toMatchObject({ outcome: 'down', reason: 'status.unexpected' });
    expect(await look({ followRedirects, expect: { status: ['302'] } })).toMatchObject({ outcome: 'up', redirects: 0 });
  });

  it.each([
    ['spaces in its path and query', '/a b?c=d e', '/a%20b?c=d%20e'],
    ['UTF-8 in its path', Buffer.from('/größe').toString('latin1'), '/gr%C3%B6%C3%9Fe'],
    ['spaces around it', '  /plain  ', '/plain'],
    ['a fragment', '/plain#part', '/plain'],
    ['a path relative to the page', 'plain', '/plain'],
    ['dots in its path', '/a/../plain', '/plain'],
  ])('with %s is followed', async (_what, location, path) => {
    answers.set('/start', (_, response) => {
      response.socket?.end(
        Buffer.from(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
      );
    });
    welcome(path);
    expect(await look()).toMatchObject({ outcome: 'up', redirects: 1 });
  });

  it.each([
    ['three slashes', () => `http:///127.0.0.1:${port}/plain`],
    ['backslashes', () => `http:\\\\127.0.0.1:${port}\\plain`],
    ['no scheme', () => `//127.0.0.1:${port}/plain`],
    ['a scheme in capitals', () => `HTTP://127.0.0.1:${port}/plain`],
  ])('with %s is followed as browsers do', async (_what, location) => {
    leadTo('/start', location());
    welcome('/plain');
    expect(await look()).toMatchObject({ outcome: 'up', redirects: 1 });
  });

  it('with large headers each is cut at the limit of redirects all the same', async () => {
    const large = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`x-${index}`, 'a'.repeat(10_000)]));
    leadTo('/start', '/start', large);
    expect(await look()).toMatchObject({ outcome: 'down', reason: 'http.redirect', redirects: 10 });
  });

  it('in a body, a Refresh header or another status is none', async () => {
    answers.set('/start', (_, response) => response.writeHead(200, { refresh: '0; url=/end', location: '/end' }).end());
    expect(await look()).toMatchObject({ outcome: 'up', redirects: 0 });
    leadTo('/start', '/end', {}, 300);
    expect(await look()).toMatchObject({ reason: 'status.unexpected', redirects: 0 });
  });

  it('without a Location, or with an empty one, is judged by its status', async () => {
    leadTo('/start', '');
    expect(await look({ expect: { status: ['302'] } })).toMatchObject({ outcome: 'up', redirects: 0 });
    answers.set('/start', (_, response) => response.writeHead(301).end());
    expect(await look()).toMatchObject({
      outcome: 'down',
      reason: 'status.unexpected',
      message: 'got 301, expected 200-299',
    });
  });

  it.each([
    ['ftp', 'ftp://127.0.0.1/x'],
    ['javascript', 'javascript:alert(1)'],
    ['file', 'file:///etc/passwd'],
    ['nowhere', 'http://'],
    ['four slashes', 'http:////127.0.0.1/'],
  ])('to %s is not followed', async (_what, location) => {
    leadTo('/start', location);
    expect(await look()).toMatchObject({ outcome: 'down', reason: 'http.redirect' });
  });

  it('that never ends is cut at the limit', async () => {
    leadTo('/start', '/start');
    expect(await look({ maxRedirects: 3 })).toMatchObject({
      outcome: 'down',
      reason: 'http.redirect',
      message: 'redirected more than 3 times',
      redirects: 3,
    });
    expect(requests).toHaveLength(4);
  });

  it('that never ends and has a large head is cut at the limit all the same', async () => {
    leadTo('/start', '/start', { 'x-large': 'a'.repeat(15_000), 'set-cookie': `a=${'b'.repeat(4_000)}` });
    expect(await look()).toMatchObject({ outcome: 'down', reason: 'http.redirect', redirects: 10 });
    expect(requests).toHaveLength(11);
  });

  it('to a forbidden address is refused, whatever the first address was', async () => {
    leadTo('/start', 'http://169.254.169.254/latest/meta-data/');
    expect(await look()).toMatchObject({ outcome: 'down', reason: 'blocked.address', address: '127.0.0.1' });
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [302, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('%i turns %s into %s', async (status, method, then) => {
    leadTo('/start', '/end', {}, status);
    welcome('/end');
    const body = method === 'HEAD' ? null : 'data';
    await look({ method, body, headers: { 'content-type': 'text/plain' } });
    expect(requests.at(-1)?.method).toBe(then);
    expect(requests.at(-1)?.headers['content-length']).toBe(then === 'GET' || then === 'HEAD' ? undefined : '4');
  });
});

describe('cookies', () => {
  it('that a redirecting answer sets go to the next page of the same host', async () => {
    leadTo('/start', '/end', { 'set-cookie': ['a=1; Path=/', 'b=2; HttpOnly', 'c=3; Path=/other', 'd=4; Secure'] });
    welcome('/end');
    await look({ headers: { cookie: 'own=0' } });
    expect(requests.at(-1)?.headers.cookie).toBe('own=0; a=1; b=2');
  });

  it('are what lets the next page in (its 401 otherwise)', async () => {
    leadTo('/start', '/end', { 'set-cookie': 'session=1' });
    answers.set('/end', ({ headers }, response) =>
      response.writeHead(headers.cookie === 'session=1' ? 200 : 401).end(),
    );
    expect(await look()).toMatchObject({ outcome: 'up', redirects: 1 });
  });

  it('never go to another host, and its own never come back with a redirect', async () => {
    leadTo('/start', elsewhere('/away'), { 'set-cookie': 'a=1' });
    leadTo('/away', here('/end'), { 'set-cookie': ['b=2', 'c=3; Domain=127.0.0.1'] });
    welcome('/end');
    await look({ headers: { cookie: 'own=0' } });
    expect(requests.map(({ headers }) => headers.cookie)).toEqual(['own=0', undefined, 'own=0; a=1']);
  });

  it('that a page takes back are sent no more', async () => {
    leadTo('/start', '/middle', { 'set-cookie': ['a=1', 'b=2'] });
    leadTo('/middle', '/end', { 'set-cookie': 'a=; Max-Age=0' });
    welcome('/end');
    await look();
    expect(requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'a=1; b=2', 'b=2']);
  });
});

describe('credentials', () => {
  const auth = { type: 'basic', username: 'me', password: 'secret' };
  const headers = { 'x-api-key': 'k', 'x-plain': 'p', host: 'shop.example' };

  it('go along with a redirect within the host', async () => {
    leadTo('/start', '/end');
    welcome('/end');
    await look({ auth, headers });
    expect(requests.at(-1)?.headers).toMatchObject({
      authorization: 'Basic bWU6c2VjcmV0',
      'x-api-key': 'k',
      host: 'shop.example',
    });
  });

  it('stay behind when it leads to another host, and come back with it', async () => {
    leadTo('/start', elsewhere('/away'));
    leadTo('/away', here('/end'));
    welcome('/end');
    await look({ auth, headers });
    expect(requests.at(1)?.headers).toMatchObject({ 'x-plain': 'p', host: `localhost:${port}` });
    expect(requests.at(1)?.headers.authorization).toBeUndefined();
    expect(requests.at(1)?.headers['x-api-key']).toBeUndefined();
    expect(requests.at(2)?.headers.authorization).toBe('Basic bWU6c2VjcmV0');
  });

  it('in a Location are not used', async () => {
    leadTo('/start', `http://you:theirs@127.0.0.1:${port}/end`);
    welcome('/end');
    await look();
    expect(requests.at(-1)?.headers.authorization).toBeUndefined();
  });
});
