import { describe, expect, it } from '@jest/globals';
import { probeSchema } from '@quorate/contracts';
import { dialsLiteral } from './probe.ts';

describe('a probe', () => {
  it.each([
    { type: 'http', http: { url: 'http://192.0.2.1/' } },
    { type: 'http', http: { url: 'https://192.0.2.1:8443/' } },
    { type: 'http', http: { url: 'http://[2001:db8::1]/' } },
    { type: 'http', http: { url: 'http://[2001:db8::1]:8080/' } },
    { type: 'tcp', tcp: { host: '2001:db8::1', port: 25 } },
    { type: 'tcp', tcp: { host: '192.0.2.1', port: 25 } },
    { type: 'dns', dns: { name: 'shop.test', recordType: 'A', resolver: '[2001:db8::1]:53' } },
  ])('dials a literal: %j', (probe) => {
    expect(dialsLiteral(probeSchema.parse(probe))).toBe(true);
  });

  it.each([
    { type: 'http', http: { url: 'http://shop.test:8080/' } },
    {
      type: 'http',
      http: {
        url: 'http://192.0.2.1/',
        auth: { type: 'oauth2', tokenUrl: 'https://login.test/', clientId: 'a', clientSecret: 'b' },
      },
    },
    { type: 'tcp', tcp: { host: 'mail.test', port: 25 } },
    { type: 'dns', dns: { name: 'shop.test', recordType: 'A', resolver: 'resolver.test:53' } },
    { type: 'dns', dns: { name: 'shop.test', recordType: 'A' } },
    { type: 'kafka', kafka: { brokers: ['192.0.2.1:9092', 'kafka-2.test:9092'] } },
  ])('needs name servers of its own: %j', (probe) => {
    expect(dialsLiteral(probeSchema.parse(probe))).toBe(false);
  });
});
