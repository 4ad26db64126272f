/** What goes wrong on an HTTPS connection once the handshake is over. */
import { describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { startRawServer, tlsAlert } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();

/** Given the TLS connection, and the plain one below it. */
type Serve = (secure: TLSSocket, below: Socket) => void;

async function look(serve: Serve, options: TLSSocketOptions = {}, timeoutMs = 5_000): Promise<Evidence> {
  const starting = startRawServer((socket) => {
    socket.removeAllListeners('data');
    const secure = new TLSSocket(socket, { isServer: true, ...stage.issued, ...options });
    secure.on('error', () => socket.destroy());
    secure.once('data', () => serve(secure, socket));
  });
  const server = await stage.serve(starting);
  const http = httpProbeSchema.parse({ url: `https://localhost:${server.port}/` });
  return await probeHttp(http, stage.context({ timeoutMs }));
}

const head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n';
const whole = `${head}ok`;
const untilClosed = 'HTTP/1.1 200 OK\r\n\r\nok';
/** What was written first is to arrive first. */
const next = (what: () => void): void => void setTimeout(what, 20);

describe('an HTTPS target is up', () => {
  it.each<[string, Serve, TLSSocketOptions?]>([
    ['that answers', (secure) => secure.end(whole)],
    ['whose body ends with a goodbye', (secure) => secure.end(untilClosed)],
    [
      'whose body ends without a goodbye, as many do',
      (secure, below) => secure.write(untilClosed, () => next(() => below.end())),
    ],
    [
      'that hangs up without a goodbye behind a whole answer',
      (secure, below) => secure.write(whole, () => below.end()),
    ],
    ['that sends garbage behind a whole answer', (secure, below) => secure.write(whole, () => below.write('garbage'))],
    [
      'that resets behind a whole answer',
      (secure, below) => secure.write(whole, () => next(() => below.resetAndDestroy())),
    ],
    [
      'that renegotiates before it answers',
      (secure) => void secure.renegotiate({ rejectUnauthorized: false }, () => secure.end(whole)),
      { maxVersion: 'TLSv1.2' },
    ],
    ['that answers in many records', (secure) => secure.end(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(500_000)}`)],
  ])('%s', async (_what, serve, options = {}) => {
    expect(await look(serve, options)).toMatchObject({ outcome: 'up', certificate: { daysLeft: 90 } });
  });
});

describe('an HTTPS target is down', () => {
  const somethingElse = 'the target sent something else within the TLS session (ERR_SSL_BAD_RECORD_TYPE)';

  it.each<[string, string, string, Serve]>([
    ['that sends garbage', 'tls.handshake', somethingElse, (_, below) => below.write('garbage garbage garbage')],
    ['that goes on in plain HTTP', 'tls.handshake', somethingElse, (_, below) => below.write(whole)],
    ['that sends an alert in the clear', 'tls.handshake', somethingElse, (_, below) => below.write(tlsAlert(80))],
    [
      'that sends garbage within its answer',
      'tls.handshake',
      somethingElse,
      (secure, below) => secure.write(head, () => next(() => below.write('garbage garbage garbage'))),
    ],
    [
      'that says goodbye instead of answering',
      'http.empty',
      'the connection was closed without an answer',
      (secure) => secure.end(),
    ],
    [
      'that hangs up instead of answering',
      'http.empty',
      'the connection was closed without an answer',
      (_, below) => below.end(),
    ],
    [
      'that resets instead of answering',
      'connect.reset',
      'the target reset the connection instead of answering',
      (_, below) => below.resetAndDestroy(),
    ],
    [
      'that hangs up within its answer',
      'http.partial',
      'the answer ended before it was complete',
      (secure, below) => secure.write(head, () => next(() => below.end())),
    ],
    [
      'that answers with bytes',
      'http.protocol',
      'the answer is not HTTP: it begins with "...."',
      (secure) => secure.write(Buffer.alloc(4, 0x99)),
    ],
  ])('%s: %s', async (_what, reason, message, serve) => {
    expect(await look(serve)).toMatchObject({ outcome: 'down', reason, message });
  });

  it('that takes the handshake and says nothing, at the deadline', async () => {
    expect(await look(() => undefined, {}, 300)).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
  });

  it.each([['h2'], ['h3']])('that speaks nothing but %s', async (protocol) => {
    expect(await look(() => undefined, { ALPNProtocols: [protocol] })).toMatchObject({
      ...{ outcome: 'down', reason: 'tls.protocol' },
      message: 'the target does not speak http/1.1 there',
    });
  });

  it('that has no site of the name that is asked for', async () => {
    const refusing: TLSSocketOptions = { SNICallback: (_name, done) => done(new Error('no such site')) };
    expect(await look(() => undefined, refusing)).toMatchObject({ outcome: 'down', reason: 'tls.handshake' });
  });
});
