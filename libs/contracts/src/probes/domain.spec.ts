import { describe, expect, it } from '@jest/globals';
import { domainProbeSchema } from './domain.ts';

const accepts = (name: string): boolean => domainProbeSchema.safeParse({ name }).success;

describe('the name of a domain probe', () => {
  it.each(['example.com', 'Shop.CO.uk', 'xn--gre-6ka8i.de', 'a1.xn--p1ai'])('may be %s', (name) => {
    expect(accepts(name)).toBe(true);
  });

  it.each(['example', 'a..b', '-a.test', '*.shop.test', 'shop.test.', 'größe.test', '192.0.2.1', 'a/b.test', ''])(
    'may not be %j',
    (name) => {
      expect(accepts(name)).toBe(false);
    },
  );
});
