import { describe, expect, it } from '@jest/globals';
import { httpAuthSchema } from './http-auth.ts';

const faultOf = (auth: object): string | undefined => httpAuthSchema.safeParse(auth).error?.issues[0]?.path.join('/');
const basic = { type: 'basic', username: 'me', password: 'pw' };
const oauth2 = { type: 'oauth2', tokenUrl: 'https://login.test/token', clientId: 'id', clientSecret: 's' };

describe('the credentials of an HTTP probe', () => {
  it.each([
    ['basic with any characters', { ...basic, username: 'Jäsøn', password: ' \n:"' }],
    ['digest with a colon in its name', { ...basic, type: 'digest', username: 'a:b' }],
    ['bearer', { type: 'bearer', token: 'abc' }],
    [
      'oauth2 with all it can have',
      { ...oauth2, scope: 'a b:c', audience: 'x', clientAuthentication: 'client_secret_post' },
    ],
  ])('may be %s', (_what, auth) => {
    expect(faultOf(auth)).toBeUndefined();
  });

  it.each([
    ['a name with a colon', { ...basic, username: 'a:b' }, 'username'],
    ['a name with a line break', { ...basic, type: 'digest', username: 'a\r\nb' }, 'username'],
    ['a token with a line break', { type: 'bearer', token: 'a\nb' }, 'token'],
    ['a token URL with a fragment', { ...oauth2, tokenUrl: 'https://login.test/#a' }, 'tokenUrl'],
    ['a token URL with a password', { ...oauth2, tokenUrl: 'https://a:b@login.test/' }, 'tokenUrl'],
    ['a token URL of another scheme', { ...oauth2, tokenUrl: 'ftp://login.test/' }, 'tokenUrl'],
    ['a scope with two spaces', { ...oauth2, scope: 'a  b' }, 'scope'],
    ['a scope with a quote', { ...oauth2, scope: 'a"b' }, 'scope'],
    ['a client ID beyond ASCII', { ...oauth2, clientId: 'ä' }, 'clientId'],
    ['no client secret', { ...oauth2, clientSecret: '' }, 'clientSecret'],
  ])('may not have %s', (_what, auth, field) => {
    expect(faultOf(auth)).toBe(field);
  });
});
