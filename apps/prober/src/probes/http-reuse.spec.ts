import { afterEach, describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type Evidence } from '@quorate/contracts';
import { startRawServer, type RawServer, type Script } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const sorry = 'HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno';

const stage = await openProbeStage();
let server: RawServer;

afterEach(() => stage.context().kept.closeAll());

async function look(changes: object = {}): Promise<Evidence> {
  const http = httpProbeSchema.parse({ url: `http://127.0.0.1:${server.port}/`, connection: 'reuse', ...changes });
  return await probeHttp(http, stage.context({ timeoutMs: 800 }));
}

/** Answers the nth request of the nth connection with what stands there; null is silence. */
function byConnection(answers: readonly (readonly (string | null)[])[]): Script {
  let connection = 0;
  return async (socket, heard) => {
    const own = answers[connection++] ?? [];
    for (const [index, answer] of own.entries()) {
      await heard(new RegExp(`(?:GET [^]*?\\r\\n\\r\\n){${index + 1}}`));
      if (answer !== null) socket.write(answer);
    }
  };
}

describe('a kept connection', () => {
  it('serves the next check, which then has no look-up and no dial', async () => {
    server = await stage.serve(startRawServer(byConnection([[ok, ok]])));
    expect(await look()).toMatchObject({ outcome: 'up', connection: 'fresh' });
    const evidence = await look();
    expect(evidence).toMatchObject({ outcome: 'up', connection: 'reused', address: '127.0.0.1' });
    expect(evidence.phases).toMatchObject({ dnsMs: null, connectMs: null });
    expect(server.connectionCount).toBe(1);
  });

  it('is not made unless the monitor asks for it', async () => {
    server = await stage.serve(startRawServer(byConnection([[ok, ok], [ok]])));
    await look({ connection: 'fresh' });
    expect(await look({ connection: 'fresh' })).toMatchObject({ connection: 'fresh' });
    expect(server.connectionCount).toBe(2);
  });

  it('is not made where the target will close it', async () => {
    server = await stage.serve(startRawServer(byConnection([[ok.replace('\r\n', '\r\nConnection: close\r\n')], [ok]])));
    await look();
    expect(await look()).toMatchObject({ outcome: 'up', connection: 'fresh' });
  });

  it('that says down is checked on a fresh one, whose word counts', async () => {
    server = await stage.serve(startRawServer(byConnection([[ok, sorry], [ok]])));
    await look();
    expect(await look()).toMatchObject({ outcome: 'up', connection: 'fresh' });
  });

  it('never says down alone: the vote shows what the fresh one saw', async () => {
    server = await stage.serve(startRawServer(byConnection([[ok, sorry], [sorry]])));
    await look();
    expect(await look()).toMatchObject({ outcome: 'down', reason: 'status.unexpected', connection: 'fresh' });
  });

  it('that has gone silent is doubted while there is time for a fresh one', async () => {
    server = await stage.serve(startRawServer(byConnection([[ok, null], [ok]])));
    await look();
    expect(await look()).toMatchObject({ outcome: 'up', connection: 'fresh' });
  });

  it('that the target has closed meanwhile is replaced', async () => {
    const endSoon: Script = async (socket, heard) => {
      await heard(/\r\n\r\n/);
      socket.write(ok);
      setTimeout(() => socket.end(), 20);
    };
    server = await stage.serve(startRawServer(endSoon));
    await look();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await look()).toMatchObject({ outcome: 'up', connection: 'fresh' });
  });

  it('leads to the monitor’s old target no more once that has changed', async () => {
    server = await stage.serve(startRawServer(byConnection([[ok, ok], [ok]])));
    await look();
    expect(await look({ url: `http://localhost:${server.port}/` })).toMatchObject({ connection: 'fresh' });
  });
});
