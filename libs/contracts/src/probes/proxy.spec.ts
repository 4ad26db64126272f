import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema } from './http.ts';

describe('the proxy of an HTTP probe', () => {
  const faultOf = (http: object): string | undefined =>
    httpProbeSchema.safeParse({ url: 'http://a.test/', ...http }).error?.issues[0]?.path.join('.');

  it.each([
    'http://proxy.test:3128',
    'https://proxy.test',
    'socks5://[::1]:1080',
    'SOCKS5H://proxy.test',
    'http://p:80/',
  ])('may be %s', (url) => {
    expect(faultOf({ proxy: { url } })).toBeUndefined();
  });

  it.each([
    'proxy.test:3128',
    'ftp://proxy.test',
    'socks4://proxy.test',
    'http://me:secret@proxy.test',
    'http://p/a',
    'socks5://',
  ])('may not be %s', (url) => {
    expect(faultOf({ proxy: { url } })).toBe('proxy.url');
  });

  it('has no password without a user name', () => {
    expect(faultOf({ proxy: { url: 'http://p', password: 'secret' } })).toBe('proxy.username');
  });

  it('takes no family and no name server where the proxy looks the name up', () => {
    for (const url of ['http://p', 'https://p', 'socks5h://p']) {
      expect(faultOf({ proxy: { url }, ipFamily: '6' })).toBe('ipFamily');
      expect(faultOf({ proxy: { url }, resolver: '9.9.9.9' })).toBe('resolver');
    }
    expect(faultOf({ proxy: { url: 'socks5://p' }, ipFamily: '6', resolver: '9.9.9.9' })).toBeUndefined();
  });
});
