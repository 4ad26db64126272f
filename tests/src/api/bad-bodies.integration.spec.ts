/** A body that is wrong is answered with a problem document that names the fault, and changes nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiSystem } from './api-system.ts';
import { expectNothingMade, expectProblem, postRaw } from './problems.ts';
import { unknownId } from './records.ts';

const monitors = '/api/v1/monitors';
const http = { url: 'https://shop.example.com/health' };
const settings = { name: 'Shop', type: 'http', http };
const tcp = { name: 'Database', type: 'tcp', tcp: { host: 'db.example.com', port: 5432 } };
const pagerduty = { name: 'On call', type: 'pagerduty', pagerduty: { routingKey: 'key' } };

function nested(depth: number, open: string, close: string): string {
  return open.repeat(depth) + close.repeat(depth);
}

describe('a bad body', () => {
  let system: ApiSystem;
  beforeAll(async () => {
    system = await ApiSystem.start();
  }, 60_000);
  afterAll(() => system.remove());

  afterEach(() => expectNothingMade(system.client));

  const post = (path: string, body: string | Buffer, headers: object = {}) =>
    postRaw(system.client, path, { body, headers });

  it.each([
    ['malformed JSON', '{"name":', 'QRT_BODY_MALFORMED', 400],
    ['no body', '', 'QRT_BODY_MALFORMED', 400],
    ['50,000 arrays in each other', nested(50_000, '[', ']'), 'QRT_BODY_MALFORMED', 400],
    ['50,000 objects in each other', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'QRT_BODY_MALFORMED', 400],
    ['a depth that is just too much', nested(33, '[', ']'), 'QRT_BODY_MALFORMED', 400],
    ['a body of 10 MB', JSON.stringify({ name: 'a'.repeat(10_000_000) }), 'QRT_BODY_TOO_LARGE', 413],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'QRT_BODY_MALFORMED', 400],
    ['an array', '[]', 'QRT_BODY_INVALID', 400],
    ['null', 'null', 'QRT_BODY_INVALID', 400],
    ['a string', '"monitor"', 'QRT_BODY_INVALID', 400],
  ])('refuses %s', async (_what, body, code, status) => {
    expectProblem(await post(monitors, body), code, status);
  });

  it('answers a body of a million quotes at once', async () => {
    expectProblem(await post(monitors, '"\\'.repeat(500_000)), 'QRT_BODY_MALFORMED', 400);
  });

  it.each([
    ['no type', { name: 'a' }, '/type'],
    ['an unknown type', { ...settings, type: 'ftp' }, '/type'],
    ['an unknown field', { ...settings, colour: 'red' }, '/colour'],
    ['an unknown field further in', { ...settings, http: { ...http, expect: { bodies: [] } } }, '/http/expect/bodies'],
    ['the settings of another type', { ...settings, tcp: tcp.tcp }, '/tcp'],
    ['no name', { type: 'http', http }, '/name'],
    ['an empty name', { ...settings, name: '  ' }, '/name'],
    ['a name of 201 characters', { ...settings, name: 'a'.repeat(201) }, '/name'],
    ['a number for a name', { ...settings, name: 7 }, '/name'],
    ['a string for a number', { ...settings, intervalSeconds: '30' }, '/intervalSeconds'],
    ['a fraction', { ...settings, intervalSeconds: 30.5 }, '/intervalSeconds'],
    ['a negative interval', { ...settings, intervalSeconds: -1 }, '/intervalSeconds'],
    ['an interval above a day', { ...settings, intervalSeconds: 1e300 }, '/intervalSeconds'],
    ['a time-out above the interval', { ...settings, intervalSeconds: 5, timeoutSeconds: 6 }, '/timeoutSeconds'],
    [
      'a pause above the interval',
      { ...settings, intervalSeconds: 20, decision: { confirmIntervalSeconds: 21 } },
      '/decision/confirmIntervalSeconds',
    ],
    ['eleven confirmations', { ...settings, decision: { confirmations: 11 } }, '/decision/confirmations'],
    ['no region', { ...settings, regions: [] }, '/regions'],
    ['a bad region', { ...settings, regions: ['eu', 'EU West'] }, '/regions/1'],
    ['a file URL', { ...settings, http: { url: 'file:///etc/passwd' } }, '/http/url'],
    ['a script URL', { ...settings, http: { url: 'javascript:alert(1)' } }, '/http/url'],
    ['no URL at all', { ...settings, http: { url: 'not a URL' } }, '/http/url'],
    ['a URL with a password', { ...settings, http: { url: 'https://a:b@shop.example.com' } }, '/http/url'],
    ['an unknown method', { ...settings, http: { ...http, method: 'TRACE' } }, '/http/method'],
    [
      'a header that injects another',
      { ...settings, http: { ...http, headers: { a: 'b\r\nc: d' } } },
      '/http/headers/a',
    ],
    ['a header name that is none', { ...settings, http: { ...http, headers: { 'a b': 'c' } } }, '/http/headers/a b'],
    [
      'a header that is the prober’s',
      { ...settings, http: { ...http, headers: { Connection: 'x' } } },
      '/http/headers',
    ],
    ['a bad status', { ...settings, http: { ...http, expect: { status: ['2xx'] } } }, '/http/expect/status/0'],
    [
      'a pattern that does not compile',
      { ...settings, http: { ...http, expect: { body: [{ contains: 'ok' }, { matches: '(' }] } } },
      '/http/expect/body/1/matches',
    ],
    [
      'a pattern beyond RE2',
      { ...settings, http: { ...http, expect: { headers: [{ name: 'a', matches: '(?=b)' }] } } },
      '/http/expect/headers/0/matches',
    ],
    [
      'an expectation of no known form',
      { ...settings, http: { ...http, expect: { body: [{ startsWith: 'ok' }] } } },
      '/http/expect/body/0/startsWith',
    ],
    [
      'a bad JSON path',
      { ...settings, http: { ...http, expect: { json: [{ path: 'a.b', equals: 1 }] } } },
      '/http/expect/json/0/path',
    ],
    ['a pattern of a TCP step', { ...tcp, tcp: { ...tcp.tcp, steps: [{ expect: '[' }] } }, '/tcp/steps/0/expect'],
    ['port 0', { ...tcp, tcp: { ...tcp.tcp, port: 0 } }, '/tcp/port'],
    ['a host that is none', { ...tcp, tcp: { ...tcp.tcp, host: 'a b' } }, '/tcp/host'],
    ['a channel ID that is none', { ...settings, channelIds: ['pagerduty'] }, '/channelIds/0'],
    ['a channel that is not there', { ...settings, channelIds: [unknownId()] }, '/channelIds/0'],
    ['a tag without a name', { ...settings, tags: { '': 'x' } }, '/tags/'],
    ['a NUL character', { ...settings, name: 'a\0b' }, '/name'],
    ['half of a surrogate pair', { ...settings, tags: { team: '\ud800' } }, '/tags/team'],
    [
      'a secret that is too long',
      { ...settings, http: { ...http, auth: { type: 'bearer', token: 'a'.repeat(3_001) } } },
      '/http/auth/token',
    ],
  ])('refuses a monitor with %s, naming it', async (_what, body, pointer) => {
    const answer = await post(monitors, JSON.stringify(body));
    expectProblem(answer, 'QRT_BODY_INVALID', 400);
    expect(answer.body.errors.map((error) => error.pointer)).toContain(pointer);
    expect(answer.body.errors.every(({ message }) => message.length > 5)).toBe(true);
  });

  it.each([
    '{"__proto__":{"isAdmin":true}}',
    '{"name":"a","type":"http","http":{"url":"https://a.example","__proto__":{}}}',
  ])('refuses a name that reaches for a prototype: %s', async (body) => {
    const answer = await post(monitors, body);
    expectProblem(answer, 'QRT_BODY_INVALID', 400);
    expect(answer.body.errors[0]?.pointer).toMatch(/__proto__$/);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it.each([
    ['an unknown type', { ...pagerduty, type: 'pager' }, '/type'],
    ['no routing key', { ...pagerduty, pagerduty: {} }, '/pagerduty/routingKey'],
    ['a bad URL', { ...pagerduty, pagerduty: { routingKey: 'key', url: 'ftp://a' } }, '/pagerduty/url'],
    [
      'a short signing secret',
      { name: 'a', type: 'webhook', webhook: { url: http.url, secret: 'whsec_YQ==' } },
      '/webhook/secret',
    ],
    ['a fallback that is not there', { ...pagerduty, fallbackChannelId: unknownId() }, '/fallbackChannelId'],
  ])('refuses a channel with %s, naming it', async (_what, body, pointer) => {
    const answer = await post('/api/v1/channels', JSON.stringify(body));
    expectProblem(answer, 'QRT_BODY_INVALID', 400);
    expect(answer.body.errors.map((error) => error.pointer)).toContain(pointer);
  });

  it('names every fault of a body at once', async () => {
    const answer = await post(
      monitors,
      JSON.stringify({ ...settings, name: '', intervalSeconds: 90_000, colour: 'red' }),
    );
    expect(answer.body.errors.map(({ pointer }) => pointer).sort()).toEqual(['/colour', '/intervalSeconds', '/name']);
  });
});
