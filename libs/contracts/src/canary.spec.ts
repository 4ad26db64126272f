import { describe, expect, it } from '@jest/globals';
import { canaryOf } from './canary.ts';

describe('a canary', () => {
  it.each([
    ['192.0.2.1:443', '192.0.2.1', 443],
    ['canary.example:80', 'canary.example', 80],
    ['[2001:db8::1]:853', '2001:db8::1', 853],
    ['http:80', 'http', 80],
  ])('%s is connected to', (text, host, port) => {
    expect(canaryOf(text)).toMatchObject({ type: 'tcp', tcp: { host, port, tls: false, steps: [] } });
  });

  it.each(['http://canary.example/', 'HTTPS://canary.example:8443/alive'])('%s must answer', (url) => {
    const expected = { url, method: 'HEAD', followRedirects: false, tls: { verify: true } };
    expect(canaryOf(url)).toMatchObject({ type: 'http', http: expected });
  });

  it.each([
    '',
    'none',
    'canary.example',
    'canary.example:0',
    'canary.example:65536',
    'canary.example:80/path',
    '2001:db8::1:443',
    ':443',
    'http://',
    'https://user:secret@canary.example/',
    'ftp://canary.example/',
  ])('is not "%s"', (text) => {
    expect(canaryOf(text)).toBeNull();
  });
});
