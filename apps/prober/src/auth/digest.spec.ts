import { describe, expect, it } from '@jest/globals';
import { challengesOf } from './challenge.ts';
import { answerChallenge, strongestOf, type DigestChallenge } from './digest.ts';

function read(value: string): DigestChallenge | null {
  return strongestOf(challengesOf({ headers: [{ name: 'www-authenticate', value }] }));
}

const mufasa =
  'Digest realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"';
const ask = { method: 'GET', uri: '/dir/index.html', body: null };
const proof = {
  username: 'Mufasa',
  password: 'Circle of Life',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  count: 1,
};

describe('an answer to a digest challenge', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('is that of RFC 7616, section 3.9.1, by %s', (algorithm, response) => {
    const answer = answerChallenge(read(`${mufasa}, algorithm=${algorithm}`)!, ask, proof);
    expect(answer.response).toBe(response);
    expect(answer.header).toBe(
      `Digest username="Mufasa", realm="http-auth@example.org", ` +
        `nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", ` +
        `response="${response}", algorithm=${algorithm}, qop=auth, nc=00000001, ` +
        'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"',
    );
  });

  it('hides a name that is not ASCII as in RFC 7616, section 3.9.2 (erratum 4897)', () => {
    const challenge =
      'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, charset=UTF-8, userhash=true, ' +
      'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS"';
    const name = {
      username: 'Jäsøn Doe',
      password: 'Secret, or not?',
      cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
      count: 1,
    };
    const { header, response } = answerChallenge(read(challenge)!, { ...ask, uri: '/doe.json' }, name);
    expect(response).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
    expect(header).toContain('username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"');
    expect(header).toMatch(/, userhash=true$/);
    const open = answerChallenge(read(challenge.replace('userhash=true', 'userhash=false'))!, ask, name);
    expect(open.header).toContain("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe,");
  });

  it('without a quality of protection is that of RFC 2069 (erratum 749)', () => {
    const old = read('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"');
    const { header, response } = answerChallenge(old!, ask, { ...proof, password: 'CircleOfLife' });
    expect(response).toBe('1949323746fe6a43ef61f9606e7febea');
    expect(header).not.toMatch(/cnonce|nc=|qop|algorithm/);
  });
});

describe('of several digest challenges', () => {
  const offer = (algorithm: string, more = '') => `Digest realm=r, nonce=n, algorithm=${algorithm}${more}`;

  it.each([
    ['MD5, SHA-256', [offer('MD5'), offer('SHA-256')], 'sha256'],
    ['SHA-512-256, SHA-256, MD5', [offer('SHA-512-256'), offer('SHA-256'), offer('MD5')], 'sha512-256'],
    ['one that nobody knows, and MD5', [offer('SHA3-512'), offer('md5')], 'md5'],
    ['one with a quality that nobody knows, and MD5', [offer('SHA-256', ', qop="auth-conf"'), offer('MD5')], 'md5'],
    ['one without a nonce, and MD5', ['Digest realm=r, algorithm=SHA-256', offer('MD5')], 'md5'],
    ['one with an endless nonce, and MD5', [offer('SHA-256', `, opaque="${'x'.repeat(5_000)}"`), offer('MD5')], 'md5'],
    ['Basic and SHA-256', ['Basic realm=r', offer('SHA-256')], 'sha256'],
  ])('the strongest that can be answered counts: %s', (_what, challenges, hash) => {
    expect(read(challenges.join(', '))?.hash).toBe(hash);
  });

  it('none may be there', () => {
    expect(read('Basic realm="Digest realm=r, nonce=n"')).toBeNull();
  });
});
