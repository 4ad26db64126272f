import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NameResolver, type AddressFamily } from './name-resolver.ts';

let directory: string;
let resolver: NameResolver;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'quorate-hosts-'));
  const hostsFile = join(directory, 'hosts');
  await writeFile(hostsFile, '# ours\n10.0.0.7  db.internal db # the database\nfd00::7 db.internal\nnonsense here\n');
  // Nobody answers at the discard port: what these specs resolve must not need a name server.
  resolver = new NameResolver({ servers: ['127.0.0.1:9'], hostsFile });
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('the resolver', () => {
  it.each<[string, AddressFamily, readonly string[]]>([
    ['localhost', 'auto', ['127.0.0.1', '::1']],
    ['LOCALHOST.', '4', ['127.0.0.1']],
    ['shop.localhost', '6', ['::1']],
    ['db.internal', 'auto', ['10.0.0.7', 'fd00::7']],
    ['DB', 'auto', ['10.0.0.7']],
    ['db.internal.', '6', ['fd00::7']],
    ['192.0.2.1', 'auto', ['192.0.2.1']],
    ['[2001:db8::1]', '6', ['2001:db8::1']],
  ])('knows %s (%s) without a name server', async (host, family, addresses) => {
    expect(await resolver.resolve(host, family)).toEqual({ kind: 'addresses', addresses });
  });

  it.each<[string, AddressFamily]>([
    ['192.0.2.1', '6'],
    ['::1', '4'],
    ['db', '6'],
  ])('has no answer where %s has no address of family %s', async (host, family) => {
    expect(await resolver.resolve(host, family)).toEqual({ kind: 'failure', failure: 'no-answer' });
  });

  it('says when no name server can be reached', async () => {
    expect(await resolver.resolve('shop.test', 'auto')).toEqual({ kind: 'failure', failure: 'unavailable' });
  });

  it('does without a hosts file', async () => {
    const bare = new NameResolver({ servers: ['127.0.0.1:9'], hostsFile: join(directory, 'none') });
    expect(await bare.resolve('db', '4')).toMatchObject({ kind: 'failure' });
  });
});
