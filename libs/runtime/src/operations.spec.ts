import { afterEach, describe, expect, it } from '@jest/globals';
import { serveOperations, type HealthByName, type OperationsServer } from './operations.ts';

let server: OperationsServer | null = null;
afterEach(() => server?.close());

async function serve(health: HealthByName): Promise<string> {
  server = await serveOperations({ host: '127.0.0.1', port: 0 }, () => health);
  return server.url;
}

describe('the operations endpoints', () => {
  it('say that the process lives, also while it waits', async () => {
    const url = await serve({ aggregator: { ready: false, detail: 'waits for Kafka' } });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const readiness = await fetch(`${url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toEqual({
      status: 'waiting',
      services: { aggregator: { ready: false, detail: 'waits for Kafka' } },
    });
  });

  it('say when everything is ready, and tell the metrics', async () => {
    const url = await serve({ aggregator: { ready: true, detail: 'owns 12 partitions' } });
    expect((await fetch(`${url}/readyz?verbose`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).headers.get('content-type')).toContain('text/plain');
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  });

  it('name a port that is taken, and the remedy', async () => {
    const { port } = new URL(await serve({}));
    const second = serveOperations({ host: '127.0.0.1', port: Number(port) }, () => ({}));
    await expect(second).rejects.toThrow(`port ${port} of 127.0.0.1, which another process holds. End that process`);
  });

  it('name an address that is not of this machine', async () => {
    await expect(serveOperations({ host: '192.0.2.1', port: 0 }, () => ({}))).rejects.toThrow('QUORATE_HTTP_HOST');
  });
});
