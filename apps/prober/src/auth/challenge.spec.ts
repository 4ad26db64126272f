import { describe, expect, it } from '@jest/globals';
import { challengesOf } from './challenge.ts';

function read(...fields: string[]): [string, Record<string, string>][] {
  const headers = fields.map((value) => ({ name: 'www-authenticate', value }));
  return challengesOf({ headers }).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe('the challenges of a 401', () => {
  it('may stand in one field or in several', () => {
    const both = [
      ['basic', { realm: 'a' }],
      ['digest', { realm: 'b', nonce: 'n' }],
    ];
    expect(read('Basic realm="a", Digest realm="b", nonce=n')).toEqual(both);
    expect(read('Basic realm="a"', 'Digest realm="b", nonce=n')).toEqual(both);
  });

  it('keep commas, quotes and equals signs within quoted strings', () => {
    expect(read('Digest realm="a, Basic realm=\\"b\\" \\\\", nonce="x=="')).toEqual([
      ['digest', { realm: 'a, Basic realm="b" \\', nonce: 'x==' }],
    ]);
  });

  it('may have no parameters, or a token in their place', () => {
    expect(read('Negotiate, NTLM TlRMTVNTUAAC==, Basic realm=a')).toEqual([
      ['negotiate', {}],
      ['ntlm', {}],
      ['basic', { realm: 'a' }],
    ]);
  });

  it('may be written with odd spaces, commas and cases', () => {
    expect(read(' , DIGEST  Realm = "a" ,, NONCE=b==, ,')).toEqual([['digest', { realm: 'a', nonce: 'b==' }]]);
  });

  it('count by the first of two parameters of a name', () => {
    expect(read('Digest nonce=a, nonce=b')).toEqual([['digest', { nonce: 'a' }]]);
  });

  it.each(['', '"', 'Digest realm="never ends', 'Digest realm=', '=a', '\u0000\u0001', ',,,,'])(
    'are read of %j as far as they go',
    (field) => {
      expect(read(field).every(([scheme]) => scheme === 'digest')).toBe(true);
    },
  );

  it('are bounded in number, and read in linear time', () => {
    expect(read('Basic,'.repeat(10_000))).toHaveLength(20);
    expect(read(`Digest realm="${'\\"'.repeat(30_000)}`)).toEqual([['digest', {}]]);
    expect(read(`Digest ${' '.repeat(60_000)}x`)).toHaveLength(1);
  });
});
