/** URLs as operators write them: what is meant, and what is refused before anybody is asked. */
import { describe, expect, it } from '@jest/globals';
import { httpProbeSchema } from '@quorate/contracts';
import { answering, startRawServer } from '@quorate/testing';
import { probeHttp } from './http.probe.ts';
import { openProbeStage } from './probe.stage.ts';

const stage = await openProbeStage();
const good = answering(['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']);

describe('a URL', () => {
  it.each([
    ['without a scheme', '127.0.0.1:PORT/health', '/health'],
    ['with a scheme in odd letters', 'HtTp://127.0.0.1:PORT/health', '/health'],
    ['of a host in odd letters', 'http://LocalHost:PORT/health', '/health'],
    ['of a number', 'http://0x7f000001:PORT/', '/'],
    ['with a query and no path', 'http://127.0.0.1:PORT?a=b', '/?a=b'],
    ['with a fragment', 'http://127.0.0.1:PORT/a#b', '/a'],
    ['with spaces around it', ' http://127.0.0.1:PORT/a ', '/a'],
    ['with spaces, umlauts and an emoji', 'http://127.0.0.1:PORT/ä b/👍?c=ö', '/%C3%A4%20b/%F0%9F%91%8D?c=%C3%B6'],
  ])('%s is visited', async (_what, url, path) => {
    const server = await stage.serve(startRawServer(good));
    const http = httpProbeSchema.parse({ url: url.replace('PORT', String(server.port)) });
    expect(await probeHttp(http, stage.context())).toMatchObject({ outcome: 'up', address: '127.0.0.1' });
    expect(server.received[0]).toMatch(`GET ${path} HTTP/1.1\r\n`);
  });

  it('of an IPv6 address in brackets needs no look-up', async () => {
    const http = httpProbeSchema.parse({ url: 'http://[::1]:1/' });
    const evidence = await probeHttp(http, stage.context());
    expect(evidence).toMatchObject({ outcome: 'down', address: '::1' });
    // Nobody listens there; a machine without IPv6 says that there is no way.
    expect(evidence.reason).toMatch(/^connect\.(refused|unreachable)$/);
  });

  it.each([
    'foo://127.0.0.1/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://',
    'http://:80/',
    'http://127.0.0.1:65536/',
    'http://[fe80::1%25eth0]/',
    'http://[fe80::1%eth0]/',
    'http://[::1/',
    'http://a b.test/',
    'http://me:pw@127.0.0.1/',
    '',
  ])('%j is an error of the settings, and nobody is called down for it', (url) => {
    expect(httpProbeSchema.safeParse({ url }).success).toBe(false);
  });
});
