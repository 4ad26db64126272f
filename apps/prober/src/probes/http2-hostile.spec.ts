import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { http2Code, http2Fields, http2Frame, http2Types as types, startRawServer, type Script } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();

async function look(script: Script, timeoutMs = 2_000): Promise<Evidence> {
  const tls = { ...stage.issued, ALPNProtocols: ['h2'] };
  const server = await stage.serve(startRawServer(script, '127.0.0.1', tls));
  const http = httpProbeSchema.parse({ url: `https://localhost:${server.port}/`, httpVersion: '2' });
  return await probeHttp(http, stage.context({ timeoutMs }));
}

const endStream = 1;
const endHeaders = 4;
const settings = http2Frame({ type: types.settings });
const preface = /PRI \* HTTP\/2\.0\r\n\r\nSM\r\n\r\n.{9}/s;

const headers = (fields: readonly (readonly [string, string])[], flags = endHeaders): Buffer =>
  http2Frame({ type: types.headers, flags, stream: 1, payload: http2Fields(fields) });
const data = (text: string, flags = 0): Buffer =>
  http2Frame({ type: types.data, flags, stream: 1, payload: Buffer.from(text) });
const reset = (code: number): Buffer => http2Frame({ type: types.resetStream, stream: 1, payload: http2Code(code) });
const goAway = (code: number, words = ''): Buffer =>
  http2Frame({ type: types.goAway, payload: Buffer.concat([http2Code(0), http2Code(code), Buffer.from(words)]) });
const ping = http2Frame({ type: types.ping, payload: Buffer.alloc(8) });
const fine = [[':status', '200']] as const;
const withField = (name: string, value: string): Buffer[] => [
  settings,
  headers([...fine, [name, value]]),
  data('ok', endStream),
];
const invalid = /not valid HTTP\/2/;

type Ending = 'end' | 'silence';

const sending =
  (pieces: readonly Buffer[], ending: Ending = 'silence'): Script =>
  async (socket, heard) => {
    await heard(preface);
    socket.write(Buffer.concat(pieces));
    if (ending === 'end') socket.end();
  };

const frame = (type: number, payload: Buffer = Buffer.alloc(0), flags = 0): Buffer =>
  http2Frame({ type, flags, stream: type === types.settings || type === 0xbe ? 0 : 1, payload });
const many = (count: number, piece: Buffer): Buffer[] => Array.from({ length: count }, () => piece);

describe('an answer in HTTP/2, frame by frame, is up', () => {
  it.each<[string, readonly Buffer[]]>([
    ['in the usual order', [settings, headers(fine), data('ok', endStream)]],
    ['with its end in a frame of its own', [settings, headers(fine), data('ok'), data('', endStream)]],
    ['without a body', [settings, headers(fine, endHeaders | endStream)]],
    [
      'with a ping, an unknown frame and settings in between',
      [settings, ping, headers(fine), settings, frame(0xbe, Buffer.from('grease')), data('ok', endStream)],
    ],
    [
      'with a head in several frames',
      [
        settings,
        headers(fine, 0),
        frame(types.continuation, http2Fields([['x-a', 'b']]), endHeaders),
        data('ok', endStream),
      ],
    ],
    ['with RST_STREAM (NO_ERROR) after its end', [settings, headers(fine), data('ok', endStream), reset(0)]],
    ['with a GOAWAY after its end', [settings, headers(fine), data('ok', endStream), goAway(0)]],
  ])('%s', async (_what, pieces) => {
    expect(await look(sending(pieces))).toMatchObject({ outcome: 'up', statusCode: 200 });
  });
});

describe('an answer in HTTP/2 that is none is down', () => {
  const cases: [string, string, readonly Buffer[], RegExp, Ending?][] = [
    ['an end without a word', 'http.empty', [], /closed the connection without an answer/, 'end'],
    ['an end after the settings', 'http.empty', [settings], /closed the connection without an answer/, 'end'],
    [
      'GOAWAY with a reason',
      'http.empty',
      [settings, goAway(11, 'too many pings')],
      /GOAWAY \(ENHANCE_YOUR_CALM: too many pings\) without an answer/,
      'end',
    ],
    [
      'an orderly GOAWAY that leaves the request out',
      'http.empty',
      [settings, goAway(0)],
      /GOAWAY \(NO_ERROR\) without an answer/,
      'end',
    ],
    ['RST_STREAM (INTERNAL_ERROR)', 'http.empty', [settings, reset(2)], /reset the stream \(INTERNAL_ERROR\) without/],
    ['RST_STREAM (REFUSED_STREAM)', 'http.empty', [settings, reset(7)], /reset the stream \(REFUSED_STREAM\) without/],
    ['RST_STREAM (HTTP_1_1_REQUIRED)', 'http.empty', [settings, reset(13)], /reset the stream \(HTTP_1_1_REQUIRED\)/],
    [
      'RST_STREAM within the body',
      'http.partial',
      [settings, headers(fine), data('half'), reset(2)],
      /INTERNAL_ERROR\) within the answer/,
    ],
    [
      'RST_STREAM (NO_ERROR) within the body',
      'http.partial',
      [settings, headers(fine), data('half'), reset(0)],
      /NO_ERROR\) within the answer/,
    ],
    [
      'RST_STREAM (CANCEL) within the body',
      'http.partial',
      [settings, headers(fine), data('half'), reset(8)],
      /CANCEL\) within the answer/,
    ],
    [
      'an end within the body',
      'http.partial',
      [settings, headers(fine), data('half')],
      /closed the connection within/,
      'end',
    ],
    [
      'a GOAWAY within the body, and an end',
      'http.partial',
      [settings, headers(fine), data('half'), goAway(2)],
      /GOAWAY \(INTERNAL_ERROR\) within/,
      'end',
    ],
    ['more body than its length', 'http.protocol', withField('content-length', '1'), invalid],
    ['less body than its length', 'http.protocol', withField('content-length', '9'), invalid],
    [
      'HTTP/1.1',
      'http.protocol',
      [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
      /agreed to HTTP\/2 and answers in HTTP\/1/,
    ],
    ['another protocol', 'http.protocol', [Buffer.from('220 mail.example ESMTP\r\n'.repeat(3))], invalid],
    ['no settings first', 'http.protocol', [ping, headers(fine), data('ok', endStream)], invalid],
    ['no status', 'http.protocol', [settings, headers([['x-a', 'b']]), data('ok', endStream)], invalid],
    [
      'a status that is no number',
      'http.protocol',
      [settings, headers([[':status', 'ok']]), data('ok', endStream)],
      invalid,
    ],
    ['a header in capitals', 'http.protocol', withField('X-A', 'b'), invalid],
    ['a Connection header', 'http.protocol', withField('connection', 'close'), invalid],
    ['a body before its head', 'http.protocol', [settings, data('ok', endStream)], invalid],
    [
      'a header block that cannot be read',
      'http.protocol',
      [settings, frame(types.headers, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), endHeaders)],
      invalid,
    ],
    [
      'a frame that is too long',
      'http.protocol',
      [settings, http2Frame({ type: types.data, stream: 1, length: 0xffffff })],
      invalid,
    ],
    [
      'a stream that nobody opened',
      'http.protocol',
      [settings, http2Frame({ type: types.headers, flags: endHeaders, stream: 3, payload: http2Fields(fine) })],
      invalid,
    ],
    ['settings of a wrong size', 'http.protocol', [frame(types.settings, Buffer.alloc(5))], invalid],
    ['half a frame', 'http.empty', [settings, headers(fine).subarray(0, 7)], /closed the connection without/, 'end'],
    [
      'endless interim answers',
      'http.protocol',
      [settings, ...many(50, headers([[':status', '103']]))],
      /more than 20 interim answers/,
    ],
    [
      '5,000 headers',
      'http.too-large',
      [settings, headers([...fine, ...Array.from({ length: 600 }, () => ['x', 'y'] as const)]), data('ok', endStream)],
      /more than 500 headers/,
    ],
    [
      'a header of 100 kB over several frames',
      'http.too-large',
      [settings, headers(fine, 0), ...many(8, frame(types.continuation, Buffer.alloc(16_000)))],
      /head has more than/,
    ],
    ['a bomb of one header, told over and over', 'http.too-large', [settings, bomb()], /head has more than/],
    ['a flood of pings', 'http.protocol', [settings, ...many(3_000, ping)], /floods the connection/],
    ['a flood of settings', 'http.protocol', many(3_000, settings), /floods the connection/],
    [
      'a flood of empty data',
      'http.protocol',
      [settings, headers(fine), ...many(3_000, data(''))],
      /floods the connection/,
    ],
    [
      'a flood of empty continuations',
      'http.protocol',
      [settings, headers(fine, 0), ...many(3_000, http2Frame({ type: types.continuation, stream: 1 }))],
      /floods the connection|not valid HTTP\/2/,
    ],
    [
      'a flood of frames that nobody knows',
      'http.protocol',
      [settings, ...many(3_000, http2Frame({ type: 0xbe }))],
      /floods the connection/,
    ],
    [
      'a flood of resets',
      'http.protocol',
      [settings, ...many(3_000, http2Frame({ type: types.windowUpdate, payload: http2Code(1) }))],
      /floods the connection/,
    ],
  ];
  it.each(cases)('%s: %s', async (_what, reason, pieces, words, ending = 'silence') => {
    const evidence = await look(sending(pieces, ending));
    expect(evidence).toMatchObject({ outcome: 'down', reason });
    expect(evidence.message).toMatch(words);
  });

  it.each<[string, readonly Buffer[], string]>([
    ['silence after the handshake', [], 'timeout.response'],
    ['settings, and silence', [settings], 'timeout.response'],
    ['pings now and then, and nothing else', [settings, ping, ping], 'timeout.response'],
    ['an interim answer, and silence', [settings, headers([[':status', '100']])], 'timeout.response'],
    [
      'a promise that nobody wants, and silence',
      [settings, frame(types.pushPromise, Buffer.concat([http2Code(2), http2Fields(fine)]), endHeaders)],
      'timeout.response',
    ],
    ['half a body, and silence', [settings, headers(fine), data('half')], 'timeout.total'],
    [
      'settings that allow no stream at all',
      [frame(types.settings, Buffer.concat([Buffer.from([0, 3]), http2Code(0)]))],
      'timeout.response',
    ],
  ])('%s is down at the one deadline', async (_what, pieces, reason) => {
    const evidence = await look(sending(pieces), 300);
    expect(evidence).toMatchObject({ outcome: 'down', reason });
    expect(evidence.phases.totalMs).toBeGreaterThan(290);
  });

  it('a head of one byte every few milliseconds is down at the one deadline', async () => {
    const dripping: Script = async (socket, heard) => {
      await heard(preface);
      for (const byte of Buffer.concat([settings, headers([...fine, ['x', 'y'.repeat(99)]])])) {
        if (socket.destroyed) return;
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    expect(await look(dripping, 300)).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
  });

  it('what it said before it broke off is shown', async () => {
    const evidence = await look(sending([settings, headers([[':status', '502']]), data('no upstream'), reset(2)]));
    expect(evidence).toMatchObject({ reason: 'http.partial', statusCode: 502, excerpt: 'no upstream' });
  });
});

/** A header of 4,000 bytes that is kept once, then named by its number: 8 kB that unfold into 16 MB. */
function bomb(): Buffer {
  const kept = Buffer.concat([Buffer.from([0x40, 0x01, 0x78, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4_000, 'a')]);
  const block = Buffer.concat([Buffer.from([0x88]), kept, Buffer.alloc(4_000, 0xbe)]);
  return frame(types.headers, block, endHeaders);
}
