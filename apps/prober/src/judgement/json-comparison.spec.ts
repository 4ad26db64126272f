import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema } from '@quorate/contracts';
import { jsonBodyFault, jsonDepthMax } from './json-body.ts';

const document = {
  status: 'ok',
  count: 3,
  text: '3',
  ready: true,
  none: null,
  empty: { text: '', list: [], object: {} },
  list: [1, 'two', null],
  checks: [
    { name: 'database', status: 'ok', ms: 12 },
    { name: 'queue', status: 'ok', ms: 480 },
  ],
  nested: { a: { b: [[{ c: 'found' }]] } },
  emoji: '👍🏽',
};

function fault(expectation: object, text = JSON.stringify(document)): string | null {
  const { expect: wanted } = httpProbeSchema.parse({ url: 'http://a.test/', expect: { json: [expectation] } });
  return jsonBodyFault(wanted.json, text);
}

describe('a JSON value', () => {
  it.each([
    { path: '$.status', equals: 'ok' },
    { path: '$.status', oneOf: ['ok', 'degraded'] },
    { path: '$.none', oneOf: [null] },
    { path: '$.count', lessThan: 3.5 },
    { path: '$.count', greaterThan: 2 },
    { path: '$.count', atLeast: 3 },
    { path: '$.count', atMost: 3 },
    { path: '$.status', contains: 'o' },
    { path: '$.status', notContains: 'x' },
    { path: '$.list', contains: 'two' },
    { path: '$.list', contains: null },
    { path: '$.list', notContains: '1' },
    { path: '$.status', matches: '^(ok|up)$' },
    { path: '$.status', notMatches: 'down' },
    { path: '$.status', type: 'string' },
    { path: '$.count', type: 'number' },
    { path: '$.ready', type: 'boolean' },
    { path: '$.none', type: 'null' },
    { path: '$.list', type: 'array' },
    { path: '$.nested', type: 'object' },
    { path: '$.list', length: 3 },
    { path: '$.status', length: 2 },
    { path: '$.nested', length: 1 },
    { path: '$.emoji', lengthAtMost: 2 },
    { path: '$.empty.text', length: 0 },
    { path: '$.empty.list', length: 0 },
    { path: '$.empty.object', lengthAtLeast: 0 },
    { path: '$.list[-1]', equals: null },
    { path: '$.nested.a.b[0][0].c', equals: 'found' },
    { path: '$.checks[*].status', equals: 'ok' },
    { path: '$.checks[*].ms', lessThan: 500 },
    { path: '$.empty.list[*]', exists: false },
    { path: '$.gone', notEquals: 'down' },
    { path: '$.gone', notContains: 'down' },
    { path: '$.gone', notMatches: 'down' },
  ])('meets %j', (expectation) => {
    expect(fault(expectation)).toBeNull();
  });

  it.each([
    [{ path: '$.text', equals: 3 }, '$.text is the string "3", expected the number 3'],
    [{ path: '$.count', equals: '3' }, '$.count is the number 3, expected the string "3"'],
    [{ path: '$.ready', equals: 'true' }, '$.ready is the boolean true, expected the string "true"'],
    [{ path: '$.none', equals: 0 }, '$.none is null, expected the number 0'],
    [{ path: '$.list', equals: 1 }, '$.list is an array of 3 elements, expected the number 1'],
    [{ path: '$.nested', equals: 1 }, '$.nested is an object of 1 field, expected the number 1'],
    [{ path: '$.status', notEquals: 'ok' }, '$.status is the string "ok", expected anything else'],
    [{ path: '$.count', oneOf: [1, '3'] }, '$.count is the number 3, expected the number 1 or the string "3"'],
    [{ path: '$.text', greaterThan: 2 }, '$.text is the string "3", expected a number greater than 2'],
    [{ path: '$.ready', atLeast: 0 }, '$.ready is the boolean true, expected a number of at least 0'],
    [{ path: '$.none', atMost: 0 }, '$.none is null, expected a number of at most 0'],
    [{ path: '$.count', lessThan: 3 }, '$.count is the number 3, expected a number less than 3'],
    [{ path: '$.count', contains: '3' }, '$.count is the number 3, expected a string or an array'],
    [{ path: '$.text', contains: 3 }, '$.text is the string "3", expected an array'],
    [{ path: '$.list', contains: '1' }, '$.list is an array of 3 elements, expected one that contains the string "1"'],
    [{ path: '$.status', notContains: 'ok' }, '$.status is the string "ok", expected one without the string "ok"'],
    [{ path: '$.count', matches: '3' }, '$.count is the number 3, expected a string that matches "3"'],
    [{ path: '$.count', notMatches: '4' }, '$.count is the number 3, expected a string that does not match "4"'],
    [{ path: '$.list', type: 'object' }, '$.list is an array of 3 elements, expected an object'],
    [{ path: '$.none', type: 'object' }, '$.none is null, expected an object'],
    [{ path: '$.count', length: 1 }, '$.count is the number 3, expected a string, an array or an object of length 1'],
    [{ path: '$.list', length: 2 }, '$.list is an array of 3 elements of length 3, expected length 2'],
    [{ path: '$.list', lengthAtLeast: 4 }, '$.list is an array of 3 elements of length 3, expected length at least 4'],
    [{ path: '$.none', exists: false }, '$.none is null, expected nothing there'],
    [{ path: '$.gone', exists: true }, '$.gone is missing'],
    [{ path: '$.gone', equals: null }, '$.gone is missing'],
    [{ path: '$.gone', lessThan: 9 }, '$.gone is missing'],
    [{ path: '$.list[3]', exists: true }, '$.list[3] is missing'],
    [{ path: '$.list[-4]', exists: true }, '$.list[-4] is missing'],
    [{ path: '$.status[0]', exists: true }, '$.status[0] is missing'],
    [{ path: '$.checks[*].ms', atMost: 400 }, '$.checks[*].ms is the number 480, expected a number of at most 400'],
    [{ path: '$.empty.list[*]', equals: 1 }, '$.empty.list[*] is missing'],
  ])('does not meet %j', (expectation, words) => {
    expect(fault(expectation)).toBe(words);
  });
});

describe('a JSON body', () => {
  const there = { path: '$.a', exists: true };

  it.each([
    ['a string', '"ok"', 'ok'],
    ['a number', '7', 7],
    ['a boolean', 'true', true],
    ['null', ' null ', null],
  ])('may be %s at its root', (_what, text, equals) => {
    expect(fault({ path: '$', equals }, text)).toBeNull();
  });

  it('may be an array at its root', () => {
    expect(fault({ path: '$[1].a', equals: 'b' }, '[0,{"a":"b"}]')).toBeNull();
  });

  it('has of two equal keys the last', () => {
    expect(fault({ path: '$.a', equals: 2 }, '{"a":1,"a":2}')).toBeNull();
    expect(fault({ path: '$.a', equals: 1 }, '{"a":1,"a":2}')).not.toBeNull();
  });

  it.each([
    ['umlauts', '{"größe":"ä"}', { path: '$.größe', equals: 'ä' }],
    ['escapes', '{"a":"\\u00e4\\ud83d\\udc4d"}', { path: '$.a', equals: 'ä👍' }],
    ['an emoji as a key', '{"👍":1}', { path: "$['👍']", equals: 1 }],
    ['a byte order mark', '\ufeff{"a":1}', there],
    ['brackets within strings', `{"a":"${'['.repeat(20_000)}\\"${'{'.repeat(20_000)}"}`, there],
    ['keys that objects have anyway', '{"__proto__":{"x":1},"constructor":2}', { path: '$.__proto__.x', equals: 1 }],
  ])('may hold %s', (_what, text, expectation) => {
    expect(fault(expectation, text)).toBeNull();
  });

  it.each([
    ['empty', '', 'the body is empty, expected JSON'],
    ['blank', ' \r\n', 'the body is empty, expected JSON'],
    ['HTML', '<html>', 'the body is not JSON'],
    ['cut short', '{"a":', 'the body is not JSON'],
    ['followed by more', '{"a":1}{"a":2}', 'the body is not JSON'],
    ['JavaScript', "{a:'b'}", 'the body is not JSON'],
    ['NaN', 'NaN', 'the body is not JSON'],
    ['brackets that close first', ']]]]', 'the body is not JSON'],
    ['a string that never ends', '"abc', 'the body is not JSON'],
  ])('that is %s is told as such', (_what, text, words) => {
    expect(fault(there, text)).toBe(words);
  });

  it('may be ten thousand levels deep, and no deeper', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(fault({ path: '$[0][0]', exists: true }, deep(jsonDepthMax))).toBeNull();
    expect(fault({ path: '$[0]', equals: 1 }, deep(jsonDepthMax))).toBe(
      '$[0] is an array of 1 element, expected the number 1',
    );
    expect(fault({ path: '$[0][0]', exists: true }, deep(jsonDepthMax + 1))).toBe(
      'the body is JSON of more than 10000 levels, which is not read',
    );
  });
});

describe('a path', () => {
  it.each(['status', '$.', '$..a', '$.a[', '$[?(@.a)]', '$.a b', "$['a", '$[--1]', '$[1.5]', '$.a()', ''])(
    'is not %j',
    (path) => {
      const parsed = httpProbeSchema.safeParse({ url: 'http://a.test/', expect: { json: [{ path, exists: true }] } });
      expect(parsed.success).toBe(false);
    },
  );

  it('comes with one comparison, and no more', () => {
    const both = { path: '$.a', atLeast: 1, atMost: 2 };
    expect(httpProbeSchema.safeParse({ url: 'http://a.test/', expect: { json: [both] } }).success).toBe(false);
  });
});
