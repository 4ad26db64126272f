/** The OpenAPI document says what the routes do: all of them, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, exchanges } from './api-client.ts';
import { ApiSystem, until } from './api-system.ts';
import { Contract, type OpenApi } from './contract.ts';
import { ReadModel } from './read-model.ts';
import {
  alertOf,
  alertTold,
  deliveryOf,
  deliveryTold,
  heartbeatOf,
  heartbeatTold,
  roundOf,
  unknownId,
  verdictTold,
} from './records.ts';

const promised = [
  'GET /api/v1/audit-findings',
  'GET /api/v1/channels',
  'GET /api/v1/channels/{id}',
  'GET /api/v1/deliveries',
  'GET /api/v1/incidents',
  'GET /api/v1/incidents/{id}',
  'GET /api/v1/maintenance-windows',
  'GET /api/v1/maintenance-windows/{id}',
  'GET /api/v1/monitors',
  'GET /api/v1/monitors/{id}',
  'GET /api/v1/monitors/{id}/rounds',
  'GET /api/v1/regions',
  'GET /api/v1/settings',
  'GET /docs',
  'GET /docs/{file}',
  'GET /healthz',
  'GET /heartbeats/{token}',
  'GET /heartbeats/{token}/start',
  'GET /heartbeats/{token}/fail',
  'GET /heartbeats/{token}/{exitCode}',
  'GET /metrics',
  'GET /openapi.json',
  'GET /readyz',
  'DELETE /api/v1/channels/{id}',
  'DELETE /api/v1/maintenance-windows/{id}',
  'DELETE /api/v1/monitors/{id}',
  'DELETE /api/v1/regions/{name}',
  'PATCH /api/v1/channels/{id}',
  'PATCH /api/v1/maintenance-windows/{id}',
  'PATCH /api/v1/monitors/{id}',
  'PATCH /api/v1/settings',
  'POST /api/v1/audit-findings/{kind}/resolve',
  'POST /api/v1/channels',
  'POST /api/v1/channels/{id}/test',
  'POST /api/v1/checks',
  'POST /api/v1/deliveries/{id}/retry',
  'POST /api/v1/incidents/{id}/acknowledge',
  'POST /api/v1/incidents/{id}/comment',
  'POST /api/v1/maintenance-windows',
  'POST /api/v1/monitors',
  'POST /api/v1/monitors/{id}/check',
  'POST /api/v1/monitors/{id}/pause',
  'POST /api/v1/monitors/{id}/resume',
  'POST /heartbeats/{token}',
  'POST /heartbeats/{token}/start',
  'POST /heartbeats/{token}/fail',
  'POST /heartbeats/{token}/{exitCode}',
];

describe('the OpenAPI document', () => {
  let system: ApiSystem;
  let contract: Contract;
  beforeAll(async () => {
    system = await ApiSystem.start();
    contract = new Contract((await new ApiClient(system.api.url, null).get<OpenApi>('/openapi.json')).body);
  }, 60_000);
  afterAll(() => system.remove());

  it('is OpenAPI 3.1 and lists every route that clients rely on, and no other', () => {
    expect(contract.document.openapi).toBe('3.1.0');
    const listed = [...contract.operations()].map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(listed.toSorted()).toEqual(promised.toSorted());
  });

  it('names only schemas that it holds', () => {
    const names = [...JSON.stringify(contract.document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
      ([, name]) => name!,
    );
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) expect(Object.keys(contract.document.components.schemas)).toContain(name);
    expect(JSON.stringify(contract.document)).not.toContain('#/$defs');
  });

  it('names every parameter of every path', () => {
    for (const { path, operation } of contract.operations()) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(
        names,
      );
    }
  });

  it('shows an example for each body and answer, and each example is valid', () => {
    for (const { operation } of contract.operations()) {
      const contents = [
        operation.requestBody?.content ?? {},
        ...Object.values(operation.responses).map(({ content = {} }) => content),
      ];
      for (const { schema, example, examples } of contents.flatMap((content) => Object.values(content))) {
        const values = example === undefined ? Object.values(examples ?? {}).map(({ value }) => value) : [example];
        expect(values).not.toEqual([]);
        for (const value of values) {
          expect({ operation: operation.operationId, faults: contract.faultsAgainst(schema, value) }).toMatchObject({
            faults: [],
          });
        }
      }
    }
  });

  it('names each operation once', () => {
    const ids = [...contract.operations()].map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks for a key wherever the server does', async () => {
    const stranger = new ApiClient(system.api.url, null);
    for (const { method, path, operation } of contract.operations()) {
      const answer = await stranger.send(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, unknownId()));
      const isPublic = operation.security?.length === 0;
      expect({ path, refused: answer.status === 401 }).toEqual({ path, refused: !isPublic });
      expect(Object.keys(operation.responses).includes('401')).toBe(!isPublic);
    }
  });

  it('is reached by every route that it lists', async () => {
    for (const { method, path } of contract.operations()) {
      const answer = await system.client.send(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, unknownId()));
      expect({ path, code: answer.body['code'] }).not.toMatchObject({ code: 'QRT_METHOD_NOT_ALLOWED' });
      if (!path.includes('{')) expect(answer.status).not.toBe(404);
    }
  });

  it('promises every answer that a whole life of a monitor gets', async () => {
    const { client } = system;
    const model = new ReadModel(system);
    const [monitorId, channelId] = [await model.newMonitor(), await model.newChannel()];
    const opened = alertOf(monitorId, { channelIds: [channelId] });
    const attempt = { at: opened.at, outcome: 'failed', statusCode: 500, error: 'got 500', durationMs: 3.5 } as const;
    const dead = deliveryOf(opened, channelId, { state: 'dead', nextAttemptAt: null, attempts: [attempt] });
    await system.say(heartbeatTold(heartbeatOf('eu', system.log.now())));
    await system.say(verdictTold(roundOf(monitorId, { verdict: 'down' })), alertTold(opened), deliveryTold(dead));
    await model.incident(opened.incidentId);
    await until(async () => (await model.deliveriesOf(channelId)).length > 0);
    const monitor = `/api/v1/monitors/${monitorId}`;
    const incident = `/api/v1/incidents/${opened.incidentId}`;
    const tcp = { name: 'Db', type: 'tcp', tcp: { host: 'db.example.com', port: 5432, steps: [{ expect: '^220' }] } };
    const hook = { name: 'Hook', type: 'webhook', webhook: { url: 'https://hook.example.com' } };
    await client.post('/api/v1/monitors', tcp);
    await client.post('/api/v1/monitors', { ...tcp, name: 1 });
    await client.post('/api/v1/channels', hook);
    await client.patch(monitor, { reminderMinutes: 60 });
    await client.patch(monitor, { name: '' });
    await client.patch(monitor, {}, { 'if-match': '"7"' });
    for (const path of [monitor, `${monitor}/rounds`, incident, '/api/v1/monitors', '/api/v1/channels'])
      await client.get(path);
    for (const path of ['/api/v1/incidents', '/api/v1/deliveries', '/api/v1/regions', '/readyz', '/healthz'])
      await client.get(path);
    for (const path of ['/metrics', '/docs', '/docs/swagger-ui.css', '/openapi.json', '/docs/none'])
      await client.get(path);
    await client.post(`${monitor}/pause`);
    await client.post(`${monitor}/resume`);
    await client.post(`${incident}/acknowledge`, { by: 'Ada' });
    await client.post(`${incident}/comment`, { text: 'On it.' });
    await client.post(`/api/v1/channels/${channelId}/test`);
    await client.post(`/api/v1/deliveries/${encodeURIComponent(dead.deliveryId)}/retry`);
    await client.patch(`/api/v1/channels/${channelId}`, { name: 'Night shift' });
    await client.delete(monitor);
    await client.delete(`/api/v1/channels/${channelId}`);
    await client.get(incident);

    expect(exchanges.length).toBeGreaterThan(60);
    for (const { method, path, answer } of exchanges) {
      const faults = contract.faultsOf(method, path, answer);
      expect({ method, path, status: answer.status, faults }).toMatchObject({ faults: [] });
    }
  });

  it('is shown to people by files of this server alone', async () => {
    const stranger = new ApiClient(system.api.url, null);
    const page = await stranger.get<string>('/docs');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(files).toHaveLength(3);
    for (const file of files) {
      const { status, body } = await stranger.get<string>(file);
      expect({ file, status, isFilled: body.length > 50 }).toEqual({ file, status: 200, isFilled: true });
    }
  });

  it('comes with headers that leave a browser little to go wrong with', async () => {
    const { headers } = await system.client.get('/api/v1/monitors');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('keeps the name that a client gives its request, when it is a harmless one', async () => {
    const named = (id: string) => system.client.send('GET', '/healthz', { headers: { 'x-request-id': id } });
    expect((await named('deploy-7')).headers.get('x-request-id')).toBe('deploy-7');
    expect((await named('<script>')).headers.get('x-request-id')).not.toBe('<script>');
  });
});
