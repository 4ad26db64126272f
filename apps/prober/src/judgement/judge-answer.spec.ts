import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema, type HttpProbe } from '@quorate/contracts';
import { judgeAnswer, type JudgedAnswer } from './judge-answer.ts';

const good: JudgedAnswer = {
  statusCode: 200,
  headers: [
    { name: 'content-type', value: 'application/json' },
    { name: 'set-cookie', value: 'a=1' },
    { name: 'set-cookie', value: 'b=2' },
    { name: 'x-empty', value: '' },
  ],
  text: JSON.stringify({
    status: 'ok',
    count: 3,
    ratio: 0.5,
    none: null,
    ready: true,
    items: [{ name: 'first' }, [1, 2]],
    'a b': '☂️ größer',
    deep: { er: { still: 'here' } },
    length: 'own',
  }),
  truncated: false,
  totalMs: 120,
  refusal: null,
};

type Expect = Partial<Record<keyof HttpProbe['expect'], unknown>>;

function judge(expect: Expect, changes: Partial<JudgedAnswer> = {}): string {
  const parsed = httpProbeSchema.parse({ url: 'http://shop.test/', expect });
  return judgeAnswer(parsed.expect, { ...good, ...changes })?.reason ?? 'up';
}

describe('the status', () => {
  it.each<[number, string[] | undefined, string]>([
    [200, undefined, 'up'],
    [201, undefined, 'up'],
    [299, undefined, 'up'],
    [300, undefined, 'status.unexpected'],
    [404, undefined, 'status.unexpected'],
    [500, undefined, 'status.unexpected'],
    [200, ['200', '404'], 'up'],
    [404, ['200', '404'], 'up'],
    [201, ['200', '404'], 'status.unexpected'],
    [418, ['400-499'], 'up'],
    [599, ['100-599'], 'up'],
  ])('%i against %j is %s', (statusCode, status, outcome) => {
    expect(judge(status === undefined ? {} : { status }, { statusCode })).toBe(outcome);
  });

  it('is told in words', () => {
    const { expect: wanted } = httpProbeSchema.parse({ url: 'http://a.test/', expect: { status: ['200', '204-206'] } });
    expect(judgeAnswer(wanted, { ...good, statusCode: 503 })?.message).toBe('got 503, expected 200 or 204-206');
  });
});

describe('the body', () => {
  it.each([
    [{ contains: '"status":"ok"' }, 'up'],
    [{ contains: 'OK' }, 'body.mismatch'],
    [{ contains: 'größer' }, 'up'],
    [{ notContains: 'error' }, 'up'],
    [{ notContains: 'status' }, 'body.mismatch'],
    [{ matches: '"count":\\d+' }, 'up'],
    [{ matches: '^\\{.*\\}$' }, 'up'],
    [{ matches: '(?i)STATUS' }, 'up'],
    [{ matches: 'never' }, 'body.mismatch'],
    [{ notMatches: 'never' }, 'up'],
    [{ notMatches: '"count":\\d' }, 'body.mismatch'],
  ])('against %j is %s', (body, outcome) => expect(judge({ body: [body] })).toBe(outcome));

  it('must meet every expectation', () => {
    expect(judge({ body: [{ contains: 'status' }, { notContains: 'count' }] })).toBe('body.mismatch');
  });

  it('that was not read whole is not judged by what is missing of it', () => {
    const part = { text: 'part', truncated: true };
    expect(judge({ body: [{ contains: 'par' }] }, part)).toBe('up');
    expect(judge({ body: [{ contains: 'rest' }] }, part)).toBe('http.too-large');
    expect(judge({ body: [{ notContains: 'rest' }] }, part)).toBe('http.too-large');
    expect(judge({ body: [{ notContains: 'part' }] }, part)).toBe('body.mismatch');
    expect(judge({ body: [{ matches: 'rest' }] }, part)).toBe('http.too-large');
    expect(judge({ body: [{ notMatches: 'rest' }] }, part)).toBe('http.too-large');
    expect(judge({ body: [{ notMatches: 'part' }] }, part)).toBe('body.mismatch');
    expect(judge({ json: [{ path: '$.a', exists: true }] }, part)).toBe('http.too-large');
    expect(judge({}, part)).toBe('up');
  });

  it('meets a pattern that would take others for ever in a moment', () => {
    expect(judge({ body: [{ matches: '^(a+)+$' }] }, { text: `${'a'.repeat(100_000)}b` })).toBe('body.mismatch');
  });
});

describe('a header', () => {
  it.each([
    [{ name: 'Content-Type', equals: 'application/json' }, 'up'],
    [{ name: 'content-type', equals: 'application' }, 'header.mismatch'],
    [{ name: 'content-type', contains: 'json' }, 'up'],
    [{ name: 'content-type', matches: '^application/(json|xml)$' }, 'up'],
    [{ name: 'content-type', matches: '^text/' }, 'header.mismatch'],
    [{ name: 'set-cookie', equals: 'b=2' }, 'up'],
    [{ name: 'x-empty', equals: '' }, 'up'],
    [{ name: 'x-empty', exists: true }, 'up'],
    [{ name: 'x-none', equals: '' }, 'header.mismatch'],
    [{ name: 'x-none', exists: false }, 'up'],
    [{ name: 'x-none', exists: true }, 'header.mismatch'],
    [{ name: 'content-type', exists: false }, 'header.mismatch'],
    [{ name: 'x-none', matches: '.*' }, 'header.mismatch'],
    [{ name: 'x-none', notMatches: '.*' }, 'up'],
    [{ name: 'x-none', notContains: 'a' }, 'up'],
    [{ name: 'set-cookie', notContains: 'b=' }, 'header.mismatch'],
    [{ name: 'set-cookie', notMatches: '^c=' }, 'up'],
    [{ name: 'x-empty', matches: '^$' }, 'up'],
  ])('against %j is %s', (header, outcome) => expect(judge({ headers: [header] })).toBe(outcome));
});

describe('JSON', () => {
  it.each([
    [{ path: '$.status', equals: 'ok' }, 'up'],
    [{ path: '$.status', equals: 'no' }, 'json.mismatch'],
    [{ path: '$.count', equals: 3 }, 'up'],
    [{ path: '$.count', equals: '3' }, 'json.mismatch'],
    [{ path: '$.ratio', equals: 0.5 }, 'up'],
    [{ path: '$.ready', equals: true }, 'up'],
    [{ path: '$.ready', equals: 'true' }, 'json.mismatch'],
    [{ path: '$.none', equals: null }, 'up'],
    [{ path: '$.none', exists: true }, 'up'],
    [{ path: '$.gone', equals: null }, 'json.mismatch'],
    [{ path: '$.gone', exists: false }, 'up'],
    [{ path: '$.gone', notEquals: 'down' }, 'up'],
    [{ path: '$.status', notEquals: 'down' }, 'up'],
    [{ path: '$.status', notEquals: 'ok' }, 'json.mismatch'],
    [{ path: '$.items[0].name', equals: 'first' }, 'up'],
    [{ path: '$.items[1][1]', equals: 2 }, 'up'],
    [{ path: '$.items[2]', exists: false }, 'up'],
    [{ path: '$.items.length', exists: false }, 'up'],
    [{ path: '$.length', equals: 'own' }, 'up'],
    [{ path: "$['a b']", equals: '☂️ größer' }, 'up'],
    [{ path: '$["deep"].er["still"]', equals: 'here' }, 'up'],
    [{ path: '$.deep', equals: 'here' }, 'json.mismatch'],
    [{ path: '$.__proto__', exists: false }, 'up'],
    [{ path: '$.constructor', exists: false }, 'up'],
    [{ path: '$.status.length', exists: false }, 'up'],
  ])('against %j is %s', (json, outcome) => expect(judge({ json: [json] })).toBe(outcome));

  it('is told with the path and both types', () => {
    const { expect: wanted } = httpProbeSchema.parse({
      url: 'http://a.test/',
      expect: { json: [{ path: '$.count', equals: '3' }] },
    });
    expect(judgeAnswer(wanted, good)).toMatchObject({
      reason: 'json.mismatch',
      message: '$.count is the number 3, expected the string "3"',
    });
  });
});

describe('speed', () => {
  it('counts where a limit is set', () => {
    expect(judge({ maxResponseMs: 120 })).toBe('up');
    expect(judge({ maxResponseMs: 119 })).toBe('slow');
    expect(judge({ maxResponseMs: null }, { totalMs: 50_000 })).toBe('up');
  });

  it('is the last thing to be judged', () => {
    expect(judge({ maxResponseMs: 1, body: [{ contains: 'never' }] })).toBe('body.mismatch');
  });
});
