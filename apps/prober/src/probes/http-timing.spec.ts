import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { AddressGuard, allowLoopback } from '@quorate/outbound';
import { answering, startRawServer, type RawServer, type Script } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { createSurroundings } from './surroundings.ts';

let stop: AbortController;
let server: RawServer;

beforeEach(() => {
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await server.close();
});

async function look(script: Script, timeoutMs: number, changes: object = {}): Promise<Evidence> {
  server = await startRawServer(script);
  const guard = new AddressGuard(allowLoopback);
  const surroundings = createSurroundings({ guard, region: 'eu', version: '1', signal: stop.signal });
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/`, ...changes });
  return await probeHttp(http, { ...surroundings, monitorKey: 'm', startedAt: 0, timeoutMs });
}

/** Sends `head`, and then a byte of `drops` every few milliseconds for as long as someone listens. */
function dripping(head: string, drops: string): Script {
  return async (socket, heard) => {
    await heard(/\r\n\r\n/);
    socket.write(head);
    for (let drop = 0; !socket.destroyed; drop++) {
      socket.write(drops.charAt(drop % drops.length));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
}

describe('the one deadline', () => {
  it('ends a head that drips', async () => {
    const evidence = await look(dripping('HTTP/1.1 200 OK\r\nX: ', 'a'), 1_000);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.response' });
  });

  it('ends a body that drips, however steadily', async () => {
    const evidence = await look(dripping('HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n', 'a'), 300);
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'timeout.total', statusCode: 200 });
    expect(evidence.excerpt).toMatch(/^a+$/);
  });

  it('reads what had arrived in time before it is called, where the prober did not get to run', async () => {
    const answerAndFreeze: Script = async (socket, heard) => {
      await heard(/\r\n\r\n/);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      const end = performance.now() + 400;
      while (performance.now() < end);
    };
    expect(await look(answerAndFreeze, 300)).toMatchObject({ outcome: 'up', statusCode: 200 });
  });

  it('covers redirects together, and blames no single one of them', async () => {
    const slowRedirect: Script = async (socket, heard) => {
      await heard(/\r\n\r\n/);
      await new Promise((resolve) => setTimeout(resolve, 400));
      socket.write('HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n');
    };
    const evidence = await look(slowRedirect, 1_000);
    expect(evidence.outcome).toBe('down');
    expect(evidence.reason).toMatch(/^timeout\./);
    expect(evidence.redirects).toBeGreaterThanOrEqual(1);
  });

  it('is kept to, as exactly as a timer of the same length', async () => {
    const plain = new Promise<number>((resolve) => setTimeout(() => resolve(performance.now()), 400));
    const evidence = await look(answering([], 'silence'), 400);
    const at = performance.now();
    expect(at - (await plain)).toBeLessThan(50);
    expect(evidence.phases.totalMs).toBeGreaterThanOrEqual(399);
  });

  it.each([
    ['just before it is up', 200, 'up', null],
    ['just after it is down', 500, 'down', 'timeout.response'],
  ])('an answer that comes %s', async (_what, delayMs, outcome, reason) => {
    const late: Script = async (socket, heard) => {
      await heard(/\r\n\r\n/);
      setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), delayMs);
    };
    expect(await look(late, 400)).toMatchObject({ outcome, reason });
  });

  it('says in words what it was waiting for', async () => {
    const evidence = await look(answering([], 'silence'), 200);
    expect(evidence.message).toBe('timed out after 0.2 s, waiting for an answer');
  });

  it('leaves the phases that never began empty, and the others sum up to the total', async () => {
    const { phases } = await look(answering([], 'silence'), 200);
    expect(phases).toMatchObject({ tlsMs: null, transferMs: null });
    expect((phases.dnsMs ?? 0) + (phases.connectMs ?? 0) + (phases.ttfbMs ?? 0)).toBeCloseTo(phases.totalMs, 6);
  });

  it('is not the limit of a monitor that wants an answer sooner', async () => {
    const late: Script = async (socket, heard) => {
      await heard(/\r\n\r\n/);
      setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), 80);
    };
    const evidence = await look(late, 2_000, { expect: { maxResponseMs: 50 } });
    expect(evidence).toMatchObject({ outcome: 'down', reason: 'slow', statusCode: 200 });
  });
});

describe('a stop of the prober', () => {
  it('makes what is under way abstain at once', async () => {
    const looking = look(answering([], 'silence'), 60_000);
    setTimeout(() => stop.abort(), 50);
    expect(await looking).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
  });

  it('lets nothing new begin', async () => {
    stop.abort();
    expect(await look(answering([]), 60_000)).toMatchObject({ outcome: 'abstain', reason: 'prober.missed' });
    expect(server.connectionCount).toBe(0);
  });
});
