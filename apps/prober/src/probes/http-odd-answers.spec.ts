/** Answers that are odd in one place: forgiven where they can be understood in one way only, else not. */
import { describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { answering, startRawServer } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();

type Pieces = readonly (string | Buffer)[];
type Ending = 'end' | 'reset' | 'silence';

interface Look {
  readonly ending?: Ending;
  readonly changes?: object;
  readonly timeoutMs?: number;
}

async function look(pieces: Pieces, { ending = 'end', changes = {}, timeoutMs = 1_000 }: Look = {}): Promise<Evidence> {
  const server = await stage.serve(startRawServer(answering(pieces, ending)));
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/`, ...changes });
  return await probeHttp(http, stage.context({ timeoutMs }));
}

const line = 'HTTP/1.1 200 OK\r\n';
const whole = `${line}Content-Length: 2\r\n\r\nok`;
const withHeader = (header: string | Buffer): Pieces => [line, header, '\r\n\r\nok'];
const chunked = `${line}Transfer-Encoding: chunked\r\n\r\n`;

describe('an odd answer that everybody understands is up:', () => {
  const cases: [string, Pieces, Ending?][] = [
    ['a header that goes on in the next line', withHeader('X: a\r\n b\r\nContent-Length: 2')],
    ['lines that end by LF alone', ['HTTP/1.1 200 OK\nContent-Length: 2\n\nok']],
    ['lines that end now by LF and now by CRLF', [`${line}Content-Length: 2\n\r\nok`]],
    ['empty lines first', [`\r\n\r\n${whole}`]],
    ['a status line that ends in a space', ['HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok']],
    ['a length with a zero before it', withHeader('Content-Length: 02')],
    ['a length with spaces around it', withHeader('Content-Length:   2  ')],
    ['UTF-8 in a header', withHeader(Buffer.from('X: größer\r\nContent-Length: 2'))],
    ['400 cookies', withHeader(`${'Set-Cookie: a=b\r\n'.repeat(400)}Content-Length: 2`)],
    ['chunked said twice', [`${line}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`]],
    ['chunked in capitals', [`${line}TRANSFER-ENCODING: CHUNKED\r\n\r\n2\r\nok\r\n0\r\n\r\n`]],
    ['chunks in HTTP/1.0', ['HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n']],
    ['a space behind the size of a chunk', [`${chunked}2 \r\nok\r\n0 \r\n\r\n`]],
    ['zeros before the size of a chunk', [`${chunked}${'0'.repeat(40)}2\r\nok\r\n0\r\n\r\n`]],
    ['a chunk with an extension in quotes', [`${chunked}2;a="b;c\\"d"\r\nok\r\n0\r\n\r\n`]],
    ['a chunk with an extension of 100 kB', [`${chunked}2;${'a'.repeat(100_000)}\r\nok\r\n0\r\n\r\n`]],
    [
      'HTTP/1.0 that is kept open',
      ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok'],
      'silence',
    ],
    ['an upgrade that is offered', withHeader('Upgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 2')],
    ['102 Processing first', [`HTTP/1.1 102 Processing\r\n\r\n${whole}`]],
    ['an interim status that nobody knows first', [`HTTP/1.1 199 What\r\n\r\n${whole}`]],
    ['an interim answer that claims a length', [`HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n${whole}`]],
    ['an interim answer that claims chunks', [`HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n${whole}`]],
    ['204 that claims a length', ['HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'], 'silence'],
    ['204 with a body', ['HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello']],
    ['205 with a body', ['HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nok']],
    [
      '206 that nobody asked for',
      ['HTTP/1.1 206 Partial\r\nContent-Range: bytes 5-1/z\r\nContent-Length: 2\r\n\r\nok'],
    ],
    ['a second answer behind the first', [whole + whole.replace('200', '500')]],
    ['a coding of nothing', [`${line}Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n`]],
    ['a reset behind trailers', [`${chunked}0\r\nX: a\r\n\r\n`], 'reset'],
  ];
  it.each(cases)('%s', async (_what, pieces, ending = 'end') => {
    expect(await look(pieces, { ending })).toMatchObject({ outcome: 'up', reason: null, message: null });
  });

  it('one that is sent before it is asked for', async () => {
    const server = await stage.serve(startRawServer((socket) => void socket.end(whole)));
    const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/` });
    const evidence = await probeHttp(http, stage.context({ timeoutMs: 1_000 }));
    expect(evidence).toMatchObject({ outcome: 'up', statusCode: 200 });
  });

  it('304 that claims a length, where it is what is expected', async () => {
    const pieces = ['HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'];
    const evidence = await look(pieces, { ending: 'silence', changes: { expect: { status: ['304'] } } });
    expect(evidence).toMatchObject({ outcome: 'up', statusCode: 304 });
  });
});

describe('an odd answer that can be understood in two ways, or not at all, is down:', () => {
  const cases: [string, string, RegExp, Pieces, Ending?][] = [
    ['the same length twice', 'http.protocol', /Duplicate/, withHeader('Content-Length: 2\r\nContent-Length: 2')],
    ['two lengths in one header', 'http.protocol', /Content-Length/, withHeader('Content-Length: 2, 2')],
    ['a length with a sign', 'http.protocol', /Content-Length/, withHeader('Content-Length: +2')],
    ['a length that is not there', 'http.protocol', /Content-Length/, withHeader('Content-Length: ')],
    ['a length in hexadecimal', 'http.protocol', /Content-Length/, withHeader('Content-Length: 0x2')],
    ['a length of more than all memory', 'http.partial', /ended/, withHeader('Content-Length: 9007199254740993')],
    [
      'identity and a length',
      'http.protocol',
      /Length/,
      withHeader('Transfer-Encoding: identity\r\nContent-Length: 2'),
    ],
    ['chunked twice over', 'http.decode', /chunked, chunked/, withHeader('Transfer-Encoding: chunked, chunked')],
    ['a transfer coding without a name', 'http.decode', /nobody asked/, withHeader('Transfer-Encoding: ')],
    ['a negative chunk', 'http.protocol', /chunk size/, [`${chunked}-1\r\nok\r\n`]],
    ['a chunk with 0x', 'http.protocol', /chunk size/, [`${chunked}0x2\r\nok\r\n0\r\n\r\n`]],
    ['a chunk without a size', 'http.protocol', /chunk size/, [`${chunked}\r\nok\r\n0\r\n\r\n`]],
    ['chunks with LF alone', 'http.protocol', /chunk size/, [`${chunked}2\nok\n0\n\n`]],
    ['a chunk of 16 exabytes', 'http.partial', /ended/, [`${chunked}ffffffffffffffff\r\nok`]],
    ['a control character in an extension', 'http.protocol', /extension/, [`${chunked}2;\x01\r\nok\r\n0\r\n\r\n`]],
    ['a last chunk without its end', 'http.partial', /ended/, [`${chunked}2\r\nok\r\n0\r\n`]],
    ['status 000', 'http.protocol', /^answered with status 0$/, ['HTTP/1.1 000 What\r\n\r\n']],
    ['status 099', 'http.protocol', /^answered with status 99$/, ['HTTP/1.1 099 What\r\n\r\n']],
    ['status 600', 'status.unexpected', /^got 600, /, ['HTTP/1.1 600 What\r\n\r\n']],
    ['status 999', 'status.unexpected', /^got 999, /, ['HTTP/1.1 999 What\r\n\r\n']],
    ['a status of two digits', 'http.protocol', /status code/, ['HTTP/1.1 20 What\r\n\r\n']],
    ['a status in letters', 'http.protocol', /status code/, ['HTTP/1.1 abc What\r\n\r\n']],
    ['a negative status', 'http.protocol', /status code/, ['HTTP/1.1 -200 What\r\n\r\n']],
    ['two spaces before the status', 'http.protocol', /status code/, ['HTTP/1.1  200 OK\r\n\r\n']],
    ['HTTP/1.2', 'http.protocol', /version/, ['HTTP/1.2 200 OK\r\n\r\n']],
    ['HTTP/3', 'http.protocol', /version/, ['HTTP/3.0 200 OK\r\n\r\n']],
    ['HTTP/0.9 with a status', 'http.protocol', /^answered with HTTP\/0\.9$/, ['HTTP/0.9 200 OK\r\n\r\n']],
    ['a space in the name of a header', 'http.protocol', /header/, withHeader('X Y: 1')],
    ['a header without a name', 'http.protocol', /header/, withHeader(': 1')],
    ['UTF-8 in the name of a header', 'http.protocol', /header/, withHeader(Buffer.from('Größe: 1'))],
    ['a control character in a header', 'http.protocol', /header/, withHeader('X: a\x07b')],
    ['two status lines', 'http.protocol', /header/, [line + whole]],
    ['an interim answer with a body', 'http.protocol', /valid HTTP/, [`HTTP/1.1 100 Go on\r\n\r\nhello${whole}`]],
    ['endless 103 Early Hints', 'http.protocol', /interim/, ['HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n'.repeat(30)]],
    [
      'gzip with garbage behind it',
      'http.decode',
      /gzip/,
      [`${line}Content-Encoding: gzip\r\n\r\n`, gzipSync('ok'), 'no'],
    ],
  ];
  it.each(cases)('%s: %s', async (_what, reason, message, pieces, ending = 'end') => {
    const evidence = await look(pieces, { ending });
    expect(evidence).toMatchObject({ outcome: 'down', reason, message: expect.stringMatching(message) });
  });

  it('gzip of which a bit has fallen over', async () => {
    const bytes = gzipSync('all is well');
    bytes[bytes.length - 6]! ^= 1;
    expect(await look([`${line}Content-Encoding: gzip\r\n\r\n`, bytes])).toMatchObject({ reason: 'http.decode' });
  });

  it('a trailer where a header is expected', async () => {
    const changes = { expect: { headers: [{ name: 'x-sum', equals: '1' }] } };
    const evidence = await look([`${chunked}2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n`], { changes });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'header.mismatch' });
  });
});

describe('what is not HTTP is down, and quoted:', () => {
  const tls = 'the answer is TLS, and what was asked was plain HTTP';
  const quoting = (text: string) => `the answer is not HTTP: it begins with ${text}`;

  it.each<[string, string | Buffer, string]>([
    ['a TLS alert', Buffer.from('15030100020246', 'hex'), tls],
    ['a TLS handshake', Buffer.from('160303007a0200', 'hex'), tls],
    ['a mail server', '220 mail.test ESMTP\r\n', quoting('"220 mail.test ESMTP"')],
    ['RTSP, though llhttp reads it', 'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n', quoting('"RTSP/1.0 200 OK\\r\\nCSeq: 1"')],
    ['ICE, though llhttp reads it', 'ICE/1.0 200 OK\r\n\r\n', quoting('"ICE/1.0 200 OK"')],
    ['a radio station', 'ICY 200 OK\r\n\r\n', quoting('"ICY 200 OK"')],
    ['the request itself', 'GET / HTTP/1.1\r\n', quoting('"GET / HTTP/1.1"')],
    ['HTTP in small letters', 'http/1.1 200 OK\r\n\r\n', quoting('"http/1.1 200 OK"')],
    ['a byte order mark', '\xef\xbb\xbfHTTP/1.1 200\r\n\r\n', quoting('"...HTTP/1.1 200"')],
    ['a space first', ' HTTP/1.1 200\r\n\r\n', quoting('" HTTP/1.1 200"')],
    ['HTTP/2 without being asked', Buffer.from('000000040000000000', 'hex'), quoting('"........."')],
  ])('%s', async (_what, bytes, message) => {
    const evidence = await look([bytes], { ending: 'silence' });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'http.protocol', statusCode: null });
    expect(evidence.message?.startsWith(message)).toBe(true);
  });

  it('and repeats no secret that it is shown', async () => {
    const auth = { type: 'bearer', token: 'very-secret-token' };
    expect((await look(['you said very-secret-token'], { changes: { auth } })).message).toBe(
      'the answer is not HTTP: it begins with "you said [redacted]"',
    );
  });
});

describe('a flood is not waited out, where it is', () => {
  it.each<[string, string]>([
    ['empty lines', '\r\n'.repeat(200_000)],
    ['the reason of a status', `HTTP/1.1 200 ${'a'.repeat(500_000)}`],
    ['blanks before the value of a header', `${line}X:${' '.repeat(500_000)}`],
    ['lines of one header', `${line}X: a\r\n${' a\r\n'.repeat(200_000)}`],
    ['the extension of a chunk', `${chunked}2;${'a'.repeat(9_000_000)}`],
    ['zeros before the size of a chunk', `${chunked}${'0'.repeat(9_000_000)}`],
  ])('%s', async (_what, flood) => {
    const evidence = await look([flood], { ending: 'silence', timeoutMs: 20_000 });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'http.too-large' });
    expect(evidence.phases.totalMs).toBeLessThan(10_000);
  });
});

describe('a keyword is found', () => {
  const changes = { expect: { body: [{ matches: '^größer$' }] } };
  const utf8 = Buffer.from('größer');
  const typed = (type: string) => `${line}Content-Type: text/html; charset=${type}\r\n\r\n`;
  const utf16 = Buffer.from('\ufeffgrößer', 'utf16le');

  it.each<[string, Pieces]>([
    ['across two TCP segments', [`${line}Content-Length: 8\r\n\r\n`, utf8.subarray(0, 6), utf8.subarray(6)]],
    ['across two chunks', [chunked, '6\r\n', utf8.subarray(0, 6), '\r\n2\r\n', utf8.subarray(6), '\r\n0\r\n\r\n']],
    [
      'across two chunks within a character',
      [chunked, '3\r\n', utf8.subarray(0, 3), '\r\n5\r\n', utf8.subarray(3), '\r\n0\r\n\r\n'],
    ],
    ['behind a byte order mark', [`${line}\r\n`, Buffer.from('\ufeffgrößer')]],
    ['in UTF-16 by its byte order mark', [`${line}\r\n`, utf16]],
    ['in UTF-16, the high bytes first, by its byte order mark', [`${line}\r\n`, Buffer.from(utf16).swap16()]],
    ['in UTF-16 by its byte order mark, whatever the head says', [typed('utf-8'), utf16]],
    ['in UTF-16 by its head', [typed('UTF-16LE'), utf16.subarray(2)]],
    ['in Latin-1', [typed('"ISO-8859-1"'), Buffer.from('größer', 'latin1')]],
    ['in a charset that nobody knows, as UTF-8', [typed('klingon'), utf8]],
    [
      'in two codings, a header each',
      [`${line}Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n`, gzipSync(gzipSync(utf8))],
    ],
    ['in identity and gzip', [`${line}Content-Encoding: identity, gzip\r\n\r\n`, gzipSync(utf8)]],
    ['in gzip that is padded by zeros', [`${line}Content-Encoding: gzip\r\n\r\n`, gzipSync(utf8), Buffer.alloc(512)]],
    ['in a coding that nobody knows, as it is', [`${line}Content-Encoding: aws-chunked\r\n\r\n`, utf8]],
  ])('%s', async (_where, pieces) => {
    expect(await look(pieces, { changes })).toMatchObject({ outcome: 'up' });
  });

  it('beside bytes that are no UTF-8', async () => {
    const pieces = [`${line}\r\n`, Buffer.from([0xc3, 0x28, 0x6f, 0x6b])];
    expect(await look(pieces, { changes: { expect: { body: [{ contains: 'ok' }] } } })).toMatchObject({
      outcome: 'up',
    });
  });
});
