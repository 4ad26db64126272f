import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AddressGuard, allowLoopback, allowNothing, NameResolver } from '@quorate/outbound';
import { startRdapServer, type RdapAnswer, type RdapServer } from '@quorate/testing';
import { RegistryList } from './registry-list.ts';

let server: RdapServer;

beforeEach(async () => void (server = await startRdapServer()));
afterEach(async () => await server.close());

function listAt(path = 'dns.json', allowed = allowLoopback): RegistryList {
  const resolver = new NameResolver({ servers: ['127.0.0.1:1'] });
  return new RegistryList({ guard: new AddressGuard(allowed), resolver }, `${server.url}${path}`);
}

const services = (...rows: unknown[][]): RdapAnswer => ({ body: { version: '1.0', services: rows } });

describe('the list of registries', () => {
  it('names the server of the longest end that is listed, in any case', async () => {
    server.set('/dns.json', services([['TEST'], ['https://a.test/']], [['co.test', 'org'], ['https://b.test/']]));
    const list = listAt();
    expect(await list.serverOf('shop.test')).toEqual({ kind: 'server', baseUrl: 'https://a.test/' });
    expect(await list.serverOf('Shop.CO.test')).toEqual({ kind: 'server', baseUrl: 'https://b.test/' });
    expect(await list.serverOf('co.test')).toEqual({ kind: 'server', baseUrl: 'https://a.test/' });
    expect(await list.serverOf('shop.org')).toEqual({ kind: 'server', baseUrl: 'https://b.test/' });
    expect(await list.serverOf('shop.de')).toEqual({ kind: 'none' });
  });

  it('prefers HTTPS, and passes over what is no server', async () => {
    server.set(
      '/dns.json',
      services([['a'], ['http://a.test/', 'https://a.test/']], [['b'], ['ftp://b.test/']], [['c'], []]),
    );
    const list = listAt();
    expect(await list.serverOf('x.a')).toEqual({ kind: 'server', baseUrl: 'https://a.test/' });
    expect(await list.serverOf('x.b')).toEqual({ kind: 'none' });
    expect(await list.serverOf('x.c')).toEqual({ kind: 'none' });
  });

  it('is fetched once for all who need it at the time, and then kept', async () => {
    server.set('/dns.json', services([['test'], ['https://a.test/']]));
    const list = listAt();
    await Promise.all(Array.from({ length: 20 }, () => list.serverOf('shop.test')));
    await list.serverOf('other.test');
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, RdapAnswer]>([
    ['is gone', { status: 404 }],
    ['is a page', { body: '<html>' }],
    ['is something else', { body: { services: 'none' } }],
    ['is larger than any list', { body: { services: [], padding: 'x'.repeat(300_000) } }],
    ['is somewhere else now', { status: 302, headers: { location: '/other.json' } }],
  ])('that %s is unknown, and not asked for again at once', async (_what, answer) => {
    server.set('/dns.json', answer);
    const list = listAt();
    expect(await list.serverOf('shop.test')).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/./) });
    await list.serverOf('shop.test');
    expect(server.requests).toHaveLength(1);
  });

  it('is not fetched from an address that is not probed', async () => {
    expect(await listAt('dns.json', allowNothing).serverOf('shop.test')).toMatchObject({ kind: 'unknown' });
    expect(server.requests).toHaveLength(0);
  });
});
