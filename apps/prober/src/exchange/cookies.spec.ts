import { describe, expect, it } from '@jest/globals';
import { CookieJar } from './cookies.ts';

const now = Date.UTC(2026, 10, 21);

/** What goes to `to`, after `from` has set these cookies. */
function sent(from: string, cookies: readonly string[], to: string): string | null {
  const jar = new CookieJar(now);
  jar.take(
    new URL(from),
    cookies.map((value) => ({ name: 'set-cookie', value })),
  );
  return jar.headerFor(new URL(to));
}

const shop = 'https://shop.example.test/a/b/page';

describe('a cookie', () => {
  it.each([
    ['without a domain goes to its host', 'a=1', 'https://shop.example.test/a/b/', 'a=1'],
    ['without a domain goes to its host on any port', 'a=1', 'https://shop.example.test:8443/a/b/', 'a=1'],
    ['without a domain does not go to a subdomain', 'a=1', 'https://eu.shop.example.test/a/b/', null],
    ['without a domain does not go to the parent', 'a=1', 'https://example.test/a/b/', null],
    ['without a domain does not go to another host', 'a=1', 'https://other.test/a/b/', null],
    [
      'of its own domain goes to a subdomain',
      'a=1; Domain=shop.example.test',
      'https://eu.shop.example.test/a/b/',
      'a=1',
    ],
    ['of the parent domain goes to a sibling', 'a=1; domain=.Example.Test', 'https://blog.example.test/a/b/', 'a=1'],
    [
      'of the parent domain does not go to a host that only ends so',
      'a=1; Domain=example.test',
      'https://myexample.test/a/b/',
      null,
    ],
    ['of another host is refused', 'a=1; Domain=other.test', 'https://other.test/a/b/', null],
    ['of a subdomain is refused', 'a=1; Domain=eu.shop.example.test', 'https://eu.shop.example.test/a/b/', null],
    ['of a whole top-level domain is refused', 'a=1; Domain=test', 'https://other.test/a/b/', null],
    ['with an empty domain is for its host', 'a=1; Domain=', 'https://shop.example.test/a/b/', 'a=1'],
    ['without a path goes to the page’s directory', 'a=1', 'https://shop.example.test/a/b/c/d', 'a=1'],
    ['without a path does not go above it', 'a=1', 'https://shop.example.test/a/', null],
    ['with a path goes below it', 'a=1; Path=/a', 'https://shop.example.test/a/x', 'a=1'],
    ['with a path does not go to one that only begins so', 'a=1; Path=/a', 'https://shop.example.test/abc', null],
    ['with a path that is none is for the page’s directory', 'a=1; Path=a', 'https://shop.example.test/a/b/c', 'a=1'],
    ['that is secure goes to https', 'a=1; Secure', 'https://shop.example.test/a/b/', 'a=1'],
    ['that is secure does not go to http', 'a=1; Secure', 'http://shop.example.test/a/b/', null],
    ['that is not secure goes to http', 'a=1', 'http://shop.example.test/a/b/', 'a=1'],
    ['may have an equals sign in its value', 'a=b=c', 'https://shop.example.test/a/b/', 'a=b=c'],
    ['may have no value', 'a=', 'https://shop.example.test/a/b/', 'a='],
    ['may have spaces around it', ' a = 1 ; Path = /', 'https://shop.example.test/', 'a=1'],
    ['without a name is refused', '=1', 'https://shop.example.test/a/b/', null],
    ['without an equals sign is refused', 'a', 'https://shop.example.test/a/b/', null],
    ['that is empty is refused', '', 'https://shop.example.test/a/b/', null],
    ['that is too long is refused', `a=${'1'.repeat(4_096)}`, 'https://shop.example.test/a/b/', null],
    [
      'that has expired is not kept',
      'a=1; Expires=Thu, 01-Jan-1970 00:00:01 GMT',
      'https://shop.example.test/a/b/',
      null,
    ],
    ['that will expire is kept', 'a=1; Expires=Sun, 22 Nov 2026 00:00:00 GMT', 'https://shop.example.test/a/b/', 'a=1'],
    ['with an age of nothing is not kept', 'a=1; Max-Age=0; Expires=Sun, 22 Nov 2026 00:00:00 GMT', shop, null],
    ['with an age outlives its date', 'a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', shop, 'a=1'],
    ['with nonsense for a date is kept', 'a=1; Expires=never; Max-Age=long', shop, 'a=1'],
  ])('%s', (_what, cookie, to, header) => {
    expect(sent(shop, [cookie], to)).toBe(header);
  });

  it('that is secure is not taken from http', () => {
    expect(sent('http://a.test/', ['a=1; Secure'], 'https://a.test/')).toBeNull();
  });

  it('of an address goes to that address only', () => {
    expect(sent('http://127.0.0.1/', ['a=1; Domain=127.0.0.1'], 'http://127.0.0.1/')).toBe('a=1');
    expect(sent('http://127.0.0.1/', ['a=1; Domain=0.0.1'], 'http://127.0.0.1/')).toBeNull();
  });
});

describe('cookies', () => {
  it('of one name, domain and path replace each other, and can be taken back', () => {
    expect(sent(shop, ['a=1', 'a=2'], shop)).toBe('a=2');
    expect(sent(shop, ['a=1', 'a=; Max-Age=0'], shop)).toBeNull();
  });

  it('go by the length of their paths, then by their age', () => {
    expect(sent(shop, ['a=1; Path=/', 'b=2; Path=/a/b', 'a=3; Path=/a/b', 'c=4; Path=/'], shop)).toBe(
      'b=2; a=3; a=1; c=4',
    );
  });

  it('are bounded in number', () => {
    const many = Array.from({ length: 200 }, (_, index) => `a${index}=1`);
    expect(sent(shop, many, shop)?.split('; ')).toHaveLength(100);
  });
});
