import { describe, expect, it } from '@jest/globals';
import { mapProbeSecrets, patternsOf, probeSchema, websocketProbeSchema, type Evidence } from '@quorate/contracts';
import { startWebsocketServer, type Issued, type WebsocketServer } from '@quorate/testing';
import type { WebSocket } from 'ws';
import type { ProbeContext } from './probe-context.ts';
import { openProbeStage } from './probe.stage.ts';
import { probeWebsocket } from './websocket.probe.ts';

const stage = await openProbeStage();
let server: WebsocketServer;

type Serve = (socket: WebSocket) => void;

async function ask(changes: object, context: Partial<ProbeContext> = {}): Promise<Evidence> {
  const websocket = websocketProbeSchema.parse(changes);
  return await probeWebsocket(websocket, stage.context({ timeoutMs: 1_500, ...context }));
}

async function look(serve: Serve, changes: object = {}, subprotocol?: string): Promise<Evidence> {
  server = await stage.serve(startWebsocketServer({ serve, ...(subprotocol === undefined ? {} : { subprotocol }) }));
  return await ask({ url: `ws://localhost:${server.port}/live?x=1`, ...changes });
}

async function lookSecurely(identity: Issued, changes: object = {}): Promise<Evidence> {
  server = await stage.serve(startWebsocketServer({ serve: () => undefined, issued: identity }));
  return await ask({ url: `wss://localhost:${server.port}/`, ...changes });
}

const echo: Serve = (socket) => void socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
const silent: Serve = () => undefined;

describe('a WebSocket probe', () => {
  it('is up when the handshake and a ping are answered', async () => {
    const evidence = await look(silent);
    expect(evidence).toMatchObject({ outcome: 'up', reason: null, statusCode: 101, address: '127.0.0.1' });
    expect(evidence.phases).toMatchObject({ tlsMs: null, ttfbMs: expect.any(Number), transferMs: expect.any(Number) });
    const { dnsMs, connectMs, ttfbMs, transferMs, totalMs } = evidence.phases;
    expect(totalMs).toBeCloseTo((dnsMs ?? 0) + (connectMs ?? 0) + (ttfbMs ?? 0) + (transferMs ?? 0), 3);
  });

  it('says who it is, and what its headers say, and goodbye', async () => {
    await look(silent, { headers: { 'x-tenant': 'acme', origin: 'https://shop.example.com' } });
    const request = server.requests[0];
    expect(request?.url).toBe('/live?x=1');
    expect(request?.headers).toMatchObject({
      'user-agent': 'Quorate/1 (eu)',
      'x-tenant': 'acme',
      origin: 'https://shop.example.com',
      host: `localhost:${server.port}`,
      'sec-websocket-version': '13',
    });
    expect(request?.headers['sec-websocket-extensions']).toBeUndefined();
    expect(request?.headers['sec-websocket-protocol']).toBeUndefined();
    expect(await server.farewell).toBe(1_000);
  });

  it('has a name of its own where it is given one', async () => {
    await look(silent, { headers: { 'user-agent': 'mine', host: 'shop.example.com' } });
    expect(server.requests[0]?.headers).toMatchObject({ 'user-agent': 'mine', host: 'shop.example.com' });
  });

  it('is up when a message is as expected, whatever was sent before it', async () => {
    const greeting: Serve = (socket) => {
      socket.send('hello');
      socket.send('{"price": 17}');
      echo(socket);
    };
    expect(await look(greeting, { expect: '"price": \\d+' })).toMatchObject({ outcome: 'up' });
    expect(await look(echo, { send: 'größer ☂️', expect: '^größer ☂️$' })).toMatchObject({ outcome: 'up' });
  });

  it('takes a message that comes in fragments, or in bytes', async () => {
    const pieces: Serve = (socket) => {
      socket.send('+O', { fin: false });
      socket.send('K rea', { fin: false });
      socket.send('dy');
    };
    expect(await look(pieces, { expect: '^\\+OK ready$' })).toMatchObject({ outcome: 'up' });
    expect(await look((socket) => socket.send(Buffer.from('ready')), { expect: 'ready' })).toMatchObject({
      outcome: 'up',
    });
  });

  it('answers pings while it waits', async () => {
    const pinging: Serve = (socket) => {
      socket.on('pong', (data: Buffer) => socket.send(`pong ${data.toString()}`));
      socket.ping('are you there');
    };
    expect(await look(pinging, { expect: 'pong are you there' })).toMatchObject({ outcome: 'up' });
  });

  it('needs no pong where a message comes first, and none where told so', async () => {
    const deaf: Serve = (socket) => {
      socket.pause();
      socket.send('news');
    };
    expect(await look(deaf)).toMatchObject({ outcome: 'up' });
    expect(await look((socket) => socket.pause(), { ping: false })).toMatchObject({ outcome: 'up' });
  });

  it('is up with the subprotocol that was offered', async () => {
    expect(await look(silent, { subprotocol: 'graphql-ws' }, 'graphql-ws')).toMatchObject({ outcome: 'up' });
    expect(server.requests[0]?.headers['sec-websocket-protocol']).toBe('graphql-ws');
  });

  it('is down when the subprotocol is refused', async () => {
    expect(await look(silent, { subprotocol: 'graphql-ws' }, 'mqtt')).toMatchObject({
      outcome: 'down',
      reason: 'websocket.handshake',
      message: 'the handshake failed: Server sent no subprotocol',
    });
  });

  it('is down when no message is as expected, and says what came', async () => {
    const saying =
      (...texts: string[]): Serve =>
      (socket) => {
        for (const text of texts) socket.send(text);
        socket.close();
      };
    expect(await look(saying('no'), { expect: '^yes' })).toMatchObject({
      outcome: 'down',
      reason: 'websocket.mismatch',
      message: 'got "no", expected one to match "^yes"',
      excerpt: 'no',
    });
    expect(await look(saying('no', 'never'), { expect: '^yes' })).toMatchObject({
      message: 'got 2 messages, the last "never", expected one to match "^yes"',
    });
  });

  it.each([
    [1008, 'go away', 'the target closed the connection (1008, policy violation): "go away"'],
    [1011, '', 'the target closed the connection (1011, internal error)'],
    [1000, '', 'the target closed the connection (1000, normal closure)'],
    [4001, 'no token', 'the target closed the connection (4001): "no token"'],
  ])('is down when it is closed with %d before anything was said', async (code, words, message) => {
    expect(await look((socket) => socket.close(code, words), { expect: 'x' })).toMatchObject({
      outcome: 'down',
      reason: 'websocket.closed',
      message,
    });
  });

  it('is down when the connection breaks right after the handshake (1006)', async () => {
    expect(await look((socket) => socket.terminate())).toMatchObject({
      outcome: 'down',
      reason: 'websocket.closed',
      message: 'the connection ended right after the handshake, without a closing frame (1006)',
    });
  });

  it('repeats no credential, wherever the target puts it', async () => {
    const headers = { authorization: 'Bearer hunter2-hunter2' };
    const telling: Serve = (socket) => socket.close(1008, 'bad Bearer hunter2-hunter2');
    const evidence = await look(telling, { headers, expect: 'x' });
    expect(evidence.message).toContain('bad [redacted]');
    expect(JSON.stringify(evidence)).not.toContain('hunter2');
  });

  it('dials no address that the installation does not probe', async () => {
    server = await stage.serve(startWebsocketServer({ serve: silent }));
    const url = `ws://localhost:${server.port}/`;
    expect(await ask({ url }, { outbound: stage.publicOnly })).toMatchObject({
      outcome: 'down',
      reason: 'blocked.address',
    });
    expect(server.requests).toHaveLength(0);
  });
});

describe('over TLS', () => {
  it('is up, with the facts of the certificate', async () => {
    const evidence = await lookSecurely(stage.issued);
    expect(evidence).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90, warning: false } });
  });

  it('believes no certificate for another host, unless told to', async () => {
    const other = await stage.authority.issue({ names: ['other.test'] });
    expect(await lookSecurely(other)).toMatchObject({ outcome: 'down', reason: 'tls.hostname' });
    expect(await lookSecurely(other, { tls: { verify: false } })).toMatchObject({ outcome: 'up' });
  });

  it('is down where the port speaks plain text, and the reverse', async () => {
    server = await stage.serve(startWebsocketServer({ serve: silent }));
    expect(await ask({ url: `wss://localhost:${server.port}/` })).toMatchObject({ reason: 'tls.protocol' });
    server = await stage.serve(startWebsocketServer({ serve: silent, issued: stage.issued }));
    const evidence = await ask({ url: `ws://localhost:${server.port}/` });
    expect(evidence).toMatchObject({ outcome: 'down', reason: expect.stringMatching(/^http\.(empty|protocol)$/) });
  });
});

describe('its settings', () => {
  const parse = (changes: object) => websocketProbeSchema.safeParse({ url: 'wss://live.test/', ...changes });

  it.each(['http://a.test/', 'wss://me:pw@a.test/', 'wss://a.test/#x', 'live.test', 'ws://'])(
    'refuse the URL %s',
    (url) => {
      expect(parse({ url }).success).toBe(false);
    },
  );

  it.each([{ 'Sec-WebSocket-Key': 'x' }, { upgrade: 'x' }, { connection: 'x' }, { a: 'b\r\nc: d' }])(
    'refuse the headers %j',
    (headers) => {
      expect(parse({ headers }).success).toBe(false);
    },
  );

  it('seal credentials among the headers, and show the pattern to whoever checks it', () => {
    const probe = probeSchema.parse({
      type: 'websocket',
      websocket: { url: 'wss://live.test/', headers: { cookie: 'a=b', accept: '*/*' }, expect: 'x+' },
    });
    expect(mapProbeSecrets(probe, (_secret, field) => field)).toMatchObject({
      websocket: { headers: { cookie: '/websocket/headers/cookie', accept: '*/*' } },
    });
    expect(patternsOf(probe)).toEqual([{ pointer: '/websocket/expect', pattern: 'x+' }]);
  });
});
