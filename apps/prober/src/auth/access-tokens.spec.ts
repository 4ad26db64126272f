import { describe, expect, it } from '@jest/globals';
import { AccessTokens } from './access-tokens.ts';

describe('access tokens', () => {
  let now = 0;
  const tokens = () => new AccessTokens(() => now);
  const grant = (expiresInSeconds: number | null) => ({ accessToken: 'a', expiresInSeconds });

  it.each([
    ['an hour', 3_600, 3_570],
    ['a minute', 60, 30],
    ['nobody says how long', null, 300],
    ['a year', 31_536_000, 86_400],
  ])('that live %s are kept until shortly before', (_what, expiresIn, keptSeconds) => {
    now = 0;
    const kept = tokens();
    kept.keep('m', grant(expiresIn));
    now = keptSeconds * 1_000 - 1;
    expect(kept.get('m')).toBe('a');
    now += 1;
    expect(kept.get('m')).toBeNull();
  });

  it('that die at once are not kept, and take an older one along', () => {
    const kept = tokens();
    kept.keep('m', grant(60));
    kept.keep('m', grant(30));
    expect(kept.get('m')).toBeNull();
  });

  it('are bounded in number: the oldest goes', () => {
    const kept = tokens();
    for (let monitor = 0; monitor <= 10_000; monitor++) kept.keep(`${monitor}`, grant(60));
    expect([kept.get('0'), kept.get('1'), kept.get('10000')]).toEqual([null, 'a', 'a']);
  });
});
