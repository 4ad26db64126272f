/** A target that fails once: a look is never repeated within its round, for that is what confirming rounds are for. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { startRawServer, type RawServer, type Script } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const good = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const bad = 'HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno';

const stage = await openProbeStage();
let server: RawServer;

afterEach(() => stage.context().kept.closeAll());

async function look(connection: 'fresh' | 'reuse', timeoutMs = 2_000): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/`, connection });
  return await probeHttp(http, stage.context({ timeoutMs }));
}

/** Answers request after request with these, whatever connection they come by, and then says nothing more. */
function inTurn(...answers: readonly string[]): Script {
  let answered = 0;
  return async (socket, heard) => {
    for (let asked = 1; ; asked++) {
      await heard(new RegExp(`(?:GET [^]*?\\r\\n\\r\\n){${asked}}`));
      const answer = answers[answered++];
      if (answer === undefined) return;
      socket.write(answer);
    }
  };
}

const outcomes = async (connection: 'fresh' | 'reuse', looks: number): Promise<string[]> => {
  const seen: string[] = [];
  for (let count = 0; count < looks; count++) seen.push((await look(connection)).outcome);
  return seen;
};

describe('a target that answers 500 once and then 200', () => {
  it('is down in that round, up in the next, and asked once in each', async () => {
    server = await stage.serve(startRawServer(inTurn(bad, good)));
    expect(await outcomes('fresh', 2)).toEqual(['down', 'up']);
    expect(server.connectionCount).toBe(2);
  });

  it('over a kept connection is asked again on a fresh one in the same round, and is up', async () => {
    server = await stage.serve(startRawServer(inTurn(good, bad, good)));
    expect(await outcomes('reuse', 2)).toEqual(['up', 'up']);
    expect(server.connectionCount).toBe(2);
  });
});

describe('a target that answers 500 twice', () => {
  it('is down twice', async () => {
    server = await stage.serve(startRawServer(inTurn(bad, bad, good)));
    expect(await outcomes('fresh', 3)).toEqual(['down', 'down', 'up']);
  });

  it('is down over a kept connection and a fresh one: two in a row are never swallowed', async () => {
    server = await stage.serve(startRawServer(inTurn(good, bad, bad)));
    await look('reuse');
    expect(await look('reuse')).toMatchObject({ reason: 'status.unexpected', connection: 'fresh', statusCode: 500 });
  });
});

describe('a target that says nothing over a kept connection', () => {
  it('nor over a fresh one, is down at the one deadline for both', async () => {
    server = await stage.serve(startRawServer(inTurn(good)));
    await look('reuse');
    const beganAt = performance.now();
    const evidence = await look('reuse', 400);
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(399);
    expect(performance.now() - beganAt).toBeLessThan(800);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response', connection: 'fresh' });
    expect(evidence.message).toMatch(/^timed out after 0\.\d+ s, waiting for an answer$/);
  });
});
