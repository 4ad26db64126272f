/** A request that is wrong is answered with a problem document that names the fault, and changes nothing. */
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ProblemBody } from './api-client.ts';
import { adminKey, ApiSystem } from './api-system.ts';
import { expectNothingMade, expectProblem, postRaw } from './problems.ts';
import { unknownId } from './records.ts';

const monitors = '/api/v1/monitors';
const settings = { name: 'Shop', type: 'http', http: { url: 'https://shop.example.com/health' } };

describe('a bad request', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  afterEach(() => expectNothingMade(system.client));

  const post = (path: string, body: string | Buffer, headers: object = {}) =>
    postRaw(system.client, path, { body, headers });

  it.each([
    [`${monitors}?colour=red`, '/colour'],
    [`${monitors}?limit=0`, '/limit'],
    [`${monitors}?limit=1e9`, '/limit'],
    [`${monitors}?limit=ten`, '/limit'],
    [`${monitors}?limit=1&limit=2`, '/limit'],
    [`${monitors}?status=sideways`, '/status'],
    [`${monitors}?cursor=abc`, '/cursor'],
    [`${monitors}?cursor=${Buffer.from('[1,"x"]').toString('base64url')}`, '/cursor'],
    [
      `${monitors}?cursor=${Buffer.from('[9e99,"4b1f8a52-6f0e-4d57-9a53-5d0f3f1d7c11"]').toString('base64url')}`,
      '/cursor',
    ],
    [`${monitors}?q=a%00b`, '/q'],
    [`${monitors}?__proto__=x`, '/__proto__'],
    [`/api/v1/incidents?status=closed`, '/status'],
    [`/api/v1/incidents?monitorId=1`, '/monitorId'],
    [`/api/v1/deliveries?state=lost`, '/state'],
    [`/api/v1/deliveries?channelId=x`, '/channelId'],
    [`/api/v1/regions?all=1`, '/all'],
    [`/healthz?verbose=1`, '/verbose'],
  ])('refuses the query of %s', async (path, pointer) => {
    const answer = await system.client.get<ProblemBody>(path);
    expectProblem(answer, 'QRT_QUERY_INVALID', 400);
    expect(answer.body.errors.map((error) => error.pointer)).toEqual([pointer]);
  });

  it.each([
    ['GET', `${monitors}/${unknownId()}`, 'QRT_MONITOR_UNKNOWN'],
    ['GET', `${monitors}/1`, 'QRT_MONITOR_UNKNOWN'],
    ['GET', `${monitors}/%00`, 'QRT_MONITOR_UNKNOWN'],
    ['GET', `${monitors}/${unknownId()}/rounds`, 'QRT_MONITOR_UNKNOWN'],
    ['DELETE', `${monitors}/${unknownId()}`, 'QRT_MONITOR_UNKNOWN'],
    ['POST', `${monitors}/${unknownId()}/pause`, 'QRT_MONITOR_UNKNOWN'],
    ['POST', `${monitors}/${unknownId()}/check`, 'QRT_MONITOR_UNKNOWN'],
    ['GET', `/api/v1/channels/${unknownId()}`, 'QRT_CHANNEL_UNKNOWN'],
    ['POST', `/api/v1/channels/${unknownId()}/test`, 'QRT_CHANNEL_UNKNOWN'],
    ['GET', `/api/v1/incidents/nothing`, 'QRT_INCIDENT_UNKNOWN'],
    ['GET', `/api/v1/incidents/a%00b`, 'QRT_INCIDENT_UNKNOWN'],
    ['POST', `/api/v1/incidents/nothing/acknowledge`, 'QRT_INCIDENT_UNKNOWN'],
    ['POST', `/api/v1/deliveries/nothing/retry`, 'QRT_DELIVERY_UNKNOWN'],
    ['GET', `/api/v1/monitor`, 'QRT_ROUTE_UNKNOWN'],
    ['GET', `/favicon.ico`, 'QRT_ROUTE_UNKNOWN'],
    ['GET', `/docs/..%2f..%2fpackage.json`, 'QRT_ROUTE_UNKNOWN'],
    ['GET', `/docs/package.json`, 'QRT_ROUTE_UNKNOWN'],
  ])('says that %s %s names nothing', async (method, path, code) => {
    expectProblem(await system.client.send<ProblemBody>(method, path), code, 404);
  });

  it('refuses a path that cannot be decoded', async () => {
    expectProblem(await system.client.get<ProblemBody>(`${monitors}/%E0%A4%A`), 'QRT_REQUEST_MALFORMED', 400);
  });

  it.each([
    ['PUT', monitors, 'POST, GET'],
    ['DELETE', monitors, 'POST, GET'],
    ['POST', `${monitors}/${unknownId()}`, 'GET, PATCH, DELETE'],
    ['POST', '/healthz', 'GET'],
  ])('says which methods there are instead of %s %s', async (method, path, allow) => {
    const answer = await system.client.send<ProblemBody>(method, path);
    expectProblem(answer, 'QRT_METHOD_NOT_ALLOWED', 405);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'application/merge-patch+json',
  ])('refuses a body of type %s on POST', async (type) => {
    expectProblem(
      await post(monitors, JSON.stringify(settings), { 'content-type': type }),
      'QRT_MEDIA_TYPE_UNSUPPORTED',
      415,
    );
  });

  it('refuses a body with a content encoding', async () => {
    const answer = await post(monitors, JSON.stringify(settings), { 'content-encoding': 'gzip' });
    expectProblem(answer, 'QRT_MEDIA_TYPE_UNSUPPORTED', 415);
  });

  it('refuses a body where none is taken', async () => {
    const answer = await post(`${monitors}/${unknownId()}/pause`, '{"for":"ever"}');
    expectProblem(answer, 'QRT_BODY_INVALID', 400);
  });

  it.each(['3', '"x"', 'W/"1"', '"1", "2"'])('refuses the If-Match %s', async (given) => {
    const answer = await system.client.patch<ProblemBody>(`${monitors}/${unknownId()}`, {}, { 'if-match': given });
    expectProblem(answer, 'QRT_HEADER_INVALID', 400);
    expect(answer.body.errors[0]?.pointer).toBe('/If-Match');
  });

  it.each(['a'.repeat(256), 'two words'])('refuses the Idempotency-Key %s', async (key) => {
    expectProblem(
      await post(monitors, JSON.stringify(settings), { 'idempotency-key': key }),
      'QRT_HEADER_INVALID',
      400,
    );
  });

  describe('without the right key', () => {
    it.each([
      ['none', null, {}],
      ['a wrong one', 'wrong', {}],
      ['one that is longer', `${adminKey}x`, {}],
      ['an empty one', null, { authorization: 'Bearer ' }],
      ['another scheme', null, { authorization: `Basic ${adminKey}` }],
    ])('refuses %s with a challenge', async (_what, key, headers) => {
      const client = new ApiClient(system.api.url, key);
      const answer = await client.send<ProblemBody>('GET', monitors, { headers });
      expectProblem(answer, 'QRT_AUTHENTICATION_REQUIRED', 401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="quorate"');
    });

    it('reads no body', async () => {
      const client = new ApiClient(system.api.url, null);
      const answer = await client.send<ProblemBody>('POST', monitors, { body: '{"name":' });
      expectProblem(answer, 'QRT_AUTHENTICATION_REQUIRED', 401);
    });

    it('does not tell which routes there are', async () => {
      const client = new ApiClient(system.api.url, null);
      expect((await client.get('/api/v1/nothing')).status).toBe(401);
      expect((await client.get('/API/V1/monitors')).status).toBe(401);
    });
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['a header name with a space', `GET /healthz HTTP/1.1\r\nHost: a\r\nx y: 1\r\n\r\n`],
    ['a header with NUL', `GET /healthz HTTP/1.1\r\nHost: a\r\nx: \0\r\n\r\n`],
    ['two lengths', `POST ${monitors} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ['headers of a megabyte', `GET /healthz HTTP/1.1\r\nHost: a\r\nx: ${'a'.repeat(1_000_000)}\r\n\r\n`],
  ])('answers a request with %s with a problem', async (_what, text) => {
    const answer = await raw(system.api.url, text);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('QRT_REQUEST_MALFORMED');
  });
});

/** What a server answers to some bytes. */
function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
