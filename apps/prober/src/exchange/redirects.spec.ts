import { describe, expect, it } from '@jest/globals';
import { Failure } from '../attempt/failure.ts';
import { nextHop } from './redirects.ts';

/** Whether credentials for `from` go along where a redirect leads to `to`. */
function goAlong(from: string, to: string): boolean | null {
  const first = new URL(from);
  const hop = { url: first, method: 'GET', body: null, mayCarryCredentials: true } as const;
  const headers = [{ name: 'location', value: to }];
  const answer = { statusCode: 302, headers, body: Buffer.alloc(0), truncated: false, keepsAlive: false };
  const next = nextHop(hop, answer, first);
  return next === null || next instanceof Failure ? null : next.mayCarryCredentials;
}

describe('credentials', () => {
  it.each([
    ['https://shop.test/a', 'https://shop.test/b'],
    ['https://shop.test/a', 'https://shop.test:443/b'],
    ['https://shop.test/a', '//SHOP.test/b'],
    ['http://shop.test/a', 'https://shop.test/b'],
    ['http://shop.test:8080/a', 'http://shop.test:8080/b'],
  ])('go from %s to %s', (from, to) => {
    expect(goAlong(from, to)).toBe(true);
  });

  it.each([
    ['another host', 'https://shop.test/', 'https://other.test/'],
    ['a subdomain', 'https://shop.test/', 'https://www.shop.test/'],
    ['the parent domain', 'https://www.shop.test/', 'https://shop.test/'],
    ['a host that only begins so', 'https://shop.test/', 'https://shop.test.evil.test/'],
    ['a host behind a user name', 'https://shop.test/', 'https://shop.test@evil.test/'],
    ['another port', 'https://shop.test/', 'https://shop.test:8443/'],
    ['another port, plain', 'http://shop.test:8080/', 'http://shop.test:8081/'],
    ['plain HTTP', 'https://shop.test/', 'http://shop.test/'],
    ['plain HTTP on the port of TLS', 'https://shop.test/', 'http://shop.test:443/'],
    ['the usual port of TLS from an unusual plain one', 'http://shop.test:8080/', 'https://shop.test/'],
    ['an unusual port of TLS', 'http://shop.test/', 'https://shop.test:8443/'],
    ['the address of the host', 'http://localhost/', 'http://127.0.0.1/'],
  ])('do not go to %s', (_what, from, to) => {
    expect(goAlong(from, to)).toBe(false);
  });
});

describe('a redirect', () => {
  it('with three slashes is followed, with four it is not', () => {
    expect(goAlong('http://shop.test/', 'http:///shop.test/b')).toBe(true);
    expect(goAlong('http://shop.test/', 'http:////shop.test/b')).toBeNull();
  });
});
