import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenBucket } from '@quorate/alerting';
import { BusUnavailableError, type OutgoingRecord } from '@quorate/bus';
import { silentLogger } from '@quorate/telemetry';
import { pingBudget } from './ping-directory.ts';
import { PingEndpoint, refusePing } from './ping-endpoint.ts';
import { pingBytesMax } from './ping-excerpt.ts';

const token = 'Zm9vYmFyYmF6cXV4cXV1eGFi';
const monitorId = '6f2c1a52-7f0d-4f6e-9d3b-0a1b2c3d4e5f';

let server: Server;
let port: number;
let taken: (readonly OutgoingRecord[])[];
let append: (records: readonly OutgoingRecord[]) => Promise<void>;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function send(method: string, path: string, body: string | Buffer = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const values = () => taken.map((records) => records.map(({ value }) => JSON.parse(value ?? 'null') as object | null));

async function listen(answer: (...exchange: Parameters<PingEndpoint['answer']>) => boolean): Promise<void> {
  server = createServer((incoming, response) => {
    if (!answer(incoming, response)) response.writeHead(418).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
}

beforeEach(async () => {
  taken = [];
  append = (records) => Promise.resolve(void taken.push(records));
  const monitor = { monitorId, bucket: new TokenBucket(pingBudget, 0) };
  const endpoint = new PingEndpoint({
    log: { append: (records) => append(records), now: () => 0, partitionCount: () => 3 },
    directory: { find: (given) => (given === token ? monitor : undefined) },
    logger: silentLogger,
    answerMsMax: 50,
  });
  await listen((incoming, response) => endpoint.answer(incoming, response));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ended = { v: 1, monitorId, kind: 'ended', failed: false, exitCode: null, excerpt: null };

describe('a ping URL', () => {
  it.each([
    ['GET', ''],
    ['HEAD', ''],
    ['POST', ''],
    ['GET', '?from=cron'],
  ])('takes a success by %s%s', async (method, query) => {
    const { status, headers, body } = await send(method, `/heartbeats/${token}${query}`);
    expect([status, body]).toEqual([200, method === 'HEAD' ? '' : 'OK\n']);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' });
    expect(values()).toEqual([[ended, null]]);
  });

  it.each([
    ['start', { v: 1, monitorId, kind: 'started' }],
    ['fail', { ...ended, failed: true }],
    ['0', { ...ended, exitCode: 0 }],
    ['1', { ...ended, failed: true, exitCode: 1 }],
    ['255', { ...ended, failed: true, exitCode: 255 }],
  ])('takes /%s', async (word, ping) => {
    expect((await send('POST', `/heartbeats/${token}/${word}`)).status).toBe(200);
    expect(values()[0]?.[0]).toEqual(ping);
  });

  it.each(['/256', '/-1', '/1.5', '/stop', '/start/now', '/', '//', '/%00', '/START'])('knows no %s', async (rest) => {
    const { status, headers, body } = await send('GET', `/heartbeats/${token}${rest}`);
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({ code: 'QRT_PING_UNKNOWN' });
    expect(taken).toEqual([]);
  });

  it.each(['', 'a', 'x'.repeat(64), 'x'.repeat(5_000), '../monitors', `${token}x`])(
    'answers a token that nobody has like any other: %#',
    async (other) => {
      const [stranger, near] = [
        await send('GET', `/heartbeats/${other}`),
        await send('GET', `/heartbeats/${token}/no`),
      ];
      expect([stranger.status, stranger.body]).toEqual([404, near.body]);
    },
  );

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('takes no %s, and has no CORS', async (method) => {
    const { status, headers } = await send(method, `/heartbeats/${token}`);
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST']);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(taken).toEqual([]);
  });

  it('leaves other paths alone', async () => {
    expect((await send('GET', '/healthz')).status).toBe(418);
    expect((await send('GET', '/heartbeat')).status).toBe(418);
  });

  it('takes thirty at once and one a second, and says when to come again', async () => {
    for (let count = 0; count < pingBudget.burstMax; count++) await send('GET', `/heartbeats/${token}`);
    const { status, headers } = await send('GET', `/heartbeats/${token}`);
    expect([status, headers['retry-after'], taken.length]).toEqual([429, '2', pingBudget.burstMax]);
  });
});

describe('what a failed job sends along', () => {
  const excerptOf = async (body: string | Buffer) => {
    expect((await send('POST', `/heartbeats/${token}/1`, body)).status).toBe(200);
    return (values()[0]?.[0] as { excerpt: string | null }).excerpt;
  };

  it('is kept, whatever its type', async () => {
    expect(await excerptOf('disk full\nno space left\n')).toBe('disk full\nno space left');
  });

  it('is kept from its end', async () => {
    const excerpt = await excerptOf(`${'x'.repeat(9_000)}the reason`);
    expect([excerpt?.length, excerpt?.endsWith('the reason')]).toEqual([1_024, true]);
  });

  it('is cut between characters', async () => {
    const excerpt = (await excerptOf('🦀'.repeat(3_000))) ?? '';
    expect([excerpt.length <= 1_024, excerpt.isWellFormed()]).toEqual([true, true]);
  });

  it('loses what the database could not keep, and the token', async () => {
    expect(await excerptOf(Buffer.from(`a\u0000b\u001b[31m ${token} \u00ff`, 'latin1'))).toBe('ab[31m [redacted] �');
  });

  it('is not kept when it is blank', async () => {
    expect(await excerptOf(' \n\t')).toBeNull();
  });

  it('counts as a ping however long it is, and is read to a bound only', async () => {
    const answer = await send('POST', `/heartbeats/${token}/1`, Buffer.alloc(3 * pingBytesMax, 'x')).catch(
      // The connection may be cut while the rest is still being sent.
      (error: Error) => error.message,
    );
    expect(answer).toEqual(typeof answer === 'string' ? expect.stringMatching(/EPIPE|ECONNRESET/) : expect.anything());
    expect(taken.length).toBe(1);
  });

  it('is not kept of a success', async () => {
    await send('POST', `/heartbeats/${token}/0`, 'all is well');
    expect(values()[0]?.[0]).toEqual({ ...ended, exitCode: 0 });
  });

  it('is no ping when the sender goes away in the middle', async () => {
    const socket = connect(port, '127.0.0.1');
    const closed = new Promise<void>((resolve) => {
      server.once('request', (incoming) => {
        incoming.once('data', () => socket.destroy());
        incoming.once('close', () => resolve());
      });
    });
    socket.write(`POST /heartbeats/${token}/fail HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`);
    await closed;
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toEqual([]);
  });
});

describe('while the log takes nothing', () => {
  it.each([
    ['refuses', () => Promise.reject(new BusUnavailableError('the brokers are away'))],
    ['is silent', () => new Promise<void>(() => undefined)],
  ])('the job is asked to try again when it %s', async (_how, never) => {
    append = never;
    const { status, headers, body } = await send('GET', `/heartbeats/${token}`);
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    expect(JSON.parse(body)).toMatchObject({ code: 'QRT_LOG_UNAVAILABLE' });
  });

  it('a defect of ours is told without its details', async () => {
    append = () => Promise.reject(new Error('secret detail'));
    const { status, body } = await send('GET', `/heartbeats/${token}`);
    expect([status, body.includes('secret detail')]).toEqual([500, false]);
  });
});

describe('before the gateway is ready', () => {
  it('ping URLs ask to try again, and others are left alone', async () => {
    server.close();
    await listen(refusePing);
    expect((await send('GET', `/heartbeats/${token}`)).status).toBe(503);
    expect((await send('GET', '/healthz')).status).toBe(418);
  });
});
