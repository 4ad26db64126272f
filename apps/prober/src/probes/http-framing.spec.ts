import { describe, expect, it } from '@jest/globals';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { httpProbeSchema, type Evidence, type HttpProbe } from '@quorate/contracts';
import { answering, startRawServer } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();

type Pieces = readonly (string | Buffer)[];
type Ending = 'end' | 'reset' | 'silence';

async function look(pieces: Pieces, ending: Ending = 'end', changes: object = {}): Promise<Evidence> {
  const server = await stage.serve(startRawServer(answering(pieces, ending)));
  const http: HttpProbe = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/`, ...changes });
  // Only who falls silent is waited for.
  const timeoutMs = ending === 'silence' ? 1_000 : 10_000;
  return await probeHttp(http, stage.context({ timeoutMs }));
}

const withLength = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const coded = (coding: string, body: Buffer): Pieces => [
  `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`,
  body,
];
/** A gzip body with a field in its head that most leave out (RFC 1952, section 2.3). */
function gzipWith(flag: number, field: Buffer): Buffer {
  const plain = gzipSync('all is well');
  const head = Buffer.from(plain.subarray(0, 10));
  head[3] = flag;
  return Buffer.concat([head, field, plain.subarray(10)]);
}
const chunkedHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** A zstd frame that says it needs a window of two to the power of `log` bytes. */
function zstdOfWindow(log: number): Buffer {
  const descriptor = (log - 10) << 3;
  const rawBlockOfTwo = Buffer.from([0x11, 0x00, 0x00]);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, descriptor]), rawBlockOfTwo, Buffer.from('ok')]);
}

describe('an answer that a client can live with is up', () => {
  const cases: [string, Pieces, Ending?][] = [
    ['a body of known length', [withLength('ok')]],
    ['a body that ends with the connection', ['HTTP/1.1 200 OK\r\n\r\nok']],
    ['a chunked body in odd pieces', [chunkedHead, '1\r\no\r', '\n1;x=y\r\nk\r\n', '0\r\n\r\n']],
    ['a chunked body with trailers', [`${chunkedHead}2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n`]],
    ['HTTP/1.0', ['HTTP/1.0 200 OK\r\n\r\nok']],
    ['no reason phrase', ['HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok']],
    ['100 Continue first', ['HTTP/1.1 100 Continue\r\n\r\n', withLength('ok')]],
    ['103 Early Hints first', ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', withLength('ok')]],
    ['204 that claims a chunked body', ['HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'], 'silence'],
    ['a head byte by byte', [...withLength('ok')]],
    ['18 kB of headers', [`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(18_000)}\r\nContent-Length: 2\r\n\r\nok`]],
    ['bytes after the body', [`${withLength('ok')}more`]],
    ['a reset after the whole body', [withLength('ok')], 'reset'],
    ['Transfer-Encoding: identity', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok']],
    ['an empty header', ['HTTP/1.1 200 OK\r\nX-A:\r\nX-B: \r\nContent-Length: 2\r\n\r\nok']],
    ['a status of which the reason is in UTF-8', ['HTTP/1.1 200 Größe\r\nContent-Length: 2\r\n\r\nok']],
    ['Content-Encoding: none', [`HTTP/1.1 200 OK\r\nContent-Encoding: none\r\nContent-Length: 2\r\n\r\nok`]],
    ['a body without end, which is not waited for', [`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_100_000)}`], 'silence'],
  ];
  it.each(cases)('%s', async (_what, pieces, ending = 'end') => {
    expect(await look(pieces, ending)).toMatchObject({ outcome: 'up', reason: null, message: null });
  });

  it.each([
    ['gzip', gzipSync('all is well')],
    ['x-gzip', gzipSync('all is well')],
    ['deflate', deflateSync('all is well')],
    ['deflate', deflateRawSync('all is well')],
    ['br', brotliCompressSync('all is well')],
    ['zstd', zstdCompressSync('all is well')],
    ['gzip, br', brotliCompressSync(gzipSync('all is well'))],
    ['gzip', Buffer.concat([gzipSync('all '), gzipSync('is well')])],
    ['gzip', gzipWith(0x04, Buffer.concat([Buffer.from([0xff, 0xff]), Buffer.alloc(65_535, 'x')]))],
    ['gzip', gzipWith(0x10, Buffer.from(`${'a comment '.repeat(9_000)}\0`))],
    ['GZIP', gzipSync('all is well')],
  ])('a body in %s', async (coding, body) => {
    const changes = { expect: { body: [{ contains: 'is well' }] } };
    expect(await look(coded(coding, body), 'end', changes)).toMatchObject({ outcome: 'up' });
  });

  it('a word of many bytes that is cut between two pieces', async () => {
    const body = Buffer.from('größer');
    const pieces = [`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`, body.subarray(0, 3), body.subarray(3)];
    expect(await look(pieces, 'end', { expect: { body: [{ contains: 'größer' }] } })).toMatchObject({ outcome: 'up' });
  });

  it('HEAD that is answered with a body all the same', async () => {
    expect(await look([withLength('body')], 'silence', { method: 'HEAD' })).toMatchObject({ outcome: 'up' });
    expect(await look([chunkedHead, '2\r\nok\r\n0\r\n\r\n'], 'end', { method: 'HEAD' })).toMatchObject({
      outcome: 'up',
    });
  });

  it('HEAD, whose answer has no body whatever its head says', async () => {
    const pieces = ['HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'];
    expect(await look(pieces, 'silence', { method: 'HEAD' })).toMatchObject({ outcome: 'up' });
  });
});

describe('an answer that no client can use is down', () => {
  const cases: [string, string, Pieces, Ending?][] = [
    ['closed without a byte', 'http.empty', []],
    ['reset without a byte', 'connect.reset', [], 'reset'],
    ['silence', 'timeout.response', [], 'silence'],
    ['an end within the head', 'http.partial', ['HTTP/1.1 200 OK\r\nContent-']],
    ['an end within the body', 'http.partial', ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok']],
    ['an end within the chunks', 'http.partial', [`${chunkedHead}5\r\nok`]],
    ['an end before the last chunk', 'http.partial', [`${chunkedHead}2\r\nok\r\n`]],
    [
      'a reset within a body of known length',
      'http.partial',
      ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'],
      'reset',
    ],
    ['a reset in a body that ends with the connection', 'http.partial', ['HTTP/1.1 200 OK\r\n\r\nok'], 'reset'],
    ['HTTP/2.0 in the status line', 'http.protocol', ['HTTP/2.0 200 OK\r\n\r\nok']],
    ['CR and control bytes in a header', 'http.protocol', ['HTTP/1.1 200 OK\r\nX: a\r\x01\x02\r\n\r\nok']],
    [
      'gzip as a transfer coding',
      'http.decode',
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ],
    [
      'transfer codings upon transfer codings',
      'http.decode',
      [`HTTP/1.1 200 OK\r\n${'Transfer-Encoding: gzip\r\n'.repeat(20)}\r\nok`],
    ],
    ['a chunk size beyond all numbers', 'http.protocol', [`${chunkedHead}ffffffffffffffffff\r\nok\r\n`]],
    ['a negative length', 'http.protocol', ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok']],
    [
      'a length beyond all numbers',
      'http.protocol',
      [`HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(30)}\r\n\r\nok`],
    ],
    ['gzip where deflate is promised', 'http.decode', coded('deflate', gzipSync('all is well'))],
    ['zstd that wants a window of a gigabyte', 'http.decode', coded('zstd', zstdOfWindow(30))],
    [
      'zstd that stops halfway',
      'http.decode',
      coded('zstd', zstdCompressSync('all is well'.repeat(99)).subarray(0, 20)),
    ],
    ['broken zstd', 'http.decode', coded('zstd', Buffer.from('no zstd at all'))],
    ['HTTP/0.9', 'http.protocol', ['<html>hello</html>\r\n\r\n']],
    ['another protocol', 'http.protocol', ['SSH-2.0-OpenSSH_9.2\r\n'], 'silence'],
    [
      '101 that nobody asked for',
      'http.protocol',
      ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ],
    ['a header without a colon', 'http.protocol', ['HTTP/1.1 200 OK\r\nNonsense\r\n\r\nok']],
    ['NUL in a header', 'http.protocol', ['HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\nok']],
    ['a bare CR in a header', 'http.protocol', ['HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\nok']],
    ['a space before the colon', 'http.protocol', ['HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok']],
    ['two lengths', 'http.protocol', ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok']],
    ['a length that is no number', 'http.protocol', ['HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok']],
    [
      'chunks and a length',
      'http.protocol',
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ],
    ['a chunk size that is no number', 'http.protocol', [`${chunkedHead}zz\r\nok\r\n`]],
    ['a chunk longer than its size', 'http.protocol', [`${chunkedHead}1\r\nok\r\n0\r\n\r\n`]],
    ['a status of four digits', 'http.protocol', ['HTTP/1.1 2000 OK\r\n\r\n']],
    ['100 Continue and then nothing', 'timeout.response', ['HTTP/1.1 100 Continue\r\n\r\n'], 'silence'],
    ['endless 100 Continue', 'http.protocol', ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(50)]],
    ['a header of 100 kB', 'http.too-large', [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\n\r\nok`]],
    ['5,000 headers', 'http.too-large', [`HTTP/1.1 200 OK\r\n${'X: a\r\n'.repeat(5_000)}\r\nok`]],
    ['endless trailers', 'http.too-large', [`${chunkedHead}0\r\n${'X: aaaaaaaa\r\n'.repeat(9_000)}`]],
    ['broken gzip', 'http.decode', coded('gzip', Buffer.from('no gzip at all'))],
    ['broken deflate', 'http.decode', coded('deflate', Buffer.from('no deflate at all'))],
    ['broken br', 'http.decode', coded('br', Buffer.from('no brotli at all'))],
    ['gzip that stops halfway', 'http.decode', coded('gzip', gzipSync('all is well'.repeat(99)).subarray(0, 30))],
    ['gzip four times over', 'http.decode', coded('gzip, gzip, gzip, gzip', gzipSync('x'))],
  ];
  it.each(cases)('%s: %s', async (_what, reason, pieces, ending = 'end') => {
    expect(await look(pieces, ending)).toMatchObject({ outcome: 'down', reason });
  });

  it('a body without a head, to HEAD too', async () => {
    expect(await look(['<html>hello</html>'], 'end', { method: 'HEAD' })).toMatchObject({ reason: 'http.protocol' });
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['deflate', deflateSync],
    ['br', (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ['zstd', zstdCompressSync],
  ])('a bomb of %s, of which no more than a megabyte is unfolded', async (coding, pack) => {
    const bomb = pack(Buffer.alloc(32 * 1024 * 1024));
    const evidence = await look(coded(coding, bomb), 'end', { expect: { body: [{ contains: 'well' }] } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'http.too-large' });
  });

  it('a JSON document of fifty megabytes, of which one is read', async () => {
    const pieces = ['HTTP/1.1 200 OK\r\n\r\n[', ...Array.from({ length: 800 }, () => '1,'.repeat(32_768)), '1]'];
    const evidence = await look(pieces, 'end', { expect: { json: [{ path: '$[0]', equals: 1 }] } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'http.too-large' });
  });

  it('a keyword that would stand after a megabyte', async () => {
    const pieces = [`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_100_000)}well`];
    const evidence = await look(pieces, 'end', { expect: { body: [{ contains: 'well' }] } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'http.too-large' });
  });

  it('a bomb of gzip, of which no more than a megabyte is unfolded', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const evidence = await look(coded('gzip', bomb), 'end', { expect: { body: [{ contains: 'well' }] } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'http.too-large' });
  });
});

describe('the evidence', () => {
  it('adds the phases up to the total', async () => {
    const { phases } = await look([withLength('ok')]);
    const { dnsMs, connectMs, tlsMs, ttfbMs, transferMs, totalMs } = phases;
    expect(tlsMs).toBeNull();
    expect((dnsMs ?? 0) + (connectMs ?? 0) + (ttfbMs ?? 0) + (transferMs ?? 0)).toBeCloseTo(totalMs, 6);
  });

  it('quotes a failed answer without control characters or the probe’s own credentials', async () => {
    const auth = { type: 'bearer', token: 'very-secret-token' };
    const answer = 'HTTP/1.1 500 Oops\r\nContent-Length: 30\r\n\r\n\u0000\u001b[31mgot very-secret-token ok';
    expect((await look([answer], 'end', { auth })).excerpt).toBe('[31mgot [redacted] ok');
  });

  it('keeps no excerpt of what is up, and 1,024 characters at most of what is not', async () => {
    expect((await look([withLength('ok')])).excerpt).toBeNull();
    const long = `HTTP/1.1 500 Oops\r\nContent-Length: 8000\r\n\r\n${'\u00e4'.repeat(8_000)}`;
    expect((await look([long])).excerpt).toHaveLength(1_024);
  });
});

describe('an answer that is cut off', () => {
  const page = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 99\r\n\r\nno upstream';
  const chunked = 'HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nno upstream\r\nzz';
  const zipped = gzipSync('no upstream');
  const zippedHead = `HTTP/1.1 502 Bad Gateway\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`;

  it.each<[string, number, string, Pieces, Ending]>([
    ['by an end', 502, 'http.partial', [page], 'end'],
    ['by a reset', 502, 'http.partial', [page], 'reset'],
    ['by the deadline', 502, 'timeout.total', [page], 'silence'],
    ['by nonsense', 500, 'http.protocol', [chunked], 'silence'],
    ['within its coding', 502, 'http.partial', [zippedHead, zipped.subarray(0, -3)], 'end'],
  ])('%s still tells its status and what it said', async (_how, statusCode, reason, pieces, ending) => {
    const evidence = await look(pieces, ending);
    expect(evidence).toMatchObject({ outcome: 'down', reason, statusCode });
    expect(evidence.excerpt).toMatch(/^no upst/);
  });

  it('tells no status that it had not yet said', async () => {
    expect(await look(['HTTP/1.1 502 Bad'], 'reset')).toMatchObject({ statusCode: null, excerpt: null });
  });
});
