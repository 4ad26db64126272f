import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { closeServer, listenOnLoopback } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings } from './surroundings.ts';

const stop = new AbortController();
const guard = new AddressGuard(allowLoopback);
let surroundings: ReturnType<typeof createSurroundings>;
let server: Server;
let port: number;
/** Every Authorization, Cookie and X-Api-Key that arrived. */
let shown: string[];
let echo: (request: IncomingMessage, response: ServerResponse, body: string) => void;

const challenge = 'Digest realm="r", nonce="n", qop="auth"';

beforeEach(async () => {
  surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal });
  shown = [];
  server = createServer((request, response) => void serve(request, response));
  port = await listenOnLoopback(server);
});
afterEach(async () => {
  server.closeAllConnections();
  await closeServer(server);
});
afterAll(() => stop.abort());

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { authorization, cookie, 'x-api-key': key } = request.headers;
  for (const value of [authorization, cookie, key]) if (value !== undefined) shown.push(String(value));
  if (request.url === '/digest' && authorization === undefined) {
    response.writeHead(401, { 'www-authenticate': challenge }).end();
  } else if (request.url === '/token') {
    response.end('{"access_token":"granted-token-1234","token_type":"bearer"}');
  } else {
    echo(request, response, Buffer.concat(pieces).toString());
  }
}

const headersOf = ({ rawHeaders }: IncomingMessage): string => rawHeaders.join('\n');

const proofPattern = /(?<=response=")[^"]+|(?<=Basic |Bearer ).+/;
/** What proves the password, or is the password's equal. */
const proofIn = ({ headers }: IncomingMessage): string => proofPattern.exec(headers.authorization ?? '')?.[0] ?? '';

type Echo = typeof echo;
const echoes: [string, Echo, object][] = [
  ['in a body', (request, response) => response.writeHead(500).end(headersOf(request)), {}],
  ['in JSON', (request, response) => response.writeHead(500).end(JSON.stringify(request.headers)), {}],
  [
    'in HTML',
    (request, response) =>
      response.writeHead(500).end(headersOf(request).replaceAll('&', '&amp;').replaceAll('"', '&quot;')),
    {},
  ],
  [
    'in a header',
    (request, response) =>
      response.writeHead(200, { 'x-echo': encodeURIComponent(`${proofIn(request)} ${request.headers.cookie}`) }).end(),
    { expect: { headers: [{ name: 'x-echo', equals: 'x' }] } },
  ],
  [
    'in a JSON value, behind words that push it to the end of what is quoted',
    (request, response) => response.end(JSON.stringify({ a: `${'x'.repeat(105)}${proofIn(request)}` })),
    { expect: { json: [{ path: '$.a', equals: 'x' }] } },
  ],
  [
    'in an answer that breaks off within them',
    (request, response) => {
      const { authorization = '' } = request.headers;
      response.writeHead(200, { 'content-length': '9999' }).write(authorization.slice(0, -3));
      setTimeout(() => response.socket?.resetAndDestroy(), 20);
    },
    {},
  ],
];

const auths = {
  basic: { type: 'basic', username: 'the-user', password: 'pa&ss"word' },
  bearer: { type: 'bearer', token: 'bearer&token"1234' },
  digest: { type: 'digest', username: 'the-user', password: 'pa&ss"word' },
} as const;

async function look(changes: object): Promise<Evidence> {
  const headers = { cookie: 'session=cookie-value-123; b=c', 'x-api-key': 'api&key"1234567' };
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${port}/`, headers, ...changes });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs: 2_000 });
}

/** What of the evidence could be read by someone who must not know. */
function expectNoSecretIn(evidence: Evidence, secrets: readonly string[]): void {
  const text = JSON.stringify(evidence);
  expect(evidence.outcome).toBe('down');
  expect(text).toContain('[redacted]');
  for (const secret of [...secrets, 'cookie-value-123', '1234567']) expect(text).not.toContain(secret);
}

describe.each(Object.entries(auths))('%s credentials', (type, auth) => {
  it.each(echoes)('that a target echoes %s are in no evidence', async (_how, how, changes) => {
    echo = how;
    const evidence = await look({ auth, url: `http://127.0.0.1:${port}/${type}`, ...changes });
    const sent = shown.map((value) => proofPattern.exec(value)?.[0].slice(0, 12));
    const proofs = sent.filter((proof) => proof !== undefined);
    expect(proofs.length).toBeGreaterThan(0);
    expectNoSecretIn(evidence, [...proofs, 'pa&ss', 'pa&amp;ss', 'bearer&', 'bearer&amp;', 'ss%22word']);
  });
});

describe('OAuth2 credentials', () => {
  const client = { type: 'oauth2', clientId: 'client-id', clientSecret: 'client secret & co' };

  it.each(echoes)('that a target echoes %s are in no evidence', async (_how, how, changes) => {
    echo = how;
    const auth = { ...client, tokenUrl: `http://127.0.0.1:${port}/token` };
    expectNoSecretIn(await look({ auth, ...changes }), ['granted-token', 'granted-tok']);
  });

  it.each(['client_secret_basic', 'client_secret_post'])(
    'that the token endpoint echoes are in no evidence: %s',
    async (clientAuthentication) => {
      echo = (request, response, body) => {
        const error = `${request.headers.authorization ?? ''} ${body}`.slice(0, 64).replaceAll('"', '');
        response.writeHead(400).end(JSON.stringify({ error, access_token: 'half-granted-token' }));
      };
      const auth = { ...client, clientAuthentication, tokenUrl: `http://127.0.0.1:${port}/oauth` };
      const evidence = await look({ auth });
      expect(evidence.reason).toBe('auth.token');
      const text = JSON.stringify(evidence);
      for (const secret of ['client+secret', 'client secret', 'half-granted', shown[0]?.split(' ')[1] ?? 'none']) {
        expect(text).not.toContain(secret);
      }
    },
  );
});
