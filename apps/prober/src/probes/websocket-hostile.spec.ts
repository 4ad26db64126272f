import { describe, expect, it } from '@jest/globals';
import { websocketProbeSchema, type Evidence } from '@quorate/contracts';
import {
  acceptUpgrade,
  answering,
  startRawServer,
  websocketFrame as frame,
  type RawServer,
  type Script,
} from '@quorate/testing';
import { openProbeStage } from './probe.stage.ts';
import { probeWebsocket } from './websocket.probe.ts';

const stage = await openProbeStage();
let server: RawServer;

const text = 1;
const binary = 2;
const more = 0;
const close = 8;
const ping = 9;
const pong = 10;

async function look(script: Script, changes: object = {}, timeoutMs = 1_500): Promise<Evidence> {
  server = await stage.serve(startRawServer(script));
  const websocket = websocketProbeSchema.parse({ url: `ws://127.0.0.1:${server.port}/`, ...changes });
  return await probeWebsocket(websocket, stage.context({ timeoutMs }));
}

const sending = (...frames: Buffer[]): Script => acceptUpgrade((socket) => void socket.write(Buffer.concat(frames)));

describe('a handshake', () => {
  it('answered with 200 instead of 101 is down, and the page is shown', async () => {
    const page = ['HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome'];
    expect(await look(answering(page))).toMatchObject({
      outcome: 'down',
      reason: 'status.unexpected',
      statusCode: 200,
      message: 'got 200, expected 101',
      excerpt: 'welcome',
    });
  });

  it.each([400, 401, 403, 404, 426, 500, 502, 503])('answered with %d is down', async (statusCode) => {
    const answer = [`HTTP/1.1 ${statusCode} No\r\nContent-Length: 0\r\n\r\n`];
    expect(await look(answering(answer))).toMatchObject({ reason: 'status.unexpected', statusCode });
  });

  it('answered with a redirect is down, and the redirect is named and not followed', async () => {
    const answer = ['HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'];
    expect(await look(answering(answer))).toMatchObject({
      reason: 'status.unexpected',
      statusCode: 302,
      message: 'got 302, expected 101, a redirect to "ws://127.0.0.1:1/", which is not followed',
      redirects: 0,
    });
  });

  it('answered with an endless page is not read to its end', async () => {
    const endless: Script = async (socket, heard) => {
      await heard(/\r\n\r\n/);
      socket.write('HTTP/1.1 500 No\r\n\r\n');
      const write = (): void => void (socket.destroyed || socket.write('x'.repeat(1_000), write));
      write();
    };
    expect(await look(endless)).toMatchObject({ reason: 'status.unexpected', statusCode: 500 });
  });

  it.each([
    ['a wrong Sec-WebSocket-Accept', { 'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }, 'Accept'],
    ['no Sec-WebSocket-Accept', { 'Sec-WebSocket-Accept': null }, 'Accept'],
    ['another Upgrade', { Upgrade: 'h2c' }, 'Upgrade'],
    ['a subprotocol that nobody offered', { 'Sec-WebSocket-Protocol': 'chat' }, 'subprotocol'],
    ['an extension that nobody offered', { 'Sec-WebSocket-Extensions': 'permessage-deflate' }, 'extension'],
  ])('with %s is down', async (_what, changes, word) => {
    const evidence = await look(acceptUpgrade(() => undefined, changes));
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'websocket.handshake', statusCode: 101 });
    expect(evidence.message).toContain(word);
  });

  it.each<[string, string, Script]>([
    ['closes', 'http.empty', (socket) => void socket.end()],
    [
      'resets',
      'connect.reset',
      async (socket, heard) => {
        await heard(/\r\n\r\n/);
        socket.resetAndDestroy();
      },
    ],
    ['ends within the head', 'http.partial', answering(['HTTP/1.1 101 Switching Protocols\r\nUpgr'])],
    ['speaks something else', 'http.protocol', (socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n')],
    ['sends garbage', 'http.protocol', answering([Buffer.alloc(100, 0xff)], 'silence')],
    [
      'sends a head without end',
      'http.too-large',
      answering([`HTTP/1.1 101 Switching Protocols\r\nx: ${'x'.repeat(100_000)}`], 'silence'),
    ],
    ['says nothing', 'timeout.response', () => undefined],
    ['stops within the head', 'timeout.response', answering(['HTTP/1.1 101 Sw'], 'silence')],
  ])('with a target that %s is down: %s', async (_what, reason, script) => {
    expect(await look(script, {}, 300)).toMatchObject({ outcome: 'down', reason });
  });
});

describe('a frame', () => {
  it.each([
    ['is masked', frame(text, 'hello', { isMasked: true })],
    ['has a reserved bit', frame(text, 'hello', { reserved: 1 })],
    ['is compressed, though nobody agreed to it', frame(text, 'hello', { reserved: 4 })],
    ['has an unknown opcode', frame(3, 'hello')],
    ['is text that is not UTF-8', frame(text, Buffer.from([0xc3, 0x28]))],
    ['goes on with a message that never began', frame(more, 'hello')],
    ['begins a message within another', Buffer.concat([frame(text, 'a', { isFinal: false }), frame(text, 'b')])],
    ['is a ping in fragments', frame(ping, 'a', { isFinal: false })],
    ['is a ping that is too long', frame(ping, 'x'.repeat(126))],
    ['is a close with half a code', frame(close, 'x')],
    ['is a close with a code that nobody may send', frame(close, Buffer.from([0x03, 0xed]))],
    ['is a close whose words are not UTF-8', frame(close, Buffer.from([0x03, 0xe8, 0xff]))],
  ])('that %s is down', async (_what, bytes) => {
    const evidence = await look(sending(bytes), { expect: 'hello' });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'websocket.protocol' });
    expect(evidence.message).toMatch(/^the target broke the protocol: /);
  });

  it('that claims to be larger than is read is down', async () => {
    const huge = Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(await look(sending(huge), { expect: 'x' })).toMatchObject({ reason: 'websocket.too-large' });
  });

  it('after the other without end is down, without being kept', async () => {
    const endless = acceptUpgrade((socket) => {
      const bytes = frame(binary, 'x'.repeat(60_000), { isFinal: false });
      const go = frame(more, 'x'.repeat(60_000), { isFinal: false });
      socket.write(bytes);
      const write = (): void => void (socket.destroyed || socket.write(go, write));
      write();
    });
    expect(await look(endless, { expect: 'never' })).toMatchObject({ reason: 'websocket.too-large' });
  });

  it('after the other that nobody waits for is heard for so long only', async () => {
    const chatter = acceptUpgrade((socket) => {
      const bytes = Buffer.concat(Array.from({ length: 100 }, () => frame(text, 'y'.repeat(1_000))));
      const write = (): void => void (socket.destroyed || socket.write(bytes, write));
      write();
    });
    expect(await look(chatter, { expect: 'never' })).toMatchObject({ reason: 'websocket.too-large' });
  });

  it('that comes a byte at a time is taken', async () => {
    const slow = acceptUpgrade(async (socket) => {
      for (const byte of frame(text, 'ready')) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    expect(await look(slow, { expect: 'ready' })).toMatchObject({ outcome: 'up' });
  });

  it('that comes together with the handshake’s answer is taken', async () => {
    const eager = acceptUpgrade((socket) => void socket.write(frame(text, 'ready')));
    expect(await look(eager, { expect: '^ready' })).toMatchObject({ outcome: 'up' });
  });

  it('that was never asked for, a pong, counts as a sign of life', async () => {
    expect(await look(sending(frame(pong, 'hello')))).toMatchObject({ outcome: 'up' });
  });

  it('of ours is masked', async () => {
    await look(
      acceptUpgrade(async (socket, heard) => {
        await heard(/\r\n\r\n./s);
        socket.write(frame(text, 'ok'));
      }),
      { send: 'hello', expect: 'ok' },
    );
    const sent = Buffer.from(server.received[0]?.split('\r\n\r\n')[1] ?? '', 'latin1');
    expect([sent[0], sent[1]]).toEqual([0x81, 0x80 | 5]);
    const unmasked = sent.subarray(6, 11).map((byte, index) => byte ^ (sent[2 + (index % 4)] ?? 0));
    expect(Buffer.from(unmasked).toString()).toBe('hello');
  });
});

describe('time', () => {
  it('ends the wait for a pong, and says that the handshake went well', async () => {
    expect(
      await look(
        acceptUpgrade(() => undefined),
        {},
        250,
      ),
    ).toMatchObject({
      outcome: 'down',
      reason: 'timeout.response',
      statusCode: 101,
      message: 'timed out after 0.25 s, waiting for an answer: the handshake went well, but no pong came',
    });
  });

  it('ends the wait for a message, and says what came instead', async () => {
    const evidence = await look(sending(frame(text, 'no')), { expect: 'yes' }, 250);
    expect(evidence).toMatchObject({ reason: 'websocket.mismatch', message: 'got "no", expected one to match "yes"' });
  });

  it('ends the wait for the end of a message', async () => {
    const half = sending(frame(text, 'ye', { isFinal: false }));
    expect(await look(half, { expect: 'yes' }, 250)).toMatchObject({ reason: 'timeout.response' });
  });
});
