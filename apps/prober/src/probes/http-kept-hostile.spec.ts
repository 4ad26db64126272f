/** Kept connections that end, or say something, when nobody wants them to: none of it is held against the target. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { startRawServer, type RawServer, type Script } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const good = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const timeout = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

const stage = await openProbeStage();
let server: RawServer;

afterEach(() => stage.context().kept.closeAll());

async function look(): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/`, connection: 'reuse' });
  return await probeHttp(http, stage.context({ timeoutMs: 2_000 }));
}

/** Serves each connection's first request well, and then does this with the first connection. */
async function serve(misbehave: (socket: Socket) => void, after: 'idle' | 'request'): Promise<void> {
  let connections = 0;
  const script: Script = async (socket, heard) => {
    const isFirst = connections++ === 0;
    await heard(/\r\n\r\n/);
    socket.write(good);
    if (!isFirst) return;
    if (after === 'request') await heard(/\r\n\r\n[^]*\r\n\r\n/);
    misbehave(socket);
  };
  server = await stage.serve(startRawServer(script));
}

const reset = (socket: Socket): void => void socket.resetAndDestroy();
const end = (socket: Socket): void => void socket.end();
const say = (text: string) => (socket: Socket) => void socket.write(text);
const sayAndEnd = (text: string) => (socket: Socket) => void socket.end(text);

describe('a kept connection', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['closed', end],
    ['reset', reset],
    ['closed with a 408 that nobody asked for', sayAndEnd(timeout)],
    ['given a second answer, of which nobody knows to what', say(good.replace('200 OK', '500 Oops'))],
    ['given garbage', say('garbage')],
  ])('that is %s while it is idle is replaced', async (_what, misbehave) => {
    await serve(misbehave, 'idle');
    await look();
    // What the target does of itself is to have arrived.
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await look()).toMatchObject({ outcome: 'up', connection: 'fresh' });
    expect(server.connectionCount).toBe(2);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['closed', end],
    ['reset', reset],
    ['closed with a 408', sayAndEnd(timeout)],
    ['reset within the answer', (socket) => void socket.write(good.slice(0, -1), () => reset(socket))],
    ['given garbage', say('garbage')],
  ])('that is %s just as it is used again is replaced within the round', async (_what, misbehave) => {
    await serve(misbehave, 'request');
    await look();
    expect(await look()).toMatchObject({ outcome: 'up', connection: 'fresh', statusCode: 200 });
    expect(server.connectionCount).toBe(2);
  });

  it('that says with its second answer that it ends serves that, and no third', async () => {
    await serve(say(good.replace('\r\n', '\r\nConnection: close\r\n')), 'request');
    const seen = [await look(), await look(), await look()];
    expect(seen.map(({ outcome, connection }) => `${outcome} ${connection}`)).toEqual([
      'up fresh',
      'up reused',
      'up fresh',
    ]);
  });
});
