import { describe, expect, it } from '@jest/globals';
import { dnsProbeSchema } from './dns.ts';

const accepts = (resolver: string) =>
  dnsProbeSchema.safeParse({ name: 'shop.test', recordType: 'A', resolver }).success;

describe('the resolver of a DNS probe', () => {
  it.each(['9.9.9.9', '9.9.9.9:53', 'dns.example.com:853', '[2620:fe::fe]', '[2620:fe::fe]:65535'])(
    'may be %s',
    (text) => {
      expect(accepts(text)).toBe(true);
    },
  );

  it.each(['9.9.9.9:0', '9.9.9.9:65536', '9.9.9.9:', '[2620:fe::fe]:99999', '2620:fe::fe', 'a b', 'udp://9.9.9.9', ''])(
    'may not be %j',
    (text) => {
      expect(accepts(text)).toBe(false);
    },
  );
});
